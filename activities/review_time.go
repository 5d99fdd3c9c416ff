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

// calendarOf returns the calendar by which a person is reminded: that of their country, else the network's.
func (x *act) calendarOf(ctx context.Context, country string) (models.Calendar, error) {
	cal, err := models.CalendarOf(ctx, x.tx, country, x.now)
	if err != nil {
		return cal, fmt.Errorf("calendar of a reminder: %w", err)
	}
	if x.procedure.Digest.Immediate {
		return models.AnyHour(cal.Zone), nil
	}
	return cal, nil
}

// calendarOfTask is calendarOf for whom a task waits for.
func (x *act) calendarOfTask(ctx context.Context, t *models.Task) (models.Calendar, error) {
	country, err := x.countryOfTask(ctx, t)
	if err != nil {
		return models.Calendar{}, err
	}
	return x.calendarOf(ctx, country)
}

// calendarOfOrganisation is that of its first country; the network's where it has none.
func (x *act) calendarOfOrganisation(ctx context.Context, o models.Organisation) (models.Calendar, error) {
	return x.calendarOf(ctx, countryOfFirst(o))
}

// askTime gives an expert the time they ask for, as far as the procedure lets them have it; beyond that the officer is asked.
func askTime(ctx context.Context, x *act) error {
	if err := x.stillOpen(); err != nil {
		return err
	}
	p, err := payload[models.AskTimePayload](x)
	if err != nil {
		return err
	}
	round, err := x.round(ctx)
	if err != nil {
		return err
	}
	if !round.GivesTime() {
		return apperr.Invalid("due_on", "round_closing")
	}
	cal, err := x.calendarOfTask(ctx, x.task)
	if err != nil {
		return err
	}
	day := *p.DueOn.Time()
	if err := x.task.MovesTo(day, x.now, cal.Zone); err != nil {
		return err
	}
	if limit, may := x.task.Limit(x.procedure.Review, x.rec.NeededBy, cal.Zone); may && !models.EndOfDay(day, cal.Zone).After(limit) {
		return x.prolong(ctx, x.task, day, cal, p.Reason, models.NewsMoreTime)
	}
	x.task.AskedUntil, x.task.TimeRefused, x.task.TimeRefusedIn, x.task.TimeTakenBackAt = &day, "", "", nil
	x.task.Heard()
	if err := x.goOnReminding(ctx, x.task); err != nil { // which waits for the officer now
		return err
	}
	if err := x.task.Save(ctx, x.tx); err != nil {
		return err
	}
	if err := x.note(ctx, entry{verb: "review.time_asked", visibility: record.Confidential, objectKind: "task", object: x.task.ID,
		facts: map[string]string{"until": day.Format(time.DateOnly)}, texts: map[string]string{"reason": p.Reason}}); err != nil {
		return err
	}
	return x.news(ctx, x.task, models.NewsTimeAsked, x.id)
}

// prolong moves the deadline of a review, puts that on record and tells those whom it concerns.
func (x *act) prolong(ctx context.Context, t *models.Task, day time.Time, cal models.Calendar, reason, news string) error {
	round, err := x.round(ctx)
	if err != nil {
		return err
	}
	former, taken := t.DueAt, t.TimeTakenFrom
	if news == models.NewsMoreTime { // who takes time is not silent, and has not said that they will
		t.Heard()
	} else {
		t.TimeGivenAt = &x.now
	}
	t.ProlongTo(x.procedure.WaitFor(t.Kind), day, cal, x.now)
	if news == models.NewsMoreTime {
		t.TakeTime(&former, taken)
	}
	if err := t.Save(ctx, x.tx); err != nil {
		return err
	}
	if _, err := models.EndEscalations(ctx, x.tx, t.ID, x.now); err != nil {
		return err
	}
	round.DueAt = later(round.DueAt, t.DueAt)
	if err := round.Save(ctx, x.tx); err != nil {
		return err
	}
	e := entry{verb: "review.extended", visibility: record.Confidential, objectKind: "task", object: t.ID,
		facts: map[string]string{"kind": string(t.Kind), "was_due": former.UTC().Format(time.RFC3339), "due": t.DueAt.UTC().Format(time.RFC3339)},
		texts: map[string]string{"reason": reason}}
	if news == "" {
		e.org = x.rec.OrganisationID
	}
	if err := x.note(ctx, e); err != nil || news == "" {
		return err
	}
	return x.news(ctx, t, news, x.id)
}

// news writes to the officer in charge of what happened in a round while nobody asked them anything.
func (x *act) news(ctx context.Context, t *models.Task, what, suffix string) error {
	officer, err := x.officer(ctx)
	if err != nil {
		return err
	}
	return x.mailAwake(ctx, models.MailRoundNews, officer, t, what+":"+suffix, models.MailData{Reason: what})
}

// extendReview is the officer giving one who was asked in the round more time, or all who have not answered. Where the round was closing
// it goes on: who gives an expert time means that they have it.
func extendReview(ctx context.Context, x *act) error {
	p, err := payload[models.AskTimePayload](x)
	if err != nil {
		return err
	}
	asked := []models.Task{}
	if x.task != nil {
		if err := x.stillOpen(); err != nil {
			return err
		}
		asked = append(asked, *x.task)
	} else if asked, err = models.Tasks(ctx, x.tx, models.TaskFilter{Process: x.process.ID, OpenOnly: true,
		Kinds: []models.TaskKind{models.TaskReview, models.TaskConsult}}); err != nil {
		return err
	}
	moved, experts := 0, []uuid.UUID{}
	for i := range asked {
		t := &asked[i]
		cal, err := x.calendarOfTask(ctx, t)
		if err != nil {
			return err
		}
		if !t.GivesMore(*p.DueOn.Time(), x.now, cal.Zone) { // it may give others more
			continue
		}
		if err := t.MovesTo(*p.DueOn.Time(), x.now, cal.Zone); err != nil {
			return err
		}
		if t.Kind == models.TaskReview {
			experts = append(experts, t.ID)
		}
		moved++
		if err := x.prolong(ctx, t, *p.DueOn.Time(), cal, p.Reason, ""); err != nil {
			return err
		}
		if err := x.tellProlonged(ctx, t); err != nil {
			return err
		}
	}
	if moved == 0 {
		return apperr.Invalid("due_on", "not_past")
	}
	return x.callOffClosing(ctx, experts)
}

// tellProlonged writes to those asked until when they have now.
func (x *act) tellProlonged(ctx context.Context, t *models.Task) error {
	people, err := x.asked(ctx, t)
	if err != nil {
		return err
	}
	for _, p := range people {
		if err := x.mail(ctx, models.MailMoreTime, p, t, fmt.Sprint(t.Extensions)); err != nil {
			return err
		}
	}
	return nil
}

// nudgeReview puts a question of the round into the next mail of those who were asked, once a day at most; not of who waits for the
// officer to say whether they have more time.
func nudgeReview(ctx context.Context, x *act) error {
	if err := x.stillOpen(); err != nil {
		return err
	}
	if x.task.AskedUntil != nil {
		return apperr.About(apperr.CodeWrongStage, "time_asked")
	}
	cal, err := x.calendarOfTask(ctx, x.task)
	if err != nil {
		return err
	}
	if x.task.NudgedToday(x.now, cal.Zone) {
		return apperr.About(apperr.CodeWrongStage, "nudged")
	}
	if err := x.remindAsked(ctx, x.task); err != nil {
		return err
	}
	x.task.NudgedAt = &x.now
	if x.task.RespondBy != nil {
		x.task.RespondReminders++
	} else {
		x.task.Reminders++
	}
	if err := x.task.Save(ctx, x.tx); err != nil {
		return err
	}
	return x.note(ctx, entry{verb: "task.reminded_by_hand", visibility: record.Confidential, objectKind: "task", object: x.task.ID, org: x.rec.OrganisationID,
		facts: map[string]string{"kind": string(x.task.Kind)}})
}

// withdrawInvitation takes back what an expert was asked, tells them, and brings in the next in line where the officer says so.
func withdrawInvitation(ctx context.Context, x *act) error {
	if err := x.stillOpen(); err != nil {
		return err
	}
	p, err := payload[models.WithdrawInvitationPayload](x)
	if err != nil {
		return err
	}
	if err := x.closeTask(ctx, x.task, models.TaskCancelled); err != nil {
		return err
	}
	if err := x.tellWithdrawn(ctx, x.task, models.ReasonReplaced); err != nil {
		return err
	}
	if err := x.note(ctx, entry{verb: "review.invitation_withdrawn", visibility: record.Confidential, objectKind: "task", object: x.task.ID, org: x.rec.OrganisationID,
		texts: map[string]string{"reason": p.Reason}}); err != nil || !p.Replace {
		return err
	}
	return x.replace(ctx)
}

// AskEnough asks the officer whether a round in which enough have answered is to be closed.
func (a *Activities) AskEnough(ctx context.Context, s Step) (models.Position, error) {
	return a.step(ctx, s, "ask_enough", func(ctx context.Context, x *act) error {
		round, err := x.round(ctx)
		if err != nil {
			return err
		}
		pos, err := x.position(ctx)
		if err != nil {
			return err
		}
		if !pos.Round.AsksNow() || round.ClosingAt != nil {
			return errNotNow
		}
		round.EnoughAt = &x.now
		if err := round.Save(ctx, x.tx); err != nil {
			return err
		}
		if err := x.note(ctx, entry{verb: "review.enough", visibility: record.Confidential, objectKind: "version", object: round.VersionID,
			facts: map[string]string{"round": fmt.Sprint(round.Number), "answers": fmt.Sprint(pos.Round.Answered)}}); err != nil {
			return err
		}
		return x.news(ctx, nil, models.NewsEnough, x.id)
	})
}

// closeReview is the officer closing a round in which enough have answered, though others could still.
func closeReview(ctx context.Context, x *act) error {
	round, err := x.round(ctx)
	if err != nil {
		return err
	}
	answered, err := round.Answered(ctx, x.tx, x.procedure.Review)
	if err != nil {
		return err
	}
	switch {
	case round.ClosingAt != nil || round.ClosedAt != nil:
		return apperr.About(apperr.CodeClosed, "review_round")
	case answered < round.Enough:
		return apperr.About(apperr.CodeWrongStage, "review_round")
	}
	return x.beginClosing(ctx, round, x.rec.OrganisationID)
}

// beginClosing opens the grace of a round; org is the officer's organisation where an officer closes it.
func (x *act) beginClosing(ctx context.Context, round *models.ReviewRound, org uuid.UUID) error {
	at, err := models.ClosesAt(ctx, x.tx, x.rec, x.procedure.Review, x.now)
	if err != nil {
		return fmt.Errorf("when a round closes: %w", err)
	}
	round.ClosingAt = &at
	if err := round.Save(ctx, x.tx); err != nil {
		return err
	}
	if err := x.tellClosing(ctx, at); err != nil {
		return err
	}
	return x.note(ctx, entry{verb: "review.closing", visibility: record.Network, objectKind: "version", object: round.VersionID, org: org,
		facts: map[string]string{"round": fmt.Sprint(round.Number), "until": at.UTC().Format(time.RFC3339)}})
}
