package models

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// OutcomeFilter narrows a mailing's recipients; its zero value leaves out nobody.
type OutcomeFilter struct {
	Country  string // where they live now
	Language string // of the text they get
	Outcome  MailOutcome
}

func (f OutcomeFilter) narrow(q *bun.SelectQuery) *bun.SelectQuery {
	if f.Country != "" {
		q = q.Where("person.country_code = ?", f.Country)
	}
	if f.Language != "" {
		q = q.Where("o.language = ?", f.Language)
	}
	return q
}

// MailTally counts the recipients of a mailing, or of a part of it: each outcome, and beside that how many of them unsubscribed
// by a mail of it.
type MailTally struct {
	Outcomes     map[MailOutcome]int
	Unsubscribed int
}

// Total is how many recipients there are.
func (t MailTally) Total() int {
	total := 0
	for _, n := range t.Outcomes {
		total += n
	}
	return total
}

// Count is how many have an outcome for which is holds.
func (t MailTally) Count(is func(MailOutcome) bool) int {
	n := 0
	for o, people := range t.Outcomes {
		if is(o) {
			n += people
		}
	}
	return n
}

// Failed is how many mails were refused or given up.
func (t MailTally) Failed() int { return t.Outcomes[OutcomeRefused] + t.Outcomes[OutcomeGivenUp] }

// Unknown is how many mails nobody knows of, or did not until somebody said that they did not arrive.
func (t MailTally) Unknown() int { return t.Outcomes[OutcomeUnknown] + t.Outcomes[OutcomeToldNot] }

// Waiting is how many mails are still to go.
func (t MailTally) Waiting() int { return t.Outcomes[OutcomeWaiting] }

// NotReached is how many did not get it, or it is not known whether they did.
func (t MailTally) NotReached() int { return t.Total() - t.Count(MailOutcome.Reached) - t.Waiting() }

// PartTally is the tally of one country or language; Of is "" where people have no country.
type PartTally struct {
	Of string
	MailTally
}

// MailingReport is what a mailing came to.
type MailingReport struct {
	MailTally
	ByCountry  []PartTally // those with most recipients first
	ByLanguage []PartTally // likewise; of the text they get
	Complaints int         // how many called a mail of it spam; most of them are unsubscribed by it
}

// outcomeCount is how many of one country and language have an outcome.
type outcomeCount struct {
	Country, Language    string
	Outcome              MailOutcome
	People, Unsubscribed int
}

// unsubscribedBy is whether the person of the mail o unsubscribed by a mail of its mailing and did not take it back.
const unsubscribedBy = `EXISTS (SELECT 1 FROM consents AS gone WHERE gone.via = o.mailing_id AND gone.act = 'withdrawn' AND gone.person_id = o.person_id
	AND NOT EXISTS (SELECT 1 FROM consents AS back WHERE back.person_id = gone.person_id AND back.act <> 'withdrawn'
		AND (back.noted_at, back.id) > (gone.noted_at, gone.id)))`

// ReportOfMailing counts what a mailing came to, narrowed to a country and a language. The outcome of the filter narrows nothing here.
func ReportOfMailing(ctx context.Context, db bun.IDB, mailing uuid.UUID, f OutcomeFilter) (MailingReport, error) {
	var rows []outcomeCount
	each := withOutcome(f.narrow(db.NewSelect().TableExpr("outbox AS o").Join("LEFT JOIN people AS person ON person.id = o.person_id").
		Where("o.mailing_id = ?", mailing))).
		ColumnExpr("COALESCE(person.country_code, '') AS country, o.language, " + unsubscribedBy + " AS unsubscribed")
	err := db.NewSelect().TableExpr("(?) AS each", each).ColumnExpr("country, language, outcome, count(*) AS people").
		ColumnExpr("count(*) FILTER (WHERE unsubscribed) AS unsubscribed").GroupExpr("country, language, outcome").Scan(ctx, &rows)
	if err != nil {
		return MailingReport{}, fmt.Errorf("count what a mailing came to: %w", err)
	}
	r := MailingReport{MailTally: MailTally{Outcomes: map[MailOutcome]int{}}}
	countries, languages := map[string]*PartTally{}, map[string]*PartTally{}
	for _, row := range rows {
		r.add(row)
		tallyIn(countries, row.Country).add(row)
		tallyIn(languages, row.Language).add(row)
	}
	r.ByCountry, r.ByLanguage = largestFirst(countries), largestFirst(languages)
	complaints, err := f.narrow(db.NewSelect().TableExpr("outbox AS o").Join("LEFT JOIN people AS person ON person.id = o.person_id").
		Where("o.mailing_id = ?", mailing)).
		Where("EXISTS (SELECT 1 FROM bounces AS b WHERE b.mail_id = o.id AND b.class = ?)", BounceComplaint).Count(ctx)
	if err != nil {
		return r, fmt.Errorf("count who called a mailing spam: %w", err)
	}
	r.Complaints = int(complaints)
	return r, nil
}

func (t *MailTally) add(row outcomeCount) {
	t.Outcomes[row.Outcome] += row.People
	t.Unsubscribed += row.Unsubscribed
}

func tallyIn(all map[string]*PartTally, of string) *PartTally {
	if all[of] == nil {
		all[of] = &PartTally{Of: of, MailTally: MailTally{Outcomes: map[MailOutcome]int{}}}
	}
	return all[of]
}

func largestFirst(all map[string]*PartTally) []PartTally {
	var list []PartTally
	for _, t := range all {
		list = append(list, *t)
	}
	slices.SortFunc(list, func(a, b PartTally) int {
		if n := b.Total() - a.Total(); n != 0 {
			return n
		}
		return slices.Compare([]byte(a.Of), []byte(b.Of))
	})
	return list
}

// Unreached is somebody who did not get a mailing, or of whom it is not known, and why.
type Unreached struct {
	ID         uuid.UUID // of the mail
	PersonID   uuid.UUID
	Name       string // "" where the viewer may not know it, and of somebody erased
	Language   string
	Country    string // "" for none
	State      MailState
	Outcome    MailOutcome
	Reply      string // the server's last words, without addresses
	FinishedAt *time.Time
	SettledBy  string // who says whether it arrived; "" where nobody did, or the viewer may not know it
	SettledAt  *time.Time
}

// NotReachedBy lists who did not get a mailing and why, in the order of the mails' ids: after the mail given, at most limit.
// What is still to go is not among them, nor of whom somebody says that they got it, unless that is the outcome asked for. They have
// names for whom knowsRecipients lets know them.
func NotReachedBy(ctx context.Context, db bun.IDB, v Viewer, mailing uuid.UUID, f OutcomeFilter, after uuid.UUID, limit int) ([]Unreached, error) {
	known := v.knowsRecipients(db, mailing)
	each := withOutcome(f.narrow(db.NewSelect().TableExpr("outbox AS o").Join("LEFT JOIN people AS person ON person.id = o.person_id").
		Where("o.mailing_id = ? AND o.id > ?", mailing, after)).
		Where("o.state NOT IN (?)", bun.List([]MailState{MailDelivered, MailQueued, MailClaimed, MailSending}))).
		Column("o.id", "o.person_id", "o.language", "o.state", "o.reply", "o.finished_at").
		ColumnExpr("COALESCE(person.country_code, '') AS country").
		ColumnExpr("CASE WHEN (?) THEN COALESCE(person.name, '') ELSE '' END AS name", known).
		ColumnExpr("CASE WHEN (?) THEN COALESCE(teller.name, '') ELSE '' END AS settled_by, told.settled_at", known).
		Join("LEFT JOIN mail_settlements AS told ON told.mail_id = o.id").
		Join("LEFT JOIN people AS teller ON teller.pseudonym = told.settled_by")
	outcomes := NotReachedOutcomes()
	if f.Outcome != "" {
		outcomes = []MailOutcome{f.Outcome}
	}
	q := db.NewSelect().TableExpr("(?) AS each", each).ColumnExpr("*").Where("outcome IN (?)", bun.List(outcomes)).Order("id").Limit(int64(limit))
	var list []Unreached
	if err := q.Scan(ctx, &list); err != nil {
		return nil, fmt.Errorf("read who did not get a mailing: %w", err)
	}
	return list, nil
}
