package models

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
)

// Who of a mailing's audience is "the rest": who may be written to now and to whom nothing of it came, and nothing will. That is
// whoever joined the audience since; whose mail was never sent (cancelled with the mailing, not wanted or not agreed to then); whose
// mail was given up after several attempts or came back for now; whose mail was not wanted for what
// we are or how we send, which is ours to mend (sent back for policy, or refused so until it was given up); and whom somebody says it did
// not reach. Not the rest are those
// whose mail server refused it for good or sent it back for good, for it would do so again, and those of whom it is not known: they
// may have it, and are written to again only where somebody names them or says that of all of them.
//
// A mailing to the rest counts as the mailing itself: who got either has it. So nobody gets it twice however often the rest is sent to.

// hasOrWillHave is a person (alias person) to whom a mail of one of some mailings went, may have gone or will go, or who would refuse
// another. Arguments: the recommendation, the mailings, those named who are written to again though it is not known, and whether all of
// whom it is not known are.
const hasOrWillHave = `EXISTS (SELECT 1 FROM outbox AS o WHERE o.person_id = person.id AND o.mailing_id IS NOT NULL
	AND (o.state IN ('delivered', 'queued', 'claimed', 'sending')
		OR o.state = 'failed' AND NOT starts_with(o.reply, '` + ReplyGivenUp + `') AND ` + sameAddress + `
		OR o.state = 'bounced' AND COALESCE(` + bounceClass + `, 'hard') = 'hard' AND ` + sameAddress + `
		OR o.state = 'unknown' AND NOT o.person_id = ANY(?2::uuid[])
			AND coalesce((SELECT ms.arrived FROM mail_settlements AS ms WHERE ms.mail_id = o.id), NOT ?3))
	AND o.mailing_id IN (SELECT m.id FROM mailings AS m JOIN recommendations AS theirs ON theirs.id = m.recommendation_id
		JOIN recommendations AS ours ON ours.organisation_id = theirs.organisation_id AND ours.id = ?0
		WHERE ` + ofFamily + `))`

// sameAddress is whether what is known of a mail (alias o) that nobody has its reader's address is of the one they have now (alias
// person). Where nothing is known of it, it is.
const sameAddress = `NOT coalesce((SELECT bool_and(b.address_hash <> person.address_hash) FROM bounces AS b WHERE b.mail_id = o.id AND b.class = 'hard'), false)`

// ofFamily is a mailing (alias m) that is one of some (?1) or goes to their rest.
const ofFamily = `m.id = ANY(?1::uuid[]) OR EXISTS (SELECT 1 FROM jsonb_array_elements_text(m.audience->'not_reached') AS root (id)
			WHERE root.id::uuid = ANY(?1::uuid[]))`

// onlyUnreached leaves those whom none of some mailings reached.
func (a Audience) onlyUnreached(q *bun.SelectQuery) *bun.SelectQuery {
	if len(a.NotReached) == 0 {
		return q
	}
	return q.Where("NOT "+hasOrWillHave, a.About, pgUUIDs(a.NotReached), pgUUIDs(a.Again), a.AgainUnknown)
}

// Again says who of those of whom it is not known whether they have a mailing is written to all the same: some people, or all of them.
type Again struct {
	People []uuid.UUID
	All    bool // but for those of whom somebody says that it arrived
}

// Rest is the audience of those whom the mailing did not reach, and of those who may have it and are written to all the same.
func (m *Mailing) Rest(again Again) Audience {
	a := m.Audience
	a.About, a.Again, a.AgainUnknown = m.RecommendationID, again.People, again.All
	if len(a.NotReached) == 0 { // the rest of a mailing to the rest is that of the first
		a.NotReached = []uuid.UUID{m.ID}
	}
	return a
}

// StillOnly is a kept audience as a mailing uses it that so far goes to those of a: what a leaves out because it has one of some mailings
// stays left out, or else a mailing to the rest would go to everybody again. Who of them is written to all the same is for a to say.
func (kept Audience) StillOnly(a Audience) Audience {
	if len(a.NotReached) == 0 {
		return kept
	}
	only := slices.Clone(a.NotReached)
	for _, id := range kept.NotReached {
		if !slices.Contains(only, id) {
			only = append(only, id)
		}
	}
	kept.NotReached, kept.Again, kept.AgainUnknown = only, a.Again, a.AgainUnknown
	return kept
}

// HasRest refuses a mailing that was not launched or is not over with CodeWrongStage: whom it reaches is not known yet.
func (m *Mailing) HasRest() error {
	if m.State != MailingSent && m.State != MailingCancelled {
		return apperr.About(apperr.CodeWrongStage, "mailing")
	}
	return m.HasMails()
}

// HasMails refuses a mailing that was not launched with CodeWrongStage: nobody is its recipient.
func (m *Mailing) HasMails() error {
	if m.LaunchedAt == nil {
		return apperr.About(apperr.CodeWrongStage, "mailing")
	}
	return nil
}

// RestOf counts those whom a mailing did not reach and who may be written to, and how many of them joined its audience since.
// Unknown is how many more it is with those of whom it is not known.
type RestOf struct{ People, Joined, Unknown int }

// CountRest counts the rest of a mailing who would get it if it left now, and apart from it those of whom it is not known.
func CountRest(ctx context.Context, db bun.IDB, m *Mailing, now time.Time) (RestOf, error) {
	var r RestOf
	reach := m.Readership(now)
	reach.Audience = m.Rest(Again{})
	err := reach.people(ctx, db).ColumnExpr("count(*) AS people").
		ColumnExpr("count(*) FILTER (WHERE NOT EXISTS (SELECT 1 FROM outbox AS had WHERE had.person_id = person.id AND had.mailing_id = ?)) AS joined", m.ID).
		Scan(ctx, &r)
	if err != nil {
		return r, fmt.Errorf("count the rest of a mailing: %w", err)
	}
	reach.Audience = m.Rest(Again{All: true})
	all, err := reach.people(ctx, db).Count(ctx)
	if err != nil {
		return r, fmt.Errorf("count of whom it is not known: %w", err)
	}
	r.Unknown = int(all) - r.People
	return r, nil
}

// CreateRest writes a draft with the texts and files of a mailing that is over to those whom it did not reach, in the same campaign, and the
// draft's process. It is edited and launched as any other. People named in again have to be recipients of whom it is not known.
func CreateRest(ctx context.Context, tx bun.IDB, m *Mailing, r *Recommendation, again Again, officer uuid.UUID, now time.Time) (*Mailing, error) {
	if err := m.HasRest(); err != nil {
		return nil, err
	}
	if err := r.Announceable(); err != nil {
		return nil, err
	}
	audience := m.Rest(again)
	if err := audience.Validate(); err != nil {
		return nil, err
	}
	if err := m.checkUnknown(ctx, tx, again.People); err != nil {
		return nil, err
	}
	next := *m
	next.ID, next.State, next.Audience, next.Revision = NewID(), MailingDraft, audience, 1
	next.CreatedBy, next.CreatedAt, next.LaunchedAt, next.FinishedAt = officer, now, nil, nil
	next.Texts, next.MailingContent = nil, MailingContent{}
	next.Stopped, next.Schedule, next.AtNight, next.NextAt, next.Asks, next.BegunAt, next.ResumedAt = nil, nil, false, nil, false, nil, nil // when this one leaves is said anew
	if _, err := tx.NewInsert().Model(&next).Exec(ctx); err != nil {
		return nil, fmt.Errorf("create a mailing to the rest: %w", err)
	}
	if err := next.setTexts(ctx, tx, MailingInput{Texts: slices.Clone(m.Texts)}); err != nil {
		return nil, err
	}
	if err := next.setContent(ctx, tx, m.MailingContent); err != nil {
		return nil, err
	}
	if err := next.takeFiles(ctx, tx, m.ID, now); err != nil {
		return nil, err
	}
	return &next, OpenProcess(ctx, tx, ProcessMailing, next.ID, r.ID, now)
}

// checkUnknown refuses people who are no recipients of whom it is not known whether they have the mailing.
func (m *Mailing) checkUnknown(ctx context.Context, db bun.IDB, people []uuid.UUID) error {
	if len(people) == 0 {
		return nil
	}
	family := append([]uuid.UUID{m.ID}, m.Audience.NotReached...)
	var unknown []uuid.UUID
	err := db.NewSelect().TableExpr("outbox AS o").ColumnExpr("DISTINCT o.person_id").Where("o.mailing_id = ANY(?::uuid[])", pgUUIDs(family)).
		Where("o.state = ? AND o.person_id = ANY(?::uuid[])", MailUnknown, pgUUIDs(people)).Scan(ctx, &unknown)
	if err != nil {
		return fmt.Errorf("read of whom it is not known: %w", err)
	}
	for i, id := range people {
		if !slices.Contains(unknown, id) {
			return apperr.Invalid(fmt.Sprintf("again[%d]", i), "not_unknown")
		}
	}
	return nil
}
