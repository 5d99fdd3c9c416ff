package models

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// AudienceKept counts those of an audience who do not get a mailing, each once, by the first reason that holds.
type AudienceKept struct {
	Left         int // the network
	Suppressed   int // their address is not to be written to
	Unsubscribed int
	NoConsent    int // they never agreed
}

// Total is how many do not get it.
func (k AudienceKept) Total() int { return k.Left + k.Suppressed + k.Unsubscribed + k.NoConsent }

// MailingAudienceKept counts who of an audience does not get a mailing, and why.
func MailingAudienceKept(ctx context.Context, db bun.IDB, a Audience) (AudienceKept, error) {
	const suppressed = `EXISTS (SELECT 1 FROM suppressions AS s
		WHERE s.address_hash = encode(sha256(convert_to(lower(person.email), 'UTF8')), 'hex'))`
	people := a.narrow(db.NewSelect().Model((*Person)(nil))).
		ColumnExpr(`CASE WHEN person.left_at IS NOT NULL THEN 'left' WHEN ` + suppressed + ` THEN 'suppressed'
			WHEN person.unsubscribed_at IS NOT NULL THEN 'unsubscribed' WHEN person.consent_at IS NULL THEN 'consent' END AS why`)
	var k AudienceKept
	err := db.NewSelect().TableExpr("(?) AS kept", people).
		ColumnExpr(`count(*) FILTER (WHERE why = 'left') AS "left"`).
		ColumnExpr("count(*) FILTER (WHERE why = 'suppressed') AS suppressed").
		ColumnExpr("count(*) FILTER (WHERE why = 'unsubscribed') AS unsubscribed").
		ColumnExpr("count(*) FILTER (WHERE why = 'consent') AS no_consent").Scan(ctx, &k)
	if err != nil {
		return k, fmt.Errorf("count who of an audience gets no mailing: %w", err)
	}
	return k, nil
}

// SampledPerson is one of those whom a mailing reaches. Name is "" where the viewer may not know it.
type SampledPerson struct {
	ID          uuid.UUID
	Name        string
	Language    string
	CountryCode string
}

// AudienceSample is how many people are shown of an audience.
const AudienceSample = 5

// SampleAudience returns a few of those whom a mailing reaches, those first whom the viewer may know by name. As long as the
// audience stays the same they are the same.
func SampleAudience(ctx context.Context, db bun.IDB, v Viewer, a Audience) ([]SampledPerson, error) {
	known := v.named(db.NewSelect().TableExpr("people AS p").ColumnExpr("1").Where("p.id = person.id"))
	var list []SampledPerson
	err := MailingAudience(ctx, db, a).Column("person.id", "person.language").
		ColumnExpr("coalesce(person.country_code, '') AS country_code").
		ColumnExpr("CASE WHEN EXISTS (?) THEN person.name ELSE '' END AS name", known).
		OrderExpr("EXISTS (?) DESC, md5(person.id::text), person.id", known).
		Limit(AudienceSample).Scan(ctx, &list)
	if err != nil {
		return nil, fmt.Errorf("sample an audience: %w", err)
	}
	return list, nil
}

// NamedPeople returns the names of those of some people whom the viewer may know by name.
func NamedPeople(ctx context.Context, db bun.IDB, v Viewer, ids []uuid.UUID) (map[uuid.UUID]string, error) {
	return namesBy(ctx, v.named(whereIn(db.NewSelect().TableExpr("people AS p").Column("p.id", "p.name"), "p.id", ids)))
}

// namesBy reads people's ids and names.
func namesBy(ctx context.Context, q *bun.SelectQuery) (map[uuid.UUID]string, error) {
	var list []SampledPerson
	if err := q.Scan(ctx, &list); err != nil {
		return nil, fmt.Errorf("read names: %w", err)
	}
	names := make(map[uuid.UUID]string, len(list))
	for _, p := range list {
		names[p.ID] = p.Name
	}
	return names, nil
}

// InAudience returns somebody whom a mailing reaches and whom the viewer may know by name; others are not found.
func InAudience(ctx context.Context, db bun.IDB, v Viewer, a Audience, person uuid.UUID) (SampledPerson, error) {
	known := v.named(db.NewSelect().TableExpr("people AS p").ColumnExpr("1").Where("p.id = person.id"))
	var p SampledPerson
	err := MailingAudience(ctx, db, a).Column("person.id", "person.name", "person.language").
		ColumnExpr("coalesce(person.country_code, '') AS country_code").
		Where("person.id = ?", person).Where("EXISTS (?)", known).Scan(ctx, &p)
	return p, found(err, "person")
}
