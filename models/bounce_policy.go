package models

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// ReturnedForPolicy is what came back of a mailing because it was not wanted, for what we are or how we send.
type ReturnedForPolicy struct {
	Email  string // that its reader has now
	Status string // enhanced status code (RFC 3463); "" where there is none
	Reply  string // the server's words, without addresses
}

// mostReturned is how many reports are judged at most, the newest first: more say the same.
const mostReturned = 200

// ReturnedNow lists what came back for policy of the mails of a mailing that left since it began, or since it was last let go on: what
// was sent before a person looked at it says nothing of what they mended, however late it comes. The newest is the first.
func ReturnedNow(ctx context.Context, db bun.IDB, mailing uuid.UUID) ([]ReturnedForPolicy, error) {
	var list []ReturnedForPolicy
	err := db.NewRaw(`SELECT person.email, max(b.status) AS status, o.reply
		FROM mailings AS ml JOIN bounces AS b ON b.received_at >= coalesce(ml.resumed_at, ml.begun_at)
		JOIN outbox AS o ON o.id = b.mail_id AND o.mailing_id = ml.id AND o.finished_at >= coalesce(ml.resumed_at, ml.begun_at)
		JOIN people AS person ON person.id = o.person_id
		WHERE ml.id = ?0 AND b.class = 'policy' AND b.kind = 'delivery' AND o.state = 'bounced'
		GROUP BY o.id, person.email ORDER BY max(b.received_at) DESC, o.id LIMIT ?1`, mailing, mostReturned).Scan(ctx, &list)
	if err != nil {
		return nil, fmt.Errorf("read what came back of a mailing for policy: %w", err)
	}
	return list, nil
}

// LeftNow counts the mails of a mailing that left since it began, or since it was last let go on.
func LeftNow(ctx context.Context, db bun.IDB, mailing uuid.UUID) (int, error) {
	var n int
	err := db.NewRaw(`SELECT count(*) FROM outbox AS o JOIN mailings AS ml ON ml.id = o.mailing_id
		WHERE ml.id = ?0 AND o.state IN ('delivered','bounced','unknown') AND o.finished_at >= coalesce(ml.resumed_at, ml.begun_at)`, mailing).Scan(ctx, &n)
	if err != nil {
		return 0, fmt.Errorf("count what has left of a mailing: %w", err)
	}
	return n, nil
}
