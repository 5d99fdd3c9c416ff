package activities

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"tribuna/internal/record"
	"tribuna/models"
)

// invitation names the mail that asks for a task.
func invitation(k models.TaskKind) models.MailKind {
	switch k {
	case models.TaskReview:
		return models.MailReviewInvitation
	case models.TaskConsult:
		return models.MailConsultInvitation
	case models.TaskTranslate:
		return models.MailTranslateInvitation
	case models.TaskApproveTranslation:
		return models.MailApproveInvitation
	case models.TaskSignOff:
		return models.MailSignOffInvitation
	case models.TaskReportProgress:
		return models.MailProgressRequest
	case models.TaskEscalation:
		return models.MailEscalation
	default:
		return models.MailOfficerTask
	}
}

// askPerson opens a task for a person and writes to them; to those in charge in their waking hours where the process asks by itself. Their
// time is counted from now, unless it would be over when they read of it.
func (x *act) askPerson(ctx context.Context, kind models.TaskKind, person models.Person, fill func(*models.Task, *time.Location)) (*models.Task, error) {
	mail := invitation(kind)
	if mail != models.MailOfficerTask && mail != models.MailEscalation {
		return x.askPersonAt(ctx, kind, person, x.now, x.now, fill)
	}
	goes, err := x.goesAt(ctx, person)
	if err != nil {
		return nil, err
	}
	zone, err := zoneOf(ctx, x.tx, person.CountryCode)
	if err != nil {
		return nil, err
	}
	from := x.now
	if !x.procedure.WaitFor(kind).Due.After(from, zone).After(goes) {
		from = goes
	}
	return x.askPersonAt(ctx, kind, person, from, goes, fill)
}

// askPersonAt is askPerson that counts the deadline from an instant, and writes to them at an instant to come.
func (x *act) askPersonAt(ctx context.Context, kind models.TaskKind, person models.Person, from, at time.Time, fill func(*models.Task, *time.Location)) (*models.Task, error) {
	zone, err := zoneOf(ctx, x.tx, person.CountryCode)
	if err != nil {
		return nil, err
	}
	t := models.NewTask(kind, x.procedure.WaitFor(kind), from, zone)
	t.OpenedAt = x.now
	t.PersonID = &person.ID
	if fill != nil {
		fill(t, zone)
	}
	if err := x.insertTask(ctx, t); err != nil {
		return nil, err
	}
	return t, x.mailAt(ctx, invitation(kind), person, t, "", models.MailData{}, at)
}

// askOfficer opens a task for the officer in charge, unless one of that kind about the same subject is open.
func (x *act) askOfficer(ctx context.Context, kind models.TaskKind, fill func(*models.Task)) error {
	officer, err := x.officer(ctx)
	if err != nil {
		return err
	}
	_, err = x.askPerson(ctx, kind, officer, func(t *models.Task, _ *time.Location) {
		t.VersionID = x.rec.CurrentVersionID
		if fill != nil {
			fill(t)
		}
	})
	return err
}

// askOrganisation opens a task for whoever speaks for a voting unit, or for one organisation alone, and writes to the
// representatives of the organisations concerned.
func (x *act) askOrganisation(ctx context.Context, kind models.TaskKind, unit uuid.UUID, concerned []models.Organisation, fill func(*models.Task, *time.Location)) error {
	zone, err := zoneOf(ctx, x.tx, countryOfFirst(concerned...))
	if err != nil {
		return err
	}
	var ids []uuid.UUID
	for _, o := range concerned {
		ids = append(ids, o.ID)
	}
	t := models.NewTask(kind, x.procedure.WaitFor(kind), x.now, zone)
	t.OrganisationID = &unit
	if fill != nil {
		fill(t, zone)
	}
	if err := x.insertTask(ctx, t); err != nil {
		return err
	}
	people, err := models.Representatives(ctx, x.tx, ids)
	if err != nil {
		return err
	}
	for _, p := range people {
		if err := x.mail(ctx, invitation(kind), p, t, ""); err != nil {
			return err
		}
	}
	return nil
}

func (x *act) insertTask(ctx context.Context, t *models.Task) error {
	t.ProcessID, t.RecommendationID = x.process.ID, x.rec.ID
	if err := x.schedule(ctx, t); err != nil {
		return err
	}
	return t.Insert(ctx, x.tx)
}

// schedule sets the next reminder of a review whose ladder goes by the deadline, now that the deadline is known.
func (x *act) schedule(ctx context.Context, t *models.Task) error {
	if w := x.procedure.WaitFor(t.Kind); w.Stepwise() {
		cal, err := x.calendarOfTask(ctx, t)
		if err != nil {
			return err
		}
		t.Schedule(w, cal, x.now)
	}
	return nil
}

// closeTask ends a task, and with it the escalations about it.
func (x *act) closeTask(ctx context.Context, t *models.Task, state models.TaskState) error {
	if t.State != models.TaskOpen {
		return nil
	}
	t.Close(state, x.now)
	if err := t.Save(ctx, x.tx); err != nil {
		return err
	}
	asked, err := models.EndEscalations(ctx, x.tx, t.ID, x.now)
	if asked {
		x.settled = append(x.settled, settledTask{*t, state})
	}
	return err
}

// closeTasks ends every open task of the given kinds (none: of all), and tells those asked why, unless why is empty.
func (x *act) closeTasks(ctx context.Context, state models.TaskState, why string, kinds ...models.TaskKind) error {
	open, err := models.Tasks(ctx, x.tx, models.TaskFilter{Process: x.process.ID, Kinds: kinds, OpenOnly: true})
	if err != nil {
		return err
	}
	for i := range open {
		t := &open[i]
		if err := x.closeTask(ctx, t, state); err != nil {
			return err
		}
		if why == "" || t.Kind == models.TaskEscalation {
			continue
		}
		if err := x.tellWithdrawn(ctx, t, why); err != nil {
			return err
		}
	}
	return nil
}

// tellWithdrawn writes to everybody a task waited for, save the officer in charge, who knows. What ends by itself, at the end of a day, is
// told on a working morning.
func (x *act) tellWithdrawn(ctx context.Context, t *models.Task, why string) error {
	people, err := x.asked(ctx, t)
	if err != nil {
		return err
	}
	for _, p := range people {
		if p.ID == x.rec.OfficerID {
			continue
		}
		if err := x.mailAwake(ctx, models.MailTaskWithdrawn, p, t, "", models.MailData{Reason: why}); err != nil {
			return err
		}
	}
	return nil
}

// RemindTask counts a reminder that is due and puts the task into the person's next digest.
func (a *Activities) RemindTask(ctx context.Context, s Step) (models.Position, error) {
	return a.step(ctx, s, "remind", func(ctx context.Context, x *act) error {
		if err := x.due(x.task.RemindAt); err != nil {
			return err
		}
		cal, err := x.calendarOfTask(ctx, x.task)
		if err != nil {
			return err
		}
		if x.task.RemindStep == models.ReminderTell {
			return x.tellOfficer(ctx, cal)
		}
		if x.task.RemindStep == models.ReminderRespond {
			if begun, err := x.begun(ctx); err != nil || begun {
				return err
			}
		}
		return x.remind(ctx, cal)
	})
}

// remind reminds of what the next step of a task's ladder is about, and sets the one after it.
func (x *act) remind(ctx context.Context, cal models.Calendar) error {
	if err := x.remindAsked(ctx, x.task); err != nil {
		return err
	}
	what := x.task.RemindStep
	if what == models.ReminderRespond {
		x.task.FairRespondBy(x.now, cal)
	}
	x.task.Remind(x.procedure.WaitFor(x.task.Kind), cal, x.now)
	if err := x.task.Save(ctx, x.tx); err != nil {
		return err
	}
	facts := map[string]string{"kind": string(x.task.Kind), "reminder": fmt.Sprint(x.task.Reminders)}
	if what == models.ReminderRespond {
		facts["reminder"], facts["about"] = fmt.Sprint(x.task.RespondReminders), what
	}
	return x.note(ctx, entry{verb: "task.reminded", visibility: record.Confidential, objectKind: "task", object: x.task.ID, facts: facts})
}

// tellOfficer has the officer look into a review that reminding did not bring.
func (x *act) tellOfficer(ctx context.Context, cal models.Calendar) error {
	x.task.Remind(x.procedure.WaitFor(x.task.Kind), cal, x.now)
	if err := x.task.Save(ctx, x.tx); err != nil {
		return err
	}
	if err := x.note(ctx, entry{verb: "review.officer_told", visibility: record.Confidential, objectKind: "task", object: x.task.ID,
		facts: map[string]string{"due": x.task.DueAt.UTC().Format(time.RFC3339)}}); err != nil {
		return err
	}
	if _, err := models.EndEscalations(ctx, x.tx, x.task.ID, x.now); err != nil { // about an earlier deadline
		return err
	}
	return x.askOfficer(ctx, models.TaskEscalation, func(t *models.Task) { t.SubjectID, t.Round = &x.task.ID, x.task.Round })
}

// asked returns the people a task waits for.
func (x *act) asked(ctx context.Context, t *models.Task) ([]models.Person, error) {
	if t.PersonID != nil {
		p, err := models.PersonByID(ctx, x.tx, *t.PersonID)
		return []models.Person{p}, err
	}
	if t.Alone {
		return models.Representatives(ctx, x.tx, []uuid.UUID{*t.OrganisationID})
	}
	sisters, err := models.VotingUnitMembers(ctx, x.tx, *t.OrganisationID)
	if err != nil {
		return nil, err
	}
	units, _, err := x.unitsAsked(ctx)
	if err != nil {
		return nil, err
	}
	ids := []uuid.UUID{}
	for _, u := range units {
		for _, o := range u.Concerned {
			if slices.Contains(sisters, o.ID) {
				ids = append(ids, o.ID)
			}
		}
	}
	if len(ids) == 0 {
		ids = append(ids, *t.OrganisationID)
	}
	return models.Representatives(ctx, x.tx, ids)
}

// TaskOverdue deals with a deadline that passed: what it means depends on the kind of task.
func (a *Activities) TaskOverdue(ctx context.Context, s Step) (models.Position, error) {
	return a.step(ctx, s, "overdue", func(ctx context.Context, x *act) error {
		missed := x.task.MissedAt(x.procedure.SignOff)
		if err := x.due(&missed); err != nil {
			return err
		}
		if x.task.OverdueAt != nil {
			return errNotNow
		}
		x.task.OverdueAt = &x.now
		if err := x.task.Save(ctx, x.tx); err != nil {
			return err
		}
		if err := x.note(ctx, entry{verb: "task.overdue", visibility: record.Network, objectKind: "task", object: x.task.ID,
			facts: map[string]string{"kind": string(x.task.Kind)}}); err != nil {
			return err
		}
		return x.afterDeadline(ctx)
	})
}

func (x *act) afterDeadline(ctx context.Context) error {
	switch x.task.Kind {
	case models.TaskReview, models.TaskConsult:
		return nil // the round's end deals with them
	case models.TaskTranslate, models.TaskApproveTranslation, models.TaskAssignTranslator:
		if x.procedure.Translation.HoldForLate {
			return x.escalate(ctx)
		}
		return x.markLanguageLate(ctx)
	case models.TaskSignOff:
		if x.procedure.SignOff.Silence == models.SilenceWaits {
			return x.escalate(ctx)
		}
		return nil // the tally counts the silence
	case models.TaskEscalation:
		return nil
	default:
		return x.escalate(ctx)
	}
}

// escalate asks the coordinators to look into an overdue task.
func (x *act) escalate(ctx context.Context) error {
	coordinators, err := models.Coordinators(ctx, x.tx)
	if err != nil {
		return err
	}
	for _, c := range coordinators {
		_, err := x.askPerson(ctx, models.TaskEscalation, c, func(t *models.Task, _ *time.Location) { t.SubjectID = &x.task.ID })
		if err != nil {
			return err
		}
	}
	return nil
}

// ExpireTask ends a task nobody answered in its grace.
func (a *Activities) ExpireTask(ctx context.Context, s Step) (models.Position, error) {
	return a.step(ctx, s, "expire", func(ctx context.Context, x *act) error {
		if err := x.due(&x.task.GraceUntil); err != nil {
			return err
		}
		if err := x.closeTask(ctx, x.task, models.TaskExpired); err != nil {
			return err
		}
		if x.task.Kind == models.TaskReportProgress {
			if err := x.nextPeriod(ctx); err != nil {
				return err
			}
		}
		return x.note(ctx, entry{verb: "task.expired", visibility: record.Network, objectKind: "task", object: x.task.ID,
			facts: map[string]string{"kind": string(x.task.Kind)}})
	})
}
