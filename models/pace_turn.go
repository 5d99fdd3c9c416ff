package models

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// minute is the span in which mails are counted, whenever it begins; a day is one of the warm-up, from its first mail on.
const (
	minute = time.Minute
	day    = 24 * time.Hour
)

// turn is one claim where the pace is limited, while all others wait for theirs.
type turn struct {
	tx     bun.IDB
	filter ClaimFilter
	pace   Pace
	now    time.Time

	most     int            // mails in all; -1: no limit
	whole    []MailingWait  // limits of all that are spent, should mails be left
	slow     []SlowDomain   // that take nothing, or are to be probed
	spent    map[string]use // by domain, in the last minute
	mostOf   map[string]int // by domain with a limit of its own
	picked   map[string]int
	restOpen bool // all other domains are without limit
}

// use is how many mails went in the last minute, and when the first of them did.
type use struct {
	Domain string
	Mails  int
	First  time.Time
}

// readLimits reads what the limits of all mails leave.
func (t *turn) readLimits(ctx context.Context) error {
	var err error
	if t.slow, err = slowDomains(ctx, t.tx, t.now); err != nil {
		return err
	}
	_, err = t.tx.NewRaw(`DELETE FROM mail_paces WHERE at <= ? AND (domain <> '' OR at <= ?)`, t.now.Add(-minute), t.now.Add(-2*day)).Exec(ctx)
	if err != nil {
		return err
	}
	if _, err := t.tx.NewDelete().Model((*SlowDomain)(nil)).Where("until <= ?", t.now.Add(-slowFor)).Exec(ctx); err != nil {
		return err
	}
	var uses []use
	err = t.tx.NewRaw(`SELECT domain, sum(mails) AS mails, min(at) FILTER (WHERE mails > 0) AS first FROM mail_paces
		WHERE at > ? GROUP BY domain HAVING sum(mails) > 0`, t.now.Add(-minute)).Scan(ctx, &uses)
	if err != nil {
		return err
	}
	t.spent = map[string]use{}
	for _, u := range uses {
		t.spent[u.Domain] = u
	}
	t.most = -1
	if t.pace.PerMinute > 0 {
		t.limit(t.pace.PerMinute-t.spent[""].Mails, MailingWait{Why: WaitMinute, Most: t.pace.PerMinute, Until: t.again("")})
	}
	return t.readDay(ctx)
}

// readDay reads what the warm-up leaves of this day.
func (t *turn) readDay(ctx context.Context) error {
	if len(t.pace.WarmUp) == 0 {
		return nil
	}
	began := t.now
	err := t.tx.NewRaw(`SELECT coalesce((SELECT started_at FROM mail_warmups WHERE plan = ?), ?::timestamptz)`, t.pace.plan(), t.now).Scan(ctx, &began)
	if err != nil {
		return err
	}
	n := int(t.now.Sub(began) / day)
	if n < 0 || n >= len(t.pace.WarmUp) {
		return nil
	}
	since := began.Add(time.Duration(n) * day)
	went := 0
	if err := t.tx.NewRaw(`SELECT coalesce(sum(mails), 0) FROM mail_paces WHERE domain = '' AND at >= ?`, since).Scan(ctx, &went); err != nil {
		return err
	}
	t.limit(t.pace.WarmUp[n]-went, MailingWait{Why: WaitDay, Most: t.pace.WarmUp[n], Until: since.Add(day)})
	return nil
}

// limit takes in a limit of all mails, of which so much is left.
func (t *turn) limit(left int, w MailingWait) {
	left = max(left, 0)
	if t.most < 0 || left < t.most {
		t.most, t.whole = left, nil
	}
	if left == t.most {
		t.whole = append(t.whole, w)
	}
}

// again is when a minute's limit lets the next mail go.
func (t *turn) again(domain string) time.Time {
	if u := t.spent[domain]; u.Mails > 0 {
		return u.First.Add(minute)
	}
	return t.now.Add(minute)
}

// readDomains reads what each domain's limit leaves: of all domains that mails wait for where each has one, else of the slow.
func (t *turn) readDomains(ctx context.Context) error {
	t.mostOf, t.restOpen = map[string]int{}, t.pace.PerDomain == 0
	if !t.restOpen {
		var domains []string
		// One look into the index for each domain, however many mails wait for it.
		err := t.tx.NewRaw(`
			WITH RECURSIVE waiting AS (
				(SELECT o.domain FROM outbox AS o WHERE o.mailing_id = ?0 AND `+stillWaits+` ORDER BY o.domain LIMIT 1)
				UNION ALL
				SELECT (SELECT o.domain FROM outbox AS o WHERE o.mailing_id = ?0 AND `+stillWaits+` AND o.domain > w.domain ORDER BY o.domain LIMIT 1)
				FROM waiting AS w WHERE w.domain IS NOT NULL)
			SELECT domain FROM waiting WHERE domain IS NOT NULL`, t.filter.MailingID).Scan(ctx, &domains)
		if err != nil {
			return err
		}
		for _, d := range domains {
			t.mostOf[d] = max(0, t.pace.PerDomain-t.spent[d].Mails)
		}
	}
	for _, s := range t.slow {
		most, limited := t.mostOf[s.Domain]
		if allowed := s.allows(t.now); !limited && t.restOpen || limited && allowed < most {
			t.mostOf[s.Domain] = allowed
		}
	}
	return nil
}

// pick chooses the mails: those that have waited longest, as many as each domain's limit and that of all leave.
func (t *turn) pick(ctx context.Context) error {
	limit := t.filter.Limit
	if limit <= 0 {
		limit = defaultClaim
	}
	if t.most >= 0 {
		limit = min(limit, t.most)
	}
	t.filter.among, t.picked = []uuid.UUID{}, map[string]int{}
	if limit == 0 {
		return nil
	}
	domains := slices.Sorted(maps.Keys(t.mostOf))
	most := make([]int64, len(domains))
	for i, d := range domains {
		most[i] = int64(t.mostOf[d])
	}
	var chosen []struct {
		ID     uuid.UUID
		Domain string
	}
	const due = `o.mailing_id = ?0 AND ` + stillWaits + ` AND o.not_before <= ?1 AND o.held_at IS NULL`
	err := t.tx.NewRaw(`
		SELECT id, domain FROM (
			SELECT d.* FROM unnest(?2::text[], ?3::bigint[]) AS q (domain, most) CROSS JOIN LATERAL (
				SELECT o.id, o.domain, o.not_before FROM outbox AS o WHERE `+due+` AND o.domain = q.domain
				ORDER BY o.not_before, o.id LIMIT least(q.most, ?4)) AS d
			UNION ALL (
				SELECT o.id, o.domain, o.not_before FROM outbox AS o WHERE `+due+` AND ?5 AND o.domain <> ALL (?2::text[])
				ORDER BY o.not_before, o.id LIMIT ?4)) AS due
		ORDER BY not_before, id LIMIT ?4`,
		t.filter.MailingID, t.now, pgArray(domains), pgInts(most), limit, t.restOpen).Scan(ctx, &chosen)
	for _, c := range chosen {
		t.filter.among = append(t.filter.among, c.ID)
	}
	return err
}

// count writes down what was claimed, under each limit that is set.
func (t *turn) count(ctx context.Context, mails []MailingMail) (map[uuid.UUID]PaceUse, error) {
	probed := []string{}
	uses, by := map[uuid.UUID]PaceUse{}, map[string]int{}
	for _, m := range mails {
		t.picked[m.Domain]++
		uses[m.ID] = PaceUse{At: t.now, Domain: m.Domain}
		if t.pace.PerDomain > 0 {
			by[m.Domain]++
		}
	}
	for _, s := range t.slow {
		if t.picked[s.Domain] > 0 {
			probed = append(probed, s.Domain)
		}
	}
	if err := markProbed(ctx, t.tx, probed, t.now); err != nil || !t.pace.limits() || len(mails) == 0 {
		return nil, err
	}
	by[""] += len(mails)
	for domain, n := range by {
		_, err := t.tx.NewRaw(`INSERT INTO mail_paces AS p (at, domain, mails) VALUES (?, ?, ?)
			ON CONFLICT (at, domain) DO UPDATE SET mails = p.mails + excluded.mails`, t.now, domain, n).Exec(ctx)
		if err != nil {
			return nil, err
		}
	}
	if len(t.pace.WarmUp) > 0 {
		_, err := t.tx.NewRaw(`INSERT INTO mail_warmups (plan, started_at) VALUES (?, ?) ON CONFLICT DO NOTHING`, t.pace.plan(), t.now).Exec(ctx)
		if err != nil {
			return nil, err
		}
	}
	return uses, nil
}

// writeWaits writes down which limits are spent while mails are left.
func (t *turn) writeWaits(ctx context.Context) error {
	if err := forgetWaits(ctx, t.tx, *t.filter.MailingID); err != nil {
		return err
	}
	var candidates []MailingWait
	if all := t.claimed(); t.most >= 0 && all >= t.most {
		candidates = append(candidates, t.whole...)
	}
	slow := map[string]SlowDomain{}
	for _, s := range t.slow {
		slow[s.Domain] = s
	}
	for _, d := range slices.Sorted(maps.Keys(t.mostOf)) {
		if t.picked[d] < t.mostOf[d] {
			continue
		}
		if s, is := slow[d]; is {
			candidates = append(candidates, MailingWait{Why: WaitSlow, Domain: d, Until: s.next(t.now, t.picked[d] > 0)})
		} else {
			candidates = append(candidates, MailingWait{Why: WaitDomain, Domain: d, Most: t.pace.PerDomain, Until: t.again(d)})
		}
	}
	return t.insertWaits(ctx, candidates)
}

func (t *turn) claimed() (all int) {
	for _, n := range t.picked {
		all += n
	}
	return all
}

// insertWaits writes down those of the candidates that mails are left for.
func (t *turn) insertWaits(ctx context.Context, candidates []MailingWait) error {
	if len(candidates) == 0 {
		return nil
	}
	columns := struct {
		why, domain []string
		most, until []int64 // until in milliseconds of Unix time
	}{}
	for _, w := range candidates {
		columns.why, columns.domain = append(columns.why, string(w.Why)), append(columns.domain, w.Domain)
		columns.most, columns.until = append(columns.most, int64(w.Most)), append(columns.until, w.Until.UnixMilli())
	}
	_, err := t.tx.NewRaw(`
		INSERT INTO mailing_waits (mailing_id, why, domain, most, until)
		SELECT ?0::uuid, w.why, w.domain, w.most, to_timestamp(w.until / 1000.0)
		FROM unnest(?1::text[], ?2::text[], ?3::bigint[], ?4::bigint[]) WITH ORDINALITY AS w (why, domain, most, until, n)
		WHERE CASE WHEN w.domain = ''
			THEN EXISTS (SELECT 1 FROM outbox AS o WHERE o.mailing_id = ?0 AND `+stillWaits+`)
			ELSE EXISTS (SELECT 1 FROM outbox AS o WHERE o.mailing_id = ?0 AND `+stillWaits+` AND o.domain = w.domain) END
		ORDER BY w.n LIMIT ?5`,
		t.filter.MailingID, pgArray(columns.why), pgArray(columns.domain), pgInts(columns.most), pgInts(columns.until), maxWaits).Exec(ctx)
	return err
}
