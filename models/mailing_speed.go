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

// MailingProgress counts the mails of a mailing by state, and says how fast they have gone during the last minute.
func MailingProgress(ctx context.Context, db bun.IDB, mailing uuid.UUID, now time.Time) (MailCounts, MailingSpeed, error) {
	var row struct {
		MailCounts
		Due    int // by the time the minute to come is over
		Lately int
		Since  *time.Time
	}
	lately := "finished_at > ? AND state IN (?)"
	handed := bun.List([]MailState{MailDelivered, MailFailed, MailUnknown, MailBounced})
	err := countByState(db, mailing).
		ColumnExpr("count(*) FILTER (WHERE state IN (?) OR state = ? AND not_before <= ?) AS due",
			bun.List([]MailState{MailClaimed, MailSending}), MailQueued, now.Add(speedOver)).
		ColumnExpr("count(*) FILTER (WHERE "+lately+") AS lately", now.Add(-speedOver), handed).
		ColumnExpr("min(finished_at) FILTER (WHERE "+lately+") AS since", now.Add(-speedOver), handed).Scan(ctx, &row)
	if err != nil {
		return MailCounts{}, MailingSpeed{}, fmt.Errorf("count how far a mailing is: %w", err)
	}
	if row.Since == nil {
		return row.MailCounts, MailingSpeed{}, nil
	}
	return row.MailCounts, speedOf(row.Lately, now.Sub(*row.Since), row.Due), nil
}

// speedOf is the speed at which so many mails have gone in a time; less than a second counts as one, because it says too little.
func speedOf(mails int, in time.Duration, left int) MailingSpeed {
	in = max(in, time.Second)
	s := MailingSpeed{PerMinute: int(float64(mails) * float64(time.Minute) / float64(in))}
	s.Left = time.Duration(float64(in) * float64(left) / float64(mails))
	return s
}
