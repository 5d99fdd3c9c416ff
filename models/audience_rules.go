package models

import (
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
)

// What somebody has had to do with a recommendation, for an audience.
const (
	EngagedReviewed  = "reviewed"   // reviewed its text in an open round; anonymised rounds name nobody
	EngagedSignedOff = "signed_off" // signed it off for an organisation
	EngagedActed     = "acted"      // did what it asks for, see whoActed
	EngagedSent      = "sent"       // was sent an earlier mailing about it
	EngagedNotSent   = "not_sent"   // was not; for the rest of some mailings, by another than those
)

// Engagements returns every kind of past engagement an audience can name.
func Engagements() []string {
	return []string{EngagedReviewed, EngagedSignedOff, EngagedActed, EngagedSent, EngagedNotSent}
}

// Exclusions say who of an audience does not get a mailing.
type Exclusions struct {
	Acted         bool        `json:"acted,omitempty"`         // whoever has acted is not asked again
	Organisations []uuid.UUID `json:"organisations,omitempty"` // whoever has a role in one of them
	Mailings      []uuid.UUID `json:"mailings,omitempty"`      // whoever was sent one of them; of the same organisation's
	Lists         []uuid.UUID `json:"lists,omitempty"`         // whoever is on one of them; of the same organisation's or the network's
	People        []uuid.UUID `json:"people,omitempty"`
}

// The most that an audience can name of each.
const (
	maxAudienceList   = 100
	maxAudiencePeople = 1000
)

func (a Audience) validateLists(bad *apperr.Error) {
	checkCount(bad, "audience.organisations", len(a.Organisations), maxAudienceList)
	checkCount(bad, "audience.topics", len(a.Topics), maxAudienceList)
	checkCount(bad, "audience.lists", len(a.Lists), maxAudienceList)
	for i, e := range a.Engagement {
		oneOf(bad, fmt.Sprintf("audience.engagement[%d]", i), e, Engagements()...)
	}
	checkCount(bad, "audience.engagement", len(a.Engagement), len(Engagements()))
	checkCount(bad, "audience.not_reached", len(a.NotReached), maxAudienceList)
	checkCount(bad, "audience.again", len(a.Again), maxAudiencePeople)
	checkCount(bad, "audience.except.organisations", len(a.Except.Organisations), maxAudienceList)
	checkCount(bad, "audience.except.mailings", len(a.Except.Mailings), maxAudienceList)
	checkCount(bad, "audience.except.lists", len(a.Except.Lists), maxAudienceList)
	checkCount(bad, "audience.except.people", len(a.Except.People), maxAudiencePeople)
}

// wasSent is a person to whom a mail of a mailing went or may have gone, or will go. What comes next limits the mailing.
const wasSent = `EXISTS (SELECT 1 FROM outbox AS had WHERE had.person_id = person.id AND had.mailing_id IS NOT NULL
	AND had.state NOT IN ('failed', 'cancelled') AND had.mailing_id IN `

// engaged are the conditions for each kind of engagement; ?0 is the recommendation.
var engaged = map[string]string{
	EngagedReviewed: `EXISTS (SELECT 1 FROM reviews AS rv WHERE rv.person_id = person.id AND rv.recommendation_id = ?0
		AND rv.answer IS NOT NULL AND ` + inOpenRound + `)`,
	EngagedSignedOff: `EXISTS (SELECT 1 FROM signoffs AS so WHERE so.person_id = person.id AND so.recommendation_id = ?0)`,
	EngagedActed:     `person.id IN (` + whoActed + `)`,
	EngagedSent:      wasSent + `(SELECT m.id FROM mailings AS m WHERE m.recommendation_id = ?0))`,
	EngagedNotSent:   `NOT ` + wasSent + `(SELECT m.id FROM mailings AS m WHERE m.recommendation_id = ?0))`,
}

// notSentElse is EngagedNotSent for the rest of some mailings (?1): what came back of those, or may have arrived, is for onlyUnreached to
// judge, or else the rest would leave out whom it is for.
const notSentElse = `NOT ` + wasSent + `(SELECT m.id FROM mailings AS m WHERE m.recommendation_id = ?0 AND NOT (` + ofFamily + `)))`

// inOrganisation is a person with a role in one of some organisations.
const inOrganisation = `EXISTS (SELECT 1 FROM roles AS works WHERE works.person_id = person.id AND works.organisation_id IN (?))`

// ofSameOwner are those of some mailings that belong to the organisation whose recommendation a mailing is about: what others
// sent to whom is not for it to find out.
const ofSameOwner = `(SELECT m.id FROM mailings AS m JOIN recommendations AS theirs ON theirs.id = m.recommendation_id
	JOIN recommendations AS ours ON ours.organisation_id = theirs.organisation_id WHERE ours.id = ? AND m.id IN (?)))`

// knowsOrLikes is a person who knows one of some topics or ticked it as of interest. Who ticked none hears about all of them, but did
// not ask for one: no topic chooses them.
const knowsOrLikes = `(person.topics && ?0::text[] OR EXISTS (SELECT 1 FROM mailing_preferences AS likes
	WHERE likes.person_id = person.id AND likes.topics && ?0::text[]))`

// needsAbout reports whether an audience means nothing without a recommendation.
func (a Audience) needsAbout() bool {
	return len(a.Engagement) > 0 || a.Except.Acted || len(a.Except.Mailings) > 0 || len(a.NotReached) > 0 || len(a.lists()) > 0
}

// narrow limits a query over people (alias person) to the audience, whether they may be written to or not.
func (a Audience) narrow(q *bun.SelectQuery) *bun.SelectQuery {
	if a.needsAbout() && a.About == uuid.Nil {
		return q.Err(errors.New("an audience by engagement or lists needs the recommendation it is about"))
	}
	if len(a.Countries) > 0 {
		q = q.Where("person.country_code IN (?)", bun.List(a.Countries))
	}
	if len(a.Languages) > 0 {
		q = q.Where("person.language IN (?)", bun.List(a.Languages))
	}
	if len(a.Roles) > 0 {
		q = q.Where(`(EXISTS (SELECT 1 FROM roles AS has WHERE has.person_id = person.id AND has.role IN (?0))
			OR ?1 AND NOT EXISTS (SELECT 1 FROM roles AS has WHERE has.person_id = person.id))`, bun.List(a.Roles), slices.Contains(a.Roles, NoRole))
	}
	if len(a.Organisations) > 0 {
		q = q.Where(inOrganisation, bun.List(a.Organisations))
	}
	if len(a.Topics) > 0 {
		q = q.Where(knowsOrLikes, pgArray(a.Topics))
	}
	if len(a.Engagement) > 0 {
		q = q.WhereGroup(" AND ", func(q *bun.SelectQuery) *bun.SelectQuery {
			for _, e := range a.Engagement {
				if e == EngagedNotSent && len(a.NotReached) > 0 {
					q = q.WhereOr(notSentElse, a.About, pgUUIDs(a.NotReached))
					continue
				}
				q = q.WhereOr(engaged[e], a.About)
			}
			return q
		})
	}
	return a.onlyUnreached(a.byLists(a.leaveOut(q)))
}

func (a Audience) leaveOut(q *bun.SelectQuery) *bun.SelectQuery {
	q = without(q, a.Except.People)
	if len(a.Except.Organisations) > 0 {
		q = q.Where("NOT "+inOrganisation, bun.List(a.Except.Organisations))
	}
	if len(a.Except.Mailings) > 0 {
		q = q.Where("NOT "+wasSent+ofSameOwner, a.About, bun.List(a.Except.Mailings))
	}
	if a.Except.Acted {
		q = q.Where("NOT "+engaged[EngagedActed], a.About)
	}
	return q
}
