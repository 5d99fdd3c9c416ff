package activities

import (
	"context"
	"fmt"
	"time"

	"tribuna/internal/apperr"
	"tribuna/internal/record"
	"tribuna/models"
)

// setOut has what is queued of a mailing leave at the time said (nil: now), zone by zone and by day unless it may leave at night,
// and the mailing wait for the first of these whose reader wants it, or begin. Procedures for demonstrations know no night.
func (x *act) setOut(ctx context.Context, m *models.Mailing, when *models.MailingTime, atNight bool) error {
	fresh := m.State == models.MailingDraft // its mails are due now
	m.Schedule, m.AtNight, m.Asks = when, atNight || x.procedure.Digest.Immediate, false
	m.State, m.NextAt = models.MailingSending, nil
	leaves, err := x.leaves(ctx, when)
	if err != nil {
		return err
	}
	zones, err := models.ReaderZones(ctx, x.tx, m.ID)
	if err != nil {
		return err
	}
	planned := map[string]time.Time{}
	said, last := x.now, x.now // when the last of it leaves, and when with the nights
	for _, z := range zones {
		at, err := leaves(z.Zone)
		if err != nil {
			return err
		}
		said = later(said, at)
		if !m.AtNight {
			at = models.Calendar{Zone: z.Zone}.ByDay(at)
		}
		last = later(last, at)
		if !fresh || at.After(x.now) {
			planned[z.Zone.String()] = at
		}
	}
	if err := m.CheckOver(x.now, said, last); err != nil {
		return err
	}
	if len(planned) > 0 {
		if err := models.PutOff(ctx, x.tx, m.ID, planned, false, x.now); err != nil {
			return err
		}
	}
	first, err := models.FirstOfMailing(ctx, x.tx, m.ID, x.now)
	if err != nil {
		return err
	}
	if first != nil && first.After(x.now) {
		m.State, m.NextAt = models.MailingScheduled, first
	}
	return nil
}

// leaves returns when a mailing leaves for readers of a zone, by the time said; it blames a time that cannot be.
func (x *act) leaves(ctx context.Context, when *models.MailingTime) (func(*time.Location) (time.Time, error), error) {
	if when == nil {
		return func(*time.Location) (time.Time, error) { return x.now, nil }, nil
	}
	if when.Local {
		when.Zone = ""
		return func(zone *time.Location) (time.Time, error) {
			at, _, err := when.At(zone)
			return at, orError(err, x.soonEnough(at, "mailing_past_somewhere"))
		}, nil
	}
	zone, err := x.zoneSaid(ctx, when)
	if err != nil {
		return nil, err
	}
	at, exists, err := when.At(zone)
	switch {
	case err != nil:
		return nil, err
	case !exists:
		return nil, apperr.Invalid("when.time", "mailing_gap")
	}
	return func(*time.Location) (time.Time, error) { return at, nil }, x.soonEnough(at, "mailing_past")
}

func orError(first, second error) error {
	if first != nil {
		return first
	}
	return second
}

// soonEnough blames a time that has passed, or that is too far ahead.
func (x *act) soonEnough(at time.Time, past string) error {
	switch {
	case !at.After(x.now):
		return apperr.Invalid("when.day", past)
	case at.After(x.now.Add(models.MailingMay)):
		return apperr.Invalid("when.day", "mailing_far")
	}
	return nil
}

// zoneSaid is the zone by whose clock a time was said, the speaker's where they name none, and writes its name down.
func (x *act) zoneSaid(ctx context.Context, when *models.MailingTime) (*time.Location, error) {
	if when.Zone == "" {
		zone, err := zoneOf(ctx, x.tx, x.speaker.CountryCode)
		if err == nil {
			when.Zone = zone.String()
		}
		return zone, err
	}
	zone, err := models.ZoneNamed(when.Zone)
	if err != nil {
		return nil, apperr.Invalid("when.zone", "zone")
	}
	return zone, nil
}

// mailingNotOut returns the mailing where it is not out yet: it waits for its time, asks, or was paused before anything of it left.
func (x *act) mailingNotOut(ctx context.Context) (*models.Mailing, error) {
	m, err := x.mailingIn(ctx, models.MailingScheduled, models.MailingAsking, models.MailingPaused)
	if err != nil || m.State != models.MailingPaused {
		return m, err
	}
	begun, err := models.MailingBegun(ctx, x.tx, m.ID)
	if err == nil && begun {
		err = apperr.About(apperr.CodeWrongStage, "mailing")
	}
	return m, err
}

// moveMailing has a mailing that is not out yet leave at another time or now.
func moveMailing(ctx context.Context, x *act) error {
	p, err := payload[models.MoveMailingPayload](x)
	if err != nil {
		return err
	}
	m, err := x.mailingNotOut(ctx)
	if err != nil {
		return err
	}
	if err := x.setOut(ctx, m, p.When, p.AtNight); err != nil {
		return err
	}
	if err := x.closeTasks(ctx, models.TaskDone, ""); err != nil {
		return err
	}
	if m.NextAt != nil {
		return x.saveMailing(ctx, m, "mailing.moved", map[string]string{"at": m.NextAt.UTC().Format(time.RFC3339)})
	}
	if m.BegunAt != nil {
		return x.saveMailing(ctx, m, "mailing.sent_now", nil)
	}
	if err := m.CheckCarried(ctx, x.tx); err != nil {
		return err
	}
	return x.saveBegun(ctx, m, "mailing.sent_now", nil)
}

// reviseMailing takes back that a mailing of which nothing has left was launched: it is a draft again, and its recipients are
// frozen anew when it is launched again.
func reviseMailing(ctx context.Context, x *act) error {
	m, err := x.mailingNotOut(ctx)
	if err != nil {
		return err
	}
	if err := models.ThawMailing(ctx, x.tx, m.ID); err != nil {
		return err
	}
	if err := x.closeTasks(ctx, models.TaskDone, ""); err != nil {
		return err
	}
	m.State, m.LaunchedAt, m.BegunAt, m.ResumedAt, m.NextAt = models.MailingDraft, nil, nil, nil, nil // one that asks since a restore still does at its next launch
	return x.saveMailing(ctx, m, "mailing.revised", nil)
}

// StartMailing begins a mailing, or goes on with it, when its time has come. One that is later than the procedure lets it be,
// whose text is hidden, whose event or days of writing are over, or that waited when a backup was made which was restored since, asks instead.
func (a *Activities) StartMailing(ctx context.Context, s Step) (models.Position, error) {
	return a.step(ctx, s, "start_mailing", func(ctx context.Context, x *act) error {
		m, err := models.MailingByID(ctx, x.tx, x.process.ID)
		if err != nil {
			return err
		}
		if m.State != models.MailingScheduled {
			return errNotNow
		}
		if m.Asks {
			return x.askAboutMailing(ctx, m, "restored")
		}
		if err := x.due(m.NextAt); err != nil {
			return err
		}
		over, err := m.Over(x.now)
		switch {
		case err != nil:
			return err
		case x.rec.Quarantined():
			return x.askAboutMailing(ctx, m, "hidden")
		case over:
			return x.askAboutMailing(ctx, m, whatIsOver(m))
		case x.procedure.Mailing.Late(*m.NextAt, x.now):
			return x.askAboutMailing(ctx, m, "late")
		}
		return x.startMailing(ctx, m)
	})
}

// whatIsOver is why a mailing asks that is over.
func whatIsOver(m *models.Mailing) string {
	if m.Event == nil {
		return "writing_over"
	}
	return "event_over"
}

func (x *act) startMailing(ctx context.Context, m *models.Mailing) error {
	if m.BegunAt != nil { // it goes on: nobody decided anything
		m.State, m.NextAt = models.MailingSending, nil
		return x.saveState(ctx, m)
	}
	if err := m.CheckCarried(ctx, x.tx); apperr.CodeOf(err) == apperr.CodeInvalid {
		return x.askAboutMailing(ctx, m, "hidden")
	} else if err != nil {
		return err
	}
	counts, err := models.MailingCounts(ctx, x.tx, m.ID)
	if err != nil {
		return err
	}
	m.State, m.NextAt = models.MailingSending, nil
	return x.saveBegun(ctx, m, "mailing.begun", map[string]string{"recipients": fmt.Sprint(counts.Queued)})
}

// askAboutMailing asks the officer what becomes of a mailing that does not leave by itself.
func (x *act) askAboutMailing(ctx context.Context, m *models.Mailing, why string) error {
	due := *m.NextAt
	m.State = models.MailingAsking
	if err := m.SaveState(ctx, x.tx); err != nil {
		return err
	}
	if err := x.askOfficer(ctx, models.TaskDecideMailing, func(t *models.Task) { t.VersionID = nil }); err != nil {
		return err
	}
	return x.note(ctx, entry{verb: "mailing.asking", visibility: record.Network, objectKind: "mailing", object: m.ID,
		facts: map[string]string{"at": due.UTC().Format(time.RFC3339), "why": why}})
}

// worthResting is how long a mailing has to wait at least for it not to be called "being sent" meanwhile.
const worthResting = 15 * time.Minute

// restUntil is when a mailing of which nothing can leave for a while goes on; nil where that is soon, or not known.
func restUntil(next *time.Time, now time.Time) *time.Time {
	if next == nil || next.Before(now.Add(worthResting)) {
		return nil
	}
	return next
}

// RestMailing has a mailing wait for the time at which it goes on: its other readers are asleep, or get it at that hour. One that is
// over by now asks instead, for what is left of it.
func (a *Activities) RestMailing(ctx context.Context, s Step) (models.Position, error) {
	return a.step(ctx, s, "rest_mailing", func(ctx context.Context, x *act) error {
		m, err := models.MailingByID(ctx, x.tx, x.process.ID)
		if err != nil {
			return err
		}
		if m.State != models.MailingSending {
			return errNotNow
		}
		next, err := models.NextOfMailing(ctx, x.tx, m.ID)
		if err != nil {
			return err
		}
		if over, err := m.Over(x.now); err != nil {
			return err
		} else if over {
			if m.NextAt = next; next == nil || next.After(x.now) {
				m.NextAt = &x.now
			}
			return x.askAboutMailing(ctx, m, whatIsOver(m))
		}
		if next = restUntil(next, x.now); next == nil {
			return errNotNow
		}
		m.State, m.NextAt = models.MailingScheduled, next
		return m.SaveState(ctx, x.tx)
	})
}
