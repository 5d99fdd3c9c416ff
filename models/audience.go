package models

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
)

// Audience says whom a mailing is for. An empty list sets no limit.
type Audience struct {
	Countries []string `json:"countries,omitempty"` // where they live
	Languages []string `json:"languages,omitempty"` // in which they are written to
	Roles     []string `json:"roles,omitempty"`     // which they have in any organisation; NoRole: who has none, as those who subscribed by themselves

	Organisations []uuid.UUID `json:"organisations,omitempty"` // in which they have a role
	Topics        []string    `json:"topics,omitempty"`        // that they know or ticked as of interest to them, by slug
	Lists         []uuid.UUID `json:"lists,omitempty"`         // that they are on, of the same organisation's or the network's
	Engagement    []string    `json:"engagement,omitempty"`    // any of Engagements, with the recommendation
	Except        Exclusions  `json:"except,omitzero"`         // who does not get it all the same
	NotReached    []uuid.UUID `json:"not_reached,omitempty"`   // only whom none of these mailings reached; of the same organisation's
	Again         []uuid.UUID `json:"again,omitempty"`         // people who may have got one of those, and are written to all the same
	AgainUnknown  bool        `json:"again_unknown,omitempty"` // likewise all of whom it is not known whether they got one of those

	About uuid.UUID `json:"-"` // the recommendation that engagement is with; whoever has the audience says so
}

// Validate collects what is wrong with an audience as edited; whether countries and languages exist is for the
// database to say.
func (a Audience) Validate() error {
	bad := apperr.New(apperr.CodeInvalid)
	for i, r := range a.Roles {
		oneOf(bad, fmt.Sprintf("audience.roles[%d]", i), r, append(RoleNames(), NoRole)...)
	}
	checkCount(bad, "audience.countries", len(a.Countries), 100)
	checkCount(bad, "audience.languages", len(a.Languages), 100)
	a.validateLists(bad)
	return bad.OrNil()
}

// mayBeWrittenTo is somebody (alias person) whom a mailing may reach, now.
const mayBeWrittenTo = `person.consent_at IS NOT NULL AND person.unsubscribed_at IS NULL AND person.left_at IS NULL
	AND NOT EXISTS (SELECT 1 FROM suppressions AS s WHERE s.address_hash = person.address_hash)`

// MailingAudience selects the people a mailing may reach: in the audience, with consent, not unsubscribed, not left,
// and at an address that is not suppressed; whether they want it or not, see Readership. The caller chooses columns and order.
func MailingAudience(_ context.Context, db bun.IDB, a Audience) *bun.SelectQuery {
	return a.narrow(db.NewSelect().Model((*Person)(nil)).Where(mayBeWrittenTo))
}

// AudienceCount is how many of those whom a mailing reaches are written to in a language.
type AudienceCount struct {
	Language string
	People   int
}

// MailingAudienceCounts counts whom a mailing reaches by language, in the languages' order, leaving out languages without anybody.
func MailingAudienceCounts(ctx context.Context, db bun.IDB, r Readership) ([]AudienceCount, error) {
	var counts []AudienceCount
	err := r.people(ctx, db).
		Join("JOIN languages AS language ON language.tag = person.language").
		ColumnExpr("person.language AS language, count(*) AS people").
		GroupExpr("person.language, language.position").
		OrderExpr("language.position, person.language").Scan(ctx, &counts)
	if err != nil {
		return nil, fmt.Errorf("count an audience: %w", err)
	}
	return counts, nil
}

// Suppressed reports whether an address must not be written to.
func Suppressed(ctx context.Context, db bun.IDB, address string) (bool, error) {
	is, err := db.NewSelect().TableExpr("suppressions AS s").Where("s.address_hash = ?", AddressHash(address)).Exists(ctx)
	if err != nil {
		return false, fmt.Errorf("read whether an address may be written to: %w", err)
	}
	return is, nil
}
