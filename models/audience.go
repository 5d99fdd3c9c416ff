package models

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
)

// Audience says whom a mailing is for. An empty list sets no limit.
type Audience struct {
	Countries []string `json:"countries,omitempty"` // where they live
	Languages []string `json:"languages,omitempty"` // in which they are written to
	Roles     []string `json:"roles,omitempty"`     // which they have in any organisation

	Organisations []uuid.UUID `json:"organisations,omitempty"` // in which they have a role
	Topics        []string    `json:"topics,omitempty"`        // of their expertise, by slug
	Engagement    []string    `json:"engagement,omitempty"`    // any of Engagements, with the recommendation
	Except        Exclusions  `json:"except,omitzero"`         // who does not get it all the same

	About uuid.UUID `json:"-"` // the recommendation that engagement is with; whoever has the audience says so
}

// Validate collects what is wrong with an audience as edited; whether countries and languages exist is for the
// database to say.
func (a Audience) Validate() error {
	bad := apperr.New(apperr.CodeInvalid)
	for i, r := range a.Roles {
		oneOf(bad, fmt.Sprintf("audience.roles[%d]", i), r, RoleNames()...)
	}
	checkCount(bad, "audience.countries", len(a.Countries), 100)
	checkCount(bad, "audience.languages", len(a.Languages), 100)
	a.validateLists(bad)
	return bad.OrNil()
}

// MailingAudience selects the people a mailing may reach: in the audience, with consent, not unsubscribed, not left,
// and at an address that is not suppressed. The caller chooses columns and order.
func MailingAudience(_ context.Context, db bun.IDB, a Audience) *bun.SelectQuery {
	q := db.NewSelect().Model((*Person)(nil)).
		Where("person.consent_at IS NOT NULL AND person.unsubscribed_at IS NULL AND person.left_at IS NULL").
		Where(`NOT EXISTS (SELECT 1 FROM suppressions AS s
			WHERE s.address_hash = encode(sha256(convert_to(lower(person.email), 'UTF8')), 'hex'))`)
	return a.narrow(q)
}

// AudienceCount is how many people of an audience are written to in a language.
type AudienceCount struct {
	Language string
	People   int
}

// MailingAudienceCounts counts an audience by language, in the languages' order, leaving out languages without anybody.
func MailingAudienceCounts(ctx context.Context, db bun.IDB, a Audience) ([]AudienceCount, error) {
	var counts []AudienceCount
	err := MailingAudience(ctx, db, a).
		Join("JOIN languages AS language ON language.tag = person.language").
		ColumnExpr("person.language AS language, count(*) AS people").
		GroupExpr("person.language, language.position").
		OrderExpr("language.position, person.language").Scan(ctx, &counts)
	if err != nil {
		return nil, fmt.Errorf("count an audience: %w", err)
	}
	return counts, nil
}

// Unsubscribe records that a person wants no more mailings. Saying so again keeps the first time.
func Unsubscribe(ctx context.Context, db bun.IDB, personID uuid.UUID, now time.Time) error {
	_, err := db.NewUpdate().Model((*Person)(nil)).Set("unsubscribed_at = ?", now).
		Where("id = ?", personID).Where("unsubscribed_at IS NULL").Exec(ctx)
	if err != nil {
		return fmt.Errorf("unsubscribe: %w", err)
	}
	return nil
}

// AddressHash names an address in the suppressions: SHA-256 of its lower-case form, hexadecimal.
func AddressHash(address string) string {
	sum := sha256.Sum256([]byte(strings.ToLower(address)))
	return hex.EncodeToString(sum[:])
}

// Suppress makes sure that an address is not written to again, even when its person is gone.
func Suppress(ctx context.Context, db bun.IDB, address, reason string, now time.Time) error {
	_, err := db.NewRaw(`INSERT INTO suppressions (address_hash, reason, created_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`,
		AddressHash(address), reason, now).Exec(ctx)
	if err != nil {
		return fmt.Errorf("suppress an address: %w", err)
	}
	return nil
}
