package models

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// speedOver is how far back one looks to say how fast a mailing goes out, and ahead for what is left: far enough that one slow window changes little.
const speedOver = time.Minute

// MailingSpeed is how fast a mailing goes out.
type MailingSpeed struct {
	PerMinute int           // mails handed to a mail server, or refused by one; 0: none during the last minute
	Left      time.Duration // what is due takes at this speed; 0 where nobody can say, or the rest waits for later
}

// MailingProgress counts the mails of a mailing by state, and says how fast they have gone during the last minute. Waits is what they
// wait for now.
func MailingProgress(ctx context.Context, db bun.IDB, mailing uuid.UUID, waits []MailingWait, now time.Time) (MailCounts, MailingSpeed, error) {
	var row struct {
		MailCounts
		Due     int // by the time the minute to come is over
		Lately  int
		Since   *time.Time
		Earlier bool // some went in the minute before
	}
	lately := "finished_at > ? AND state IN (?)"
	handed := bun.List([]MailState{MailDelivered, MailFailed, MailUnknown, MailBounced})
	err := countByState(db, mailing).
		ColumnExpr("count(*) FILTER (WHERE state IN (?) OR state = ? AND not_before <= ?) AS due",
			bun.List([]MailState{MailClaimed, MailSending}), MailQueued, now.Add(speedOver)).
		ColumnExpr("count(*) FILTER (WHERE "+lately+") AS lately", now.Add(-speedOver), handed).
		ColumnExpr("min(finished_at) FILTER (WHERE "+lately+") AS since", now.Add(-speedOver), handed).
		ColumnExpr("coalesce(bool_or(finished_at > ? AND finished_at <= ? AND state IN (?)), false) AS earlier",
			now.Add(-2*speedOver), now.Add(-speedOver), handed).Scan(ctx, &row)
	if err != nil {
		return MailCounts{}, MailingSpeed{}, fmt.Errorf("count how far a mailing is: %w", err)
	}
	if row.Since == nil {
		return row.MailCounts, MailingSpeed{}, nil
	}
	in := now.Sub(*row.Since)
	if len(waits) > 0 && row.Earlier { // what is limited goes in bursts: only whole minutes say how fast
		in = speedOver
	}
	return row.MailCounts, speedOf(row.Lately, in, row.Due).under(waits, row.Due, now), nil
}

// under is the speed with what mails wait for. No more go in a minute than a limit of all lets go. How long it takes nobody can say
// while a server is silent, a day's mails are gone or a domain has a limit of its own, nor where a domain takes nothing for longer than
// the others take.
func (s MailingSpeed) under(waits []MailingWait, due int, now time.Time) MailingSpeed {
	for _, w := range waits {
		if w.Why == WaitMinute && w.Most < s.PerMinute {
			s = speedOf(w.Most, speedOver, due)
		}
	}
	for _, w := range waits {
		if w.Why != WaitMinute && (w.Why != WaitSlow || w.Until.After(now.Add(s.Left))) {
			s.Left = 0
		}
	}
	return s
}

// speedOf is the speed at which so many mails have gone in a time; less than a second counts as one, because it says too little.
func speedOf(mails int, in time.Duration, left int) MailingSpeed {
	in = max(in, time.Second)
	s := MailingSpeed{PerMinute: int(float64(mails) * float64(time.Minute) / float64(in))}
	s.Left = time.Duration(float64(in) * float64(left) / float64(mails))
	return s
}
