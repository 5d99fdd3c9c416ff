package activities

import (
	"context"
	"fmt"

	"tribuna/internal/apperr"
	"tribuna/internal/record"
	"tribuna/models"
)

// handing is what of a process passes from one person to another.
type handing struct {
	*act
	words    models.HandOverPayload
	from, to models.Person
	held     models.Held
}

// handOver passes on all that somebody holds in a process: open tasks, translations, being in charge. Deadlines stay; the
// links sent before open nothing any more.
func handOver(ctx context.Context, x *act) error {
	p, err := payload[models.HandOverPayload](x)
	if err != nil {
		return err
	}
	to, err := models.SuccessorOf(ctx, x.tx, p.To)
	if err != nil {
		return err
	}
	from, err := models.PersonByID(ctx, x.tx, p.From)
	if err != nil {
		return err
	}
	held, err := models.HeldBy(ctx, x.tx, p.From, x.process.ID)
	if err != nil {
		return err
	}
	if len(held) == 0 { // answered or handed over meanwhile
		return apperr.About(apperr.CodeClosed, "hand_over")
	}
	if why := to.Unfit(held[0]); why != "" || from.ID == to.ID {
		return models.UnfitError(why)
	}
	h := &handing{act: x, words: p, from: from, to: to.Person, held: held[0]}
	return h.pass(ctx)
}

func (h *handing) pass(ctx context.Context) error {
	for i := range h.held.Translations {
		if err := h.passTranslation(ctx, &h.held.Translations[i]); err != nil {
			return err
		}
	}
	if h.held.InCharge {
		if err := h.passCharge(ctx); err != nil {
			return err
		}
	}
	for i := range h.held.Tasks {
		if err := h.passTask(ctx, &h.held.Tasks[i]); err != nil {
			return err
		}
	}
	for _, p := range []models.Person{h.from, h.to} {
		err := models.Enqueue(ctx, h.tx, &models.OutboxMail{Kind: models.MailHandedOver, PersonID: p.ID, CreatedAt: h.now,
			DedupeKey: fmt.Sprintf("%s:%s:%s", models.MailHandedOver, h.words.HandOver, p.ID), Data: models.MailData{HandOver: &h.words.HandOver}})
		if err != nil {
			return err
		}
	}
	return nil
}

// facts are what the record says of every part: from whom, to whom, and that a coordinator arranged it.
func (h *handing) facts(more ...string) map[string]string {
	facts := map[string]string{"former": h.from.Pseudonym.String(), "person": h.to.Pseudonym.String(), record.FactAs: models.RoleCoordinator}
	for i := 0; i+1 < len(more); i += 2 {
		facts[more[i]] = more[i+1]
	}
	return facts
}

// passTask has a task wait for somebody else, who is asked as the first one was.
func (h *handing) passTask(ctx context.Context, t *models.Task) error {
	if t.Kind == models.TaskEscalation {
		if asked, err := h.alreadyLooking(ctx, t); err != nil || asked {
			return err
		}
	}
	t.PersonID, t.AcceptedAt, t.TakenBackAt = &h.to.ID, nil, nil
	t.Generation++
	if t.Kind == models.TaskReview {
		if err := h.passReview(ctx, t); err != nil {
			return err
		}
	}
	if err := t.Save(ctx, h.tx); err != nil {
		return err
	}
	if err := h.note(ctx, entry{verb: "task.handed_over", visibility: record.Confidential, objectKind: "task", object: t.ID,
		facts: h.facts("kind", string(t.Kind))}); err != nil {
		return err
	}
	return h.mail(ctx, invitation(t.Kind), h.to, t, h.id)
}

// alreadyLooking ends an escalation that the successor was asked about as well.
func (h *handing) alreadyLooking(ctx context.Context, t *models.Task) (bool, error) {
	asked, err := h.tx.NewSelect().Model((*models.Task)(nil)).Where("t.process_id = ? AND t.kind = ? AND t.state = ?", h.process.ID, t.Kind, models.TaskOpen).
		Where("t.person_id = ? AND t.subject_id IS NOT DISTINCT FROM ?", h.to.ID, t.SubjectID).Exists(ctx)
	if err != nil || !asked {
		return false, err
	}
	return true, h.closeTask(ctx, t, models.TaskDone)
}

// passReview gives the new expert as long to say whether they will as everybody had, and takes them out of the reserve. What the former
// one asked for or was refused is not theirs: they begin anew.
func (h *handing) passReview(ctx context.Context, t *models.Task) error {
	bad := apperr.New(apperr.CodeInvalid)
	if err := h.mayReview(ctx, bad, "to_id", h.to.ID); err != nil {
		return err
	}
	if err := bad.OrNil(); err != nil {
		return err
	}
	cal, err := h.calendarOf(ctx, h.to.CountryCode)
	if err != nil {
		return err
	}
	t.RespondBy = nil
	if respond := cal.WorkingDay(h.procedure.Review.Respond.After(h.now, cal.Zone)); respond.Before(t.DueAt) {
		t.RespondBy = &respond
	}
	t.RespondReminders, t.NudgedAt = 0, nil
	t.AskedUntil, t.TimeRefused, t.TimeRefusedIn, t.FirstDue = nil, "", "", nil
	t.ForgetTime()
	if err := h.schedule(ctx, t); err != nil {
		return err
	}
	round, err := h.round(ctx)
	if err != nil {
		return err
	}
	round.Reserve = without(round.Reserve, h.to.ID)
	return round.Save(ctx, h.tx)
}

// passTranslation has somebody else write or approve a translation, with the words it has.
func (h *handing) passTranslation(ctx context.Context, tr *models.Translation) error {
	if tr.TranslatorID != nil && *tr.TranslatorID == h.from.ID {
		tr.TranslatorID = &h.to.ID
	} else {
		tr.ApproverID = &h.to.ID
	}
	if err := tr.SaveState(ctx, h.tx); err != nil {
		return err
	}
	return h.note(ctx, entry{verb: "translation.handed_over", visibility: record.Network, objectKind: "translation", object: tr.ID,
		facts: h.facts("language", tr.Language)})
}

// passCharge makes the successor the officer in charge.
func (h *handing) passCharge(ctx context.Context) error {
	if err := models.TakeOver(ctx, h.tx, h.rec.ID, h.from.ID, h.to.ID); err != nil {
		return err
	}
	h.rec.OfficerID = h.to.ID
	return h.note(ctx, entry{verb: "recommendation.handed_over", visibility: record.Network, objectKind: "recommendation", object: h.rec.ID,
		facts: h.facts()})
}
