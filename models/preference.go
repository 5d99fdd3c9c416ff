package models

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
)

// Kinds of mailing that people choose among.
const (
	MailingKindCampaign   = "campaign"   // about a recommendation
	MailingKindNewsletter = "newsletter" // several items
	MailingKindEvent      = "event"      // an announcement

	MailingKindRepresentative = "representative" // asks its readers to write to their representatives
)

// MailingKinds returns the kinds of mailing that people choose among.
func MailingKinds() []string {
	return []string{MailingKindCampaign, MailingKindNewsletter, MailingKindEvent, MailingKindRepresentative}
}

// How often somebody wants mailings.
const (
	AtMostEach  = "each"
	AtMostWeek  = "week"
	AtMostMonth = "month"
)

// Frequencies returns how often mailings can be wanted.
func Frequencies() []string { return []string{AtMostEach, AtMostWeek, AtMostMonth} }

// MailingPreference is what a person wants of the mailings; who has none wants all of them. It narrows a consent and never
// stands for one.
type MailingPreference struct {
	bun.BaseModel `bun:"table:mailing_preferences,alias:pref"`

	PersonID  uuid.UUID `bun:",pk"`
	Topics    []string  `bun:",array"` // slugs: only about these; empty: about everything
	Countries []string  `bun:",array"` // codes: only about these; empty: about all
	Refused   []string  `bun:",array"` // kinds of mailing they do not want
	AtMost    string    // one of Frequencies
	UpdatedAt time.Time
}

// PreferenceOf returns what a person wants of the mailings: everything, each time, where they never said.
func PreferenceOf(ctx context.Context, db bun.IDB, person uuid.UUID) (MailingPreference, error) {
	p := MailingPreference{PersonID: person, AtMost: AtMostEach}
	err := db.NewSelect().Model(&p).WherePK().Scan(ctx)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return p, fmt.Errorf("read what somebody wants of the mailings: %w", err)
	}
	return p, nil
}

// Save keeps what a person wants. Topics and countries that the network does not have are refused, and so is wanting nothing at
// all: that is unsubscribing, which is said otherwise.
func (p *MailingPreference) Save(ctx context.Context, db bun.IDB, now time.Time) error {
	if err := p.check(ctx, db); err != nil {
		return err
	}
	if p.Refused == nil {
		p.Refused = []string{}
	}
	p.UpdatedAt = now
	_, err := db.NewInsert().Model(p).On("CONFLICT (person_id) DO UPDATE").Set("topics = EXCLUDED.topics").Set("countries = EXCLUDED.countries").
		Set("refused = EXCLUDED.refused").Set("at_most = EXCLUDED.at_most").Set("updated_at = EXCLUDED.updated_at").Exec(ctx)
	if err != nil {
		return fmt.Errorf("keep what somebody wants of the mailings: %w", err)
	}
	return nil
}

func (p *MailingPreference) check(ctx context.Context, db bun.IDB) error {
	bad := apperr.New(apperr.CodeInvalid)
	oneOf(bad, "at_most", p.AtMost, Frequencies()...)
	for _, kind := range p.Refused {
		oneOf(bad, "kinds", kind, MailingKinds()...)
	}
	if len(p.Refused) >= len(MailingKinds()) {
		bad.And("kinds", "preference_nothing")
	}
	for _, list := range []struct {
		path, table, key string
		values           *[]string
	}{{"topics", "topics", "slug", &p.Topics}, {"countries", "countries", "code", &p.Countries}} {
		if *list.values == nil {
			*list.values = []string{}
		}
		if err := checkKnown(ctx, db, bad, list.path, list.table, list.key, *list.values...); err != nil {
			return err
		}
	}
	return bad.OrNil()
}

// checkKnown blames a field that names what a table does not have under a key, or one thing twice.
func checkKnown(ctx context.Context, db bun.IDB, bad *apperr.Error, path, table, key string, values ...string) error {
	if len(values) == 0 {
		return nil
	}
	var known int
	err := db.NewSelect().Table(table).ColumnExpr("count(*)").Where("? = ANY(?)", bun.Ident(key), pgArray(values)).Scan(ctx, &known)
	if err != nil {
		return fmt.Errorf("read %s: %w", table, err)
	}
	if known != len(values) {
		bad.And(path, "unknown")
	}
	return nil
}

// isOnItsWay is true of a mail that is queued or claimed (alias other) whose mailing is being sent or waits for its time, or that
// stands in a window: then it may be leaving, whatever its mailing does now.
const isOnItsWay = `(EXISTS (SELECT 1 FROM mailings AS om WHERE om.id = other.mailing_id AND om.state IN ('sending','scheduled'))
	OR other.state = 'claimed' AND EXISTS (SELECT 1 FROM outbox_windows AS ow WHERE ow.token = other.claim_token AND other.id = ANY(ow.mails)))`

// span is how long somebody who wants mailings no more often than that is left alone after one.
const span = `(CASE pref.at_most WHEN 'week' THEN interval '7 days' ELSE interval '1 month' END)`

// isLately is true of a mailing (alias lately) of which a mail may stand in the way of another: of one that is over for longer none went
// out so lately. The day more is for what a server said of the last of its mails after it was over, which takes minutes. There are few
// such mailings, and in each one a look into outbox_recipient finds somebody's mail: no index by person has to follow every mail.
const isLately = `(lately.finished_at IS NULL OR lately.finished_at > greatest(?0::timestamptz, o.not_before) - ` + span + ` - interval '1 day')`

// What somebody (pref, of mailing_preferences) does not want of a mailing: wm says its kind and, as about, the recommendations that
// it is about; o is their mail, or the one that they would get: person_id, mailing_id, not_before, and created_at and id, which say
// what comes before it. Subjects that a mailing does not have hold nobody back; of a newsletter one item is enough.
//
// "Too soon" looks back from when it leaves, which is no sooner than the argument ?0, at what went out or may have
// (sending, delivered, unknown), and at mails of other mailings that were written before this one and are due within the same
// span and whose mailing is on its way (being sent, or waiting for its time): of two that wait, the first goes out. A mailing that is
// paused or asks may never leave, and holds nobody back but by what of it may be leaving at this moment.
const (
	otherKind   = `wm.kind = ANY(pref.refused)`
	otherTopics = `cardinality(pref.topics) > 0 AND EXISTS (SELECT 1 FROM recommendation_topics AS rt WHERE rt.recommendation_id = ANY(wm.about))
		AND NOT EXISTS (SELECT 1 FROM recommendation_topics AS rt WHERE rt.recommendation_id = ANY(wm.about) AND rt.topic = ANY(pref.topics))`
	otherCountries = `cardinality(pref.countries) > 0 AND EXISTS (SELECT 1 FROM recommendation_countries AS rc WHERE rc.recommendation_id = ANY(wm.about))
		AND NOT EXISTS (SELECT 1 FROM recommendation_countries AS rc WHERE rc.recommendation_id = ANY(wm.about) AND rc.country_code = ANY(pref.countries))`
	tooSoon = `pref.at_most <> 'each' AND EXISTS (SELECT 1 FROM mailings AS lately JOIN outbox AS other ON other.mailing_id = lately.id AND other.person_id = o.person_id
		WHERE lately.id <> o.mailing_id AND ` + isLately + ` AND (
		other.state IN ('delivered','unknown') AND other.finished_at > greatest(?0::timestamptz, o.not_before) - ` + span + `
		OR other.state = 'sending'
		OR other.state IN ('queued','claimed') AND (other.created_at, other.id) < (o.created_at, o.id) AND ` + isOnItsWay + `
			AND other.not_before > o.not_before - ` + span + ` AND other.not_before < o.not_before + ` + span + `))`
	notWanted = `(` + otherKind + ` OR ` + otherTopics + ` OR ` + otherCountries + ` OR ` + tooSoon + `)`
)

// unwanted is true of a mail of a mailing (alias o, of outbox) that its person does not want, by notWanted. Before there are mails,
// Readership asks the same of people.
const unwanted = `EXISTS (SELECT 1 FROM mailing_preferences AS pref CROSS JOIN LATERAL (SELECT m.kind,
		ARRAY(SELECT o.recommendation_id UNION ALL SELECT item.recommendation_id FROM mailing_items AS item WHERE item.mailing_id = m.id) AS about
		FROM mailings AS m WHERE m.id = o.mailing_id) AS wm
	WHERE pref.person_id = o.person_id AND ` + notWanted + `)`

// WantsMailing narrows a select of mails (alias o, of outbox) to those whose people want them now. It is for whoever claims
// mails of mailings: what was frozen days ago is held once more against what people want and against what they have got since.
func WantsMailing(now time.Time) func(*bun.SelectQuery) *bun.SelectQuery {
	return func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("(o.mailing_id IS NULL OR NOT "+unwanted+")", now)
	}
}

// ReplyUnwanted stands in a cancelled mail's reply where its person did not want it.
const ReplyUnwanted = "not among what the reader wants"

// DropUnwanted cancels those mails of a mailing that wait and that their people do not want, and returns how many. It is called
// in the transaction that freezes a mailing, and again before a part of it is claimed; who was held back stays on the list of
// recipients, with the reason. People who said nothing of what they want cost nothing.
func DropUnwanted(ctx context.Context, db bun.IDB, mailing uuid.UUID, now time.Time) (int, error) {
	res, err := db.NewRaw(`UPDATE outbox AS dropped SET state = 'cancelled', reply = ?1, finished_at = ?0
		FROM (SELECT o.id FROM outbox AS o WHERE o.mailing_id = ?2 AND `+stillWaits+` AND `+unwanted+`
			`+lockInOrder+`) AS d WHERE dropped.id = d.id`, now, ReplyUnwanted, mailing).Exec(ctx)
	if err != nil {
		return 0, fmt.Errorf("hold back who does not want a mailing: %w", err)
	}
	n, err := res.RowsAffected()
	return int(n), err
}

// MailWanted reports whether the person of a mail wants it now: asked once more at the moment of sending.
func MailWanted(ctx context.Context, db bun.IDB, mail uuid.UUID, now time.Time) (bool, error) {
	unwantedNow, err := db.NewSelect().TableExpr("outbox AS o").Where("o.id = ?", mail).Where(unwanted, now).Exists(ctx)
	if err != nil {
		return false, fmt.Errorf("read whether somebody wants a mail: %w", err)
	}
	return !unwantedNow, nil
}

// MailsWanted counts the mails of a mailing that wait and that their people want as things stand at now.
func MailsWanted(ctx context.Context, db bun.IDB, mailing uuid.UUID, now time.Time) (int, error) {
	n, err := db.NewSelect().TableExpr("outbox AS o").Where("o.mailing_id = ? AND "+stillWaits, mailing).Where("NOT "+unwanted, now).Count(ctx)
	if err != nil {
		return 0, fmt.Errorf("count who wants a mailing: %w", err)
	}
	return int(n), nil
}
