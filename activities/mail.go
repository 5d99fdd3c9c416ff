package activities

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"tribuna/models"
)

// mail queues a mail about a task, once per kind, task and person; suffix tells apart what may come more than once.
func (x *act) mail(ctx context.Context, kind models.MailKind, to models.Person, t *models.Task, suffix string) error {
	return x.mailWith(ctx, kind, to, t, suffix, models.MailData{})
}

func (x *act) mailWith(ctx context.Context, kind models.MailKind, to models.Person, t *models.Task, suffix string, data models.MailData) error {
	return x.mailAt(ctx, kind, to, t, suffix, data, x.now)
}

// mailAt queues a mail that goes no sooner than at an instant.
func (x *act) mailAt(ctx context.Context, kind models.MailKind, to models.Person, t *models.Task, suffix string, data models.MailData, at time.Time) error {
	m := &models.OutboxMail{Kind: kind, PersonID: to.ID, RecommendationID: &x.rec.ID, Data: data, CreatedAt: x.now, NotBefore: at}
	about := x.process.ID
	if t != nil {
		m.TaskID, about = &t.ID, t.ID
	}
	m.DedupeKey = dedupeKey(kind, about, to, suffix)
	return models.Enqueue(ctx, x.tx, m)
}

// goesAt is when somebody is written to: at once where a person set it off; what the process does by itself, at whatever hour, waits for a
// working morning of theirs.
func (x *act) goesAt(ctx context.Context, to models.Person) (time.Time, error) {
	if x.sub != nil {
		return x.now, nil
	}
	cal, err := x.calendarOf(ctx, to.CountryCode)
	return cal.Awake(x.now), err
}

// mailAwake queues a mail for when somebody is written to, see goesAt.
func (x *act) mailAwake(ctx context.Context, kind models.MailKind, to models.Person, t *models.Task, suffix string, data models.MailData) error {
	goes, err := x.goesAt(ctx, to)
	if err != nil {
		return err
	}
	return x.mailAt(ctx, kind, to, t, suffix, data, goes)
}

// dedupeKey is what tells a mail about a task, or about a process, from every other.
func dedupeKey(kind models.MailKind, about uuid.UUID, to models.Person, suffix string) string {
	return fmt.Sprintf("%s:%s:%s:%s", kind, about, to.ID, suffix)
}

// gather is how long a day's mail waits for further reminders: those of one morning are due at the same time.
const gather = 15 * time.Minute

// digest puts a reminder into the one mail a day a person gets at most. When today's has gone out, or it is night or a
// free day where they live, it is the next day's.
func (x *act) digest(ctx context.Context, to models.Person, t *models.Task) error {
	if x.procedure.Digest.Immediate {
		return x.mailWith(ctx, models.MailDigest, to, nil, fmt.Sprintf("%s:%d", t.ID, t.Reminders),
			models.MailData{Tasks: []uuid.UUID{t.ID}})
	}
	cal, err := x.calendarOf(ctx, to.CountryCode)
	if err != nil {
		return err
	}
	local := x.now.In(cal.Zone)
	for day := 0; ; day++ {
		at := cal.Hour(local.AddDate(0, 0, day), x.procedure.Digest.Hour)
		sent := later(at, x.now.Add(gather))
		if cal.Free(at) || cal.Night(sent) && day == 0 {
			continue
		}
		key := fmt.Sprintf("%s:%s:%s", models.MailDigest, to.ID, at.Format(time.DateOnly))
		err := models.Enqueue(ctx, x.tx, &models.OutboxMail{Kind: models.MailDigest, DedupeKey: key, PersonID: to.ID,
			NotBefore: sent, CreatedAt: x.now})
		if err != nil {
			return err
		}
		// It is read by the sender after this reminder is counted, or is not the one that tells of it.
		if state, err := models.LockMail(ctx, x.tx, key); err != nil || state == models.MailQueued {
			return err
		}
	}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
