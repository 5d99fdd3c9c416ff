package activities

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"tribuna/internal/apperr"
	"tribuna/internal/record"
	"tribuna/models"
)

// OpenTranslations opens the languages asked for, each with a translator and another person who will approve. Where the
// procedure skips translation, or no language is asked for, the recommendation goes on to the sign-off.
func (a *Activities) OpenTranslations(ctx context.Context, s Step) (models.Position, error) {
	return a.step(ctx, s, "open_translation", func(ctx context.Context, x *act) error {
		if x.rec.Stage != models.StageTranslation {
			return errNotNow
		}
		languages := x.rec.TargetLanguages()
		if x.procedure.Translation.Skip || len(languages) == 0 {
			return x.toSignOff(ctx)
		}
		v, err := models.VersionByID(ctx, x.tx, *x.rec.AcceptedVersionID)
		if err != nil {
			return err
		}
		for _, language := range languages {
			if err := x.openLanguage(ctx, v, language); err != nil {
				return err
			}
		}
		return x.note(ctx, entry{verb: "translation.opened", visibility: record.Network, objectKind: "version", object: v.ID,
			facts: map[string]string{"languages": fmt.Sprint(len(languages))}})
	})
}

// openLanguage finds people for a language unless it is approved or somebody is at it. What an earlier round left lying
// begins again with the words it has.
func (x *act) openLanguage(ctx context.Context, v *models.Version, language string) error {
	tr, err := models.OpenTranslation(ctx, x.tx, v, language)
	if err != nil || tr.State == models.TranslationApproved {
		return err
	}
	open, err := models.Tasks(ctx, x.tx, models.TaskFilter{Process: x.process.ID, Subject: tr.ID, OpenOnly: true})
	if err != nil || len(open) > 0 {
		return err
	}
	tr.State, tr.SubmittedAt = models.TranslationOpen, nil
	people, err := models.TranslatorsFor(ctx, x.tx, language, nil)
	if err != nil {
		return err
	}
	if len(people) >= 2 {
		return x.assign(ctx, tr, people[0], people[1])
	}
	if err := tr.SaveState(ctx, x.tx); err != nil {
		return err
	}
	return x.askOfficer(ctx, models.TaskAssignTranslator, func(t *models.Task) {
		t.Language, t.SubjectID, t.VersionID = &tr.Language, &tr.ID, &v.ID
	})
}

// assign gives a translation to a translator; the approver is asked when it is handed over.
func (x *act) assign(ctx context.Context, tr *models.Translation, translator, approver models.Person) error {
	tr.TranslatorID, tr.ApproverID = &translator.ID, &approver.ID
	if err := tr.SaveState(ctx, x.tx); err != nil {
		return err
	}
	_, err := x.askPerson(ctx, models.TaskTranslate, translator, aboutTranslation(tr))
	return err
}

func aboutTranslation(tr *models.Translation) func(*models.Task, *time.Location) {
	return func(t *models.Task, _ *time.Location) {
		t.SubjectID, t.Language, t.VersionID = &tr.ID, &tr.Language, &tr.VersionID
	}
}

// assignTranslator is the officer naming who translates and who approves; it also replaces people.
func assignTranslator(ctx context.Context, x *act) error {
	p, err := payload[models.AssignTranslatorPayload](x)
	if err != nil {
		return err
	}
	if p.TranslatorID == p.ApproverID {
		return apperr.Invalid("approver_id", "second_pair")
	}
	tr, err := models.TranslationFor(ctx, x.tx, *x.rec.AcceptedVersionID, p.Language)
	if err != nil {
		return err
	}
	if tr.State == models.TranslationApproved {
		return apperr.About(apperr.CodeClosed, "translation")
	}
	translator, approver, err := x.linguists(ctx, p)
	if err != nil {
		return err
	}
	if err := x.closeTranslationTasks(ctx, tr); err != nil {
		return err
	}
	// What the same translator handed over already is not asked for again.
	if tr.SubmittedAt != nil && *tr.TranslatorID == translator.ID {
		err = x.askApprover(ctx, tr, approver)
	} else {
		err = x.reopen(ctx, tr, translator, approver)
	}
	if err != nil {
		return err
	}
	return x.note(ctx, entry{verb: "translation.assigned", visibility: record.Network, objectKind: "translation", object: tr.ID, org: x.rec.OrganisationID,
		facts: map[string]string{"language": tr.Language, "translator": translator.Pseudonym.String(), "approver": approver.Pseudonym.String()}})
}

// reopen has a translation done by somebody. One that came too late for its stage does not hold it again.
func (x *act) reopen(ctx context.Context, tr *models.Translation, translator, approver models.Person) error {
	if tr.State != models.TranslationLate {
		tr.State = models.TranslationOpen
	}
	tr.SubmittedAt = nil
	return x.assign(ctx, tr, translator, approver)
}

// askApprover asks somebody to approve what was handed over.
func (x *act) askApprover(ctx context.Context, tr *models.Translation, approver models.Person) error {
	tr.ApproverID = &approver.ID
	if err := tr.SaveState(ctx, x.tx); err != nil {
		return err
	}
	_, err := x.askPerson(ctx, models.TaskApproveTranslation, approver, aboutTranslation(tr))
	return err
}

func (x *act) linguists(ctx context.Context, p models.AssignTranslatorPayload) (translator, approver models.Person, err error) {
	able, err := models.TranslatorsFor(ctx, x.tx, p.Language, nil)
	if err != nil {
		return translator, approver, err
	}
	for _, person := range able {
		switch person.ID {
		case p.TranslatorID:
			translator = person
		case p.ApproverID:
			approver = person
		}
	}
	bad := apperr.New(apperr.CodeInvalid)
	if translator.ID == uuid.Nil {
		bad.And("translator_id", "no_translator")
	}
	if approver.ID == uuid.Nil {
		bad.And("approver_id", "no_translator")
	}
	return translator, approver, bad.OrNil()
}

func (x *act) closeTranslationTasks(ctx context.Context, tr *models.Translation) error {
	open, err := models.Tasks(ctx, x.tx, models.TaskFilter{Process: x.process.ID, Subject: tr.ID, OpenOnly: true,
		Kinds: []models.TaskKind{models.TaskTranslate, models.TaskApproveTranslation, models.TaskAssignTranslator}})
	for i := range open {
		state := models.TaskCancelled
		if open[i].Kind == models.TaskAssignTranslator {
			state = models.TaskDone
		}
		if err := x.closeTask(ctx, &open[i], state); err != nil {
			return err
		}
	}
	return err
}

// translationOf returns the translation a task is about, held until the decision is written: saving its words takes no
// lock of the process.
func (x *act) translationOf(ctx context.Context) (*models.Translation, error) {
	return models.LockTranslation(ctx, x.tx, *x.task.SubjectID)
}

// complete refuses words other than those that were seen, and words with gaps: the approver can change them as well.
func (x *act) complete(ctx context.Context, tr *models.Translation, seen int) error {
	if tr.Revision != seen {
		return apperr.About(apperr.CodeOutdated, "translation")
	}
	v, err := models.VersionByID(ctx, x.tx, tr.VersionID)
	if err != nil {
		return err
	}
	return tr.Missing(v).OrNil()
}

// submitTranslation hands a complete translation to its approver.
func submitTranslation(ctx context.Context, x *act) error {
	p, err := payload[models.SubmitTranslationPayload](x)
	if err != nil {
		return err
	}
	tr, err := x.translationOf(ctx)
	if err != nil {
		return err
	}
	if err := x.complete(ctx, tr, p.Revision); err != nil {
		return err
	}
	if tr.State != models.TranslationLate {
		tr.State = models.TranslationSubmitted
	}
	tr.SubmittedAt, tr.TranslatorID = &x.now, &x.speaker.ID
	if err := x.closeTask(ctx, x.task, models.TaskDone); err != nil {
		return err
	}
	approver, err := models.PersonByID(ctx, x.tx, *tr.ApproverID)
	if err != nil {
		return err
	}
	if err := x.askApprover(ctx, tr, approver); err != nil {
		return err
	}
	return x.note(ctx, x.translationEntry("translation.submitted", tr))
}

func (x *act) translationEntry(verb string, tr *models.Translation) entry {
	return entry{verb: verb, visibility: record.Network, objectKind: "translation", object: tr.ID,
		facts: map[string]string{"language": tr.Language, "revision": fmt.Sprint(tr.Revision)}}
}

// approveTranslation is the second pair of eyes agreeing to the words it saw.
func approveTranslation(ctx context.Context, x *act) error {
	p, err := payload[models.SubmitTranslationPayload](x)
	if err != nil {
		return err
	}
	tr, err := x.translationOf(ctx)
	if err != nil {
		return err
	}
	if err := x.complete(ctx, tr, p.Revision); err != nil {
		return err
	}
	tr.State, tr.ApprovedAt, tr.ReturnNote, tr.ReturnWrittenIn = models.TranslationApproved, &x.now, "", ""
	if err := tr.SaveState(ctx, x.tx); err != nil {
		return err
	}
	if err := x.closeTask(ctx, x.task, models.TaskDone); err != nil {
		return err
	}
	return x.note(ctx, x.translationEntry("translation.approved", tr))
}

// returnTranslation sends the words back to the translator with a note.
func returnTranslation(ctx context.Context, x *act) error {
	p, err := payload[models.ReturnTranslationPayload](x)
	if err != nil {
		return err
	}
	tr, err := x.translationOf(ctx)
	if err != nil {
		return err
	}
	if tr.State != models.TranslationLate {
		tr.State = models.TranslationOpen
	}
	tr.SubmittedAt, tr.ReturnNote, tr.ReturnWrittenIn = nil, p.Note, p.WrittenIn
	if err := tr.SaveState(ctx, x.tx); err != nil {
		return err
	}
	if err := x.closeTask(ctx, x.task, models.TaskDone); err != nil {
		return err
	}
	translator, err := models.PersonByID(ctx, x.tx, *tr.TranslatorID)
	if err != nil {
		return err
	}
	if _, err := x.askPerson(ctx, models.TaskTranslate, translator, aboutTranslation(tr)); err != nil {
		return err
	}
	e := x.translationEntry("translation.returned", tr)
	e.texts = map[string]string{"note": p.Note}
	return x.note(ctx, e)
}

// markLanguageLate lets the others go on without a language that is not ready. Its task stays open: approved before the
// publication, it is published with them.
func (x *act) markLanguageLate(ctx context.Context) error {
	tr, err := models.TranslationByID(ctx, x.tx, *x.task.SubjectID)
	if err != nil {
		return err
	}
	if tr.State == models.TranslationApproved {
		return nil
	}
	tr.State = models.TranslationLate
	if err := tr.SaveState(ctx, x.tx); err != nil {
		return err
	}
	return x.note(ctx, entry{verb: "translation.late", visibility: record.Network, objectKind: "translation", object: tr.ID,
		facts: map[string]string{"language": tr.Language}})
}

// EndTranslation goes on to the sign-off when no language holds the stage.
func (a *Activities) EndTranslation(ctx context.Context, s Step) (models.Position, error) {
	return a.step(ctx, s, "end_translation", func(ctx context.Context, x *act) error {
		pos, err := x.position(ctx)
		if err != nil {
			return err
		}
		if pos.Translation == nil || !pos.Translation.Opened || pos.Translation.Pending > 0 {
			return errNotNow
		}
		return x.toSignOff(ctx)
	})
}

func (x *act) toSignOff(ctx context.Context) error {
	if err := x.enter(ctx, models.StageSignOff); err != nil {
		return err
	}
	return x.note(ctx, entry{verb: "translation.ended", visibility: record.Network, objectKind: "version", object: *x.rec.AcceptedVersionID})
}
