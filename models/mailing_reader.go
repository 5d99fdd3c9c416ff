package models

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// PersonalFields are what fills the personal fields of a mailing for one reader; "" where nothing is known.
type PersonalFields struct {
	PersonID     uuid.UUID
	Organisation string
	Country      Names `bun:"type:jsonb"`
}

// PersonalFieldsOf returns what fills the personal fields for some people, by person. Of several organisations it is the first
// by name.
func PersonalFieldsOf(ctx context.Context, db bun.IDB, people []uuid.UUID) (map[uuid.UUID]PersonalFields, error) {
	var list []PersonalFields
	q := db.NewSelect().TableExpr("people AS person").ColumnExpr("person.id AS person_id").
		ColumnExpr("coalesce(c.names, '{}') AS country").
		ColumnExpr(`coalesce((SELECT o.name FROM roles AS r JOIN organisations AS o ON o.id = r.organisation_id
			WHERE r.person_id = person.id ORDER BY o.name, o.id LIMIT 1), '') AS organisation`).
		Join("LEFT JOIN countries AS c ON c.code = person.country_code")
	if err := whereIn(q, "person.id", people).Scan(ctx, &list); err != nil {
		return nil, fmt.Errorf("read what fills personal fields: %w", err)
	}
	fields := make(map[uuid.UUID]PersonalFields, len(list))
	for _, f := range list {
		fields[f.PersonID] = f
	}
	return fields, nil
}

// MailingTestLimit bounds the mails that somebody has sent to themselves to see a mailing.
var MailingTestLimit = Limit{Act: "mailing-test", Window: time.Hour, ByAccount: 30}

// SendMailingTest sends a mailing's text in a language to who asks for it, marked as a test. It is no recipient's mail: nothing
// counts it.
func SendMailingTest(ctx context.Context, db bun.IDB, m *Mailing, language string, to uuid.UUID, key string, now time.Time) error {
	return Enqueue(ctx, db, &OutboxMail{Kind: MailMailingTest, DedupeKey: "mailing_test:" + m.ID.String() + ":" + to.String() + ":" + key,
		PersonID: to, Language: language, RecommendationID: &m.RecommendationID, Data: MailData{Mailing: &m.ID}, CreatedAt: now})
}
