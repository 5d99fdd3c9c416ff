package models

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// AudienceKept counts those of an audience who do not get a mailing, each once, by the first reason that holds.
type AudienceKept struct {
	Left         int // the network
	Suppressed   int // their address is not to be written to
	Unsubscribed int
	NoConsent    int // they never agreed

	OtherKind      int // they want no mailings of this kind
	OtherTopics    int // they want to hear about other topics
	OtherCountries int // they want to hear about other countries
	TooSoon        int // they want mailings less often, and have got one or are about to

	Acted int // they did what is asked for, and the audience leaves them out; nothing else keeps them from it
}

// Total is how many do not get it.
func (k AudienceKept) Total() int {
	return k.Left + k.Suppressed + k.Unsubscribed + k.NoConsent + k.OtherKind + k.OtherTopics + k.OtherCountries + k.TooSoon + k.Acted
}

// MailingAudienceKept counts who of an audience does not get a mailing, and why.
func MailingAudienceKept(ctx context.Context, db bun.IDB, r Readership) (AudienceKept, error) {
	const suppressed = `EXISTS (SELECT 1 FROM suppressions AS s
		WHERE s.address_hash = person.address_hash)`
	leavesOut := r.Except.Acted
	r.Except.Acted = false // they are counted here
	people := r.narrow(db.NewSelect().Model((*Person)(nil))).Join("LEFT JOIN mailing_preferences AS pref ON pref.person_id = person.id").
		Join("CROSS JOIN LATERAL (SELECT ?1 AND person.id IN ("+whoActed+") AS acted) AS did", r.About, leavesOut).
		Join("CROSS JOIN "+wouldSay, r.Kind, r.about()).Join("CROSS JOIN LATERAL "+wouldGet, r.At).
		ColumnExpr(`CASE WHEN person.left_at IS NOT NULL THEN 'left' WHEN `+suppressed+` THEN 'suppressed'
			WHEN person.unsubscribed_at IS NOT NULL THEN 'unsubscribed' WHEN person.consent_at IS NULL THEN 'no_consent'
			WHEN `+otherKind+` THEN 'other_kind' WHEN `+otherTopics+` THEN 'other_topics' WHEN `+otherCountries+` THEN 'other_countries'
			WHEN `+tooSoon+` THEN 'too_soon' WHEN did.acted THEN 'acted' END AS why`, r.At)
	q := db.NewSelect().TableExpr("(?) AS kept", people)
	for _, why := range []string{"left", "suppressed", "unsubscribed", "no_consent", "other_kind", "other_topics", "other_countries", "too_soon", "acted"} {
		q = q.ColumnExpr("count(*) FILTER (WHERE why = ?) AS ?", why, bun.Ident(why))
	}
	var k AudienceKept
	if err := q.Scan(ctx, &k); err != nil {
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
func SampleAudience(ctx context.Context, db bun.IDB, v Viewer, r Readership) ([]SampledPerson, error) {
	known := v.knows(db)
	var list []SampledPerson
	err := r.people(ctx, db).Column("person.id", "person.language").
		ColumnExpr("coalesce(person.country_code, '') AS country_code").
		ColumnExpr("CASE WHEN EXISTS (?) THEN person.name ELSE '' END AS name", known).
		OrderExpr("EXISTS (?) DESC, md5(person.id::text), person.id", known).
		Limit(AudienceSample).Scan(ctx, &list)
	if err != nil {
		return nil, fmt.Errorf("sample an audience: %w", err)
	}
	return list, nil
}

// AudienceFound is how many people are shown at most whose name was looked for in an audience.
const AudienceFound = 20

// FindInAudience returns those whom a mailing reaches, whom the viewer may know by name and whose name holds all of some words or
// parts of words, by name; one more than AudienceFound where there are more. No words find nobody.
func FindInAudience(ctx context.Context, db bun.IDB, v Viewer, r Readership, words string) ([]SampledPerson, error) {
	all := strings.Fields(words)
	if len(all) == 0 {
		return nil, nil
	}
	q := r.named(ctx, db, v)
	for _, word := range all[:min(len(all), 8)] {
		q = q.Where("person.name ILIKE ?", containing(word))
	}
	var list []SampledPerson
	if err := q.OrderExpr(`person.name COLLATE "und-x-icu", person.id`).Limit(AudienceFound+1).Scan(ctx, &list); err != nil {
		return nil, fmt.Errorf("find people in an audience: %w", err)
	}
	return list, nil
}

// knows selects whether the viewer may know somebody (alias person) by name.
func (v Viewer) knows(db bun.IDB) *bun.SelectQuery {
	return v.named(db.NewSelect().TableExpr("people AS p").ColumnExpr("1").Where("p.id = person.id"))
}

// named selects those whom a mailing reaches and whom the viewer may know by name.
func (r Readership) named(ctx context.Context, db bun.IDB, v Viewer) *bun.SelectQuery {
	return r.people(ctx, db).Column("person.id", "person.name", "person.language").
		ColumnExpr("coalesce(person.country_code, '') AS country_code").Where("EXISTS (?)", v.knows(db))
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
func InAudience(ctx context.Context, db bun.IDB, v Viewer, r Readership, person uuid.UUID) (SampledPerson, error) {
	var p SampledPerson
	err := r.named(ctx, db, v).Where("person.id = ?", person).Scan(ctx, &p)
	return p, found(err, "person")
}
