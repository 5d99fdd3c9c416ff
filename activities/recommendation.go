package activities

import (
	"context"
	"time"

	"tribuna/internal/record"
	"tribuna/models"
)

// hold stops the clock of a recommendation: nothing is due and nothing is answered until it is resumed.
func hold(ctx context.Context, x *act) error {
	p, err := payload[models.ReasonPayload](x)
	if err != nil {
		return err
	}
	x.rec.HeldAt, x.rec.HeldReason, x.rec.HeldWrittenIn = &x.now, p.Reason, p.WrittenIn
	if err := x.rec.Save(ctx, x.tx, x.now); err != nil {
		return err
	}
	return x.note(ctx, entry{verb: "recommendation.held", visibility: record.Network, objectKind: "recommendation", object: x.rec.ID,
		org: x.rec.OrganisationID, texts: map[string]string{"reason": p.Reason}})
}

// resume lets the clock go on: every deadline moves by as long as the hold lasted.
func resume(ctx context.Context, x *act) error {
	if err := x.moveDeadlines(ctx, *x.rec.HeldAt); err != nil {
		return err
	}
	x.rec.HeldAt, x.rec.HeldReason, x.rec.HeldWrittenIn = nil, "", ""
	if err := x.rec.Save(ctx, x.tx, x.now); err != nil {
		return err
	}
	return x.note(ctx, entry{verb: "recommendation.resumed", visibility: record.Network, objectKind: "recommendation", object: x.rec.ID, org: x.rec.OrganisationID})
}

// moveDeadlines moves every deadline of a process by as long as it stood still.
func (x *act) moveDeadlines(ctx context.Context, since time.Time) error {
	open, err := models.Tasks(ctx, x.tx, models.TaskFilter{Process: x.process.ID, OpenOnly: true})
	if err != nil {
		return err
	}
	inReview := x.process.Kind == models.ProcessRecommendation && x.rec.Stage == models.StageReview
	closing := false
	if inReview {
		round, err := x.round(ctx)
		if err != nil {
			return err
		}
		closing = round.ClosingAt != nil && round.ClosedAt == nil
	}
	for i := range open {
		cal, err := x.calendarOfTask(ctx, &open[i])
		if err != nil {
			return err
		}
		if err := x.moveDeadline(ctx, &open[i], since, cal, closing); err != nil {
			return err
		}
	}
	if inReview {
		return x.shiftRound(ctx, since, open)
	}
	return nil
}

// moveDeadline moves one task's, and tells those asked in a round until when they have now: the date they were given, and may have
// put into a calendar, is no longer true. Experts whose round is closing are told when that closes instead.
func (x *act) moveDeadline(ctx context.Context, t *models.Task, since time.Time, cal models.Calendar, closing bool) error {
	former := t.DueAt
	t.Shift(since, x.now, cal)
	tells := (t.Kind == models.TaskReview || t.Kind == models.TaskConsult) && !t.DueAt.Equal(former)
	if tells {
		t.Extensions++
	}
	if err := t.Save(ctx, x.tx); err != nil || !tells || closing && t.Kind == models.TaskReview {
		return err
	}
	return x.tellProlonged(ctx, t)
}

// shiftRound moves the round with its tasks: it lasts as long as the last of them.
func (x *act) shiftRound(ctx context.Context, since time.Time, open []models.Task) error {
	round, err := models.RoundByNumber(ctx, x.tx, x.rec.ID, x.rec.Round)
	if err != nil {
		return err
	}
	for _, t := range open {
		if t.Kind == models.TaskReview || t.Kind == models.TaskConsult {
			round.DueAt = later(round.DueAt, t.DueAt)
		}
	}
	if round.ClosingAt == nil || round.ClosedAt != nil {
		return round.Save(ctx, x.tx)
	}
	country, err := models.ClosingCountry(ctx, x.tx, x.rec)
	if err != nil {
		return err
	}
	cal, err := x.calendarOf(ctx, country)
	if err != nil {
		return err
	}
	former := *round.ClosingAt
	round.Shift(since, x.now, cal)
	if err := round.Save(ctx, x.tx); err != nil || round.ClosingAt.Equal(former) {
		return err
	}
	return x.tellClosing(ctx, *round.ClosingAt)
}

// withdraw ends a recommendation that is not published.
func withdraw(ctx context.Context, x *act) error {
	p, err := payload[models.ReasonPayload](x)
	if err != nil {
		return err
	}
	if err := x.note(ctx, entry{verb: "recommendation.withdrawn", visibility: record.Network, objectKind: "recommendation", object: x.rec.ID,
		org: x.rec.OrganisationID, texts: map[string]string{"reason": p.Reason}}); err != nil {
		return err
	}
	return x.withdraw(ctx)
}

func (x *act) withdraw(ctx context.Context) error {
	if err := x.sendCopiesOfWithdrawn(ctx); err != nil {
		return err
	}
	if err := x.closeTasks(ctx, models.TaskCancelled, models.ReasonWithdrawn); err != nil {
		return err
	}
	from := x.rec.Stage
	x.rec.HeldAt, x.rec.WithdrawnFrom = nil, &from
	x.end()
	return x.enter(ctx, models.StageWithdrawn)
}

// sendCopiesOfWithdrawn sends those who answered in a round their copy, which says that the text was withdrawn: all of them while the
// round lasts, afterwards partners who commented since it was closed.
func (x *act) sendCopiesOfWithdrawn(ctx context.Context) error {
	if x.rec.Stage != models.StageReview {
		return nil
	}
	round, err := x.round(ctx)
	if err != nil {
		return err
	}
	var after time.Time
	if round.ClosedAt != nil {
		after = *round.ClosedAt
	}
	_, err = x.sendCopies(ctx, round, after)
	return err
}

// zoneOfTask returns the zone in which a task's deadlines were set.
func (x *act) zoneOfTask(ctx context.Context, t *models.Task) (*time.Location, error) {
	country, err := x.countryOfTask(ctx, t)
	if err != nil {
		return nil, err
	}
	return zoneOf(ctx, x.tx, country)
}

// countryOfTask returns the country by whose clock and calendar a task's deadlines are set: the person's, or that of the first concerned
// of those who share the vote; "" for the network's.
func (x *act) countryOfTask(ctx context.Context, t *models.Task) (string, error) {
	if t.PersonID != nil {
		p, err := models.PersonByID(ctx, x.tx, *t.PersonID)
		return p.CountryCode, err
	}
	if t.Alone || x.process.Kind == models.ProcessFollowUp { // one organisation was asked, not a voting unit
		o, err := models.OrganisationByID(ctx, x.tx, *t.OrganisationID)
		return countryOfFirst(o), err
	}
	units, _, err := x.unitsAsked(ctx)
	if err != nil {
		return "", err
	}
	for _, u := range units {
		if u.ID == *t.OrganisationID {
			return countryOfFirst(u.Concerned...), nil
		}
	}
	return "", nil
}

// countryOfFirst returns the first country of the first of those who are asked together; "" where it has none.
func countryOfFirst(concerned ...models.Organisation) string {
	if len(concerned) == 0 || len(concerned[0].Countries) == 0 {
		return ""
	}
	return concerned[0].Countries[0]
}
