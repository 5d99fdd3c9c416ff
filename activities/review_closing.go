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

// BeginClosing ends the wait for further answers: enough came, or nobody is awaited any more. Until the grace is over
// answers can be given and changed; those who have not answered are told, for they were promised more time.
func (a *Activities) BeginClosing(ctx context.Context, s Step) (models.Position, error) {
	return a.step(ctx, s, "begin_closing", func(ctx context.Context, x *act) error {
		round, err := x.round(ctx)
		if err != nil {
			return err
		}
		if round.ClosingAt != nil || round.ClosedAt != nil {
			return errNotNow
		}
		pos, err := x.position(ctx)
		if err != nil {
			return err
		}
		if !pos.Round.IsEnough() { // a further expert was invited meanwhile
			return errNotNow
		}
		return x.beginClosing(ctx, round, uuid.Nil)
	})
}

// tellClosing writes to every expert whose answer is still open that it is taken until the grace is over. Partners keep
// the time they were promised.
func (x *act) tellClosing(ctx context.Context, until time.Time) error {
	open, err := models.Tasks(ctx, x.tx, models.TaskFilter{Process: x.process.ID, OpenOnly: true, Kinds: []models.TaskKind{models.TaskReview}})
	if err != nil {
		return err
	}
	for i := range open {
		open[i].OutlastClosing(until)
		if err := open[i].Save(ctx, x.tx); err != nil {
			return err
		}
		people, err := x.asked(ctx, &open[i])
		if err != nil {
			return err
		}
		for _, p := range people {
			if err := x.tellOneClosing(ctx, &open[i], p, until); err != nil {
				return err
			}
		}
	}
	return nil
}

// tellOneClosing writes to one of them on a working morning of theirs, and at once where that would come too late to answer.
func (x *act) tellOneClosing(ctx context.Context, t *models.Task, p models.Person, until time.Time) error {
	times, err := x.toldClosing(ctx, t, p, until)
	if err != nil {
		return err
	}
	goes, err := x.goesAt(ctx, p)
	if err != nil {
		return err
	}
	if !goes.Before(until) {
		goes = x.now
	}
	return x.mailAt(ctx, models.MailRoundClosing, p, t, closingKey(until, times+1), models.MailData{Until: &until}, goes)
}

// toldClosing counts how often somebody was told that a round closes at an instant: it may go on, and close at the end of the same day
// after all.
func (x *act) toldClosing(ctx context.Context, t *models.Task, p models.Person, until time.Time) (int, error) {
	for n := 0; ; n++ {
		told, err := models.LockMail(ctx, x.tx, dedupeKey(models.MailRoundClosing, t.ID, p, closingKey(until, n+1)))
		if err != nil || told == "" {
			return n, err
		}
	}
}

// closingKey tells apart the mails that say, the nth time, that a round closes at an instant.
func closingKey(until time.Time, n int) string {
	key := until.UTC().Format(time.RFC3339)
	if n > 1 {
		key += fmt.Sprintf(":%d", n)
	}
	return key
}

// goOn takes back that a round is closing, and tells those who were told until when answers would be taken, save whom another mail tells
// until when they have now.
func (x *act) goOn(ctx context.Context, round *models.ReviewRound, told ...uuid.UUID) error {
	until := round.ClosingAt
	round.ClosingAt = nil
	if err := round.Save(ctx, x.tx); err != nil || until == nil {
		return err
	}
	open, err := models.Tasks(ctx, x.tx, models.TaskFilter{Process: x.process.ID, OpenOnly: true, Kinds: []models.TaskKind{models.TaskReview}})
	if err != nil {
		return err
	}
	for i := range open {
		if slices.Contains(told, open[i].ID) {
			continue
		}
		if err := x.tellGoesOn(ctx, &open[i], *until); err != nil {
			return err
		}
	}
	return x.note(ctx, entry{verb: "review.goes_on", visibility: record.Network, objectKind: "version", object: round.VersionID, byRule: true,
		facts: map[string]string{"round": fmt.Sprint(round.Number)}})
}

func (x *act) tellGoesOn(ctx context.Context, t *models.Task, until time.Time) error {
	people, err := x.asked(ctx, t)
	if err != nil {
		return err
	}
	if until.Before(t.DueAt) { // in calendars, too
		t.Extensions++
		if err := t.Save(ctx, x.tx); err != nil {
			return err
		}
	}
	for _, p := range people {
		times, err := x.toldClosing(ctx, t, p, until)
		if err != nil {
			return err
		}
		if times == 0 {
			continue
		}
		if err := x.mail(ctx, models.MailRoundGoesOn, p, t, closingKey(until, times)); err != nil {
			return err
		}
	}
	return nil
}

// callOffClosing lets a round that is closing go on because these were given more time. The officer, who knows that enough have
// answered, is not asked about it anew.
func (x *act) callOffClosing(ctx context.Context, given []uuid.UUID) error {
	round, err := x.round(ctx)
	if err != nil || round.ClosingAt == nil || round.ClosedAt != nil || len(given) == 0 {
		return err
	}
	if round.EnoughAt == nil {
		round.EnoughAt = &x.now
	}
	if err := x.goOn(ctx, round, given...); err != nil {
		return err
	}
	return x.makeGood(ctx, round)
}
