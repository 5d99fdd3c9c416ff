package models

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// Readership is whom a mailing would reach if it left at an instant: of its audience, those who may be written to and who want it.
// Counts, samples and the button that launches are about these. What people want is judged as it is of mails (see unwanted), before
// there are any; how often they want one, as of that instant, and once more when it leaves.
type Readership struct {
	Audience
	Kind    string      // one of MailingKinds
	Carries []uuid.UUID // recommendations that a newsletter carries
	At      time.Time
}

// Readership is whom a mailing that is still a draft would reach if it left at an instant.
func (m *Mailing) Readership(at time.Time) Readership {
	return Readership{Audience: m.Audience, Kind: m.Kind, Carries: m.Carried(), At: at}
}

// wouldGet is the mail that somebody (alias person) would get: nothing that is written already comes after it. Argument: when.
const wouldGet = `(SELECT person.id AS person_id, '00000000-0000-0000-0000-000000000000'::uuid AS mailing_id, ?::timestamptz AS not_before,
	'infinity'::timestamptz AS created_at, '00000000-0000-0000-0000-000000000000'::uuid AS id) AS o`

// wouldSay is what the mailing is. Arguments: kind, and what it is about.
const wouldSay = `(SELECT ?::text AS kind, ?::uuid[] AS about) AS wm`

// about is what the mailing would be about: its own recommendation and those that it carries.
func (r Readership) about() string { return pgUUIDs(append([]uuid.UUID{r.About}, r.Carries...)) }

// people selects whom the mailing would reach. The caller chooses columns and order.
func (r Readership) people(ctx context.Context, db bun.IDB) *bun.SelectQuery {
	refuses := db.NewSelect().TableExpr("mailing_preferences AS pref").ColumnExpr("1").Join("CROSS JOIN "+wouldSay, r.Kind, r.about()).
		Join("CROSS JOIN "+wouldGet, r.At).Where("pref.person_id = person.id").Where(notWanted, r.At)
	return MailingAudience(ctx, db, r.Audience).Where("NOT EXISTS (?)", refuses)
}
