package models

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/uptrace/bun"
)

// SlowDomain is a domain whose server takes nothing for now.
type SlowDomain struct {
	bun.BaseModel `bun:"table:slow_domains,alias:sd"`

	Domain   string `bun:",pk"`
	Refusals int    // one after the other, each after waiting
	Until    time.Time
	ProbedAt *time.Time // when a few mails were last let go to see whether it takes them
	Reply    string     // the server's words, without addresses
}

// slowSteps is how long a domain is left alone after its first refusal, its second, and so on, in seconds: servers that refuse
// what is new to them, or what comes too fast, want to see time pass (RFC 5321, 4.5.4.1).
var slowSteps = []int64{60, 120, 300, 600, 1200, 2400, 3600, 7200}

const (
	// probes is how many mails go to a domain whose time is over, to see whether it takes them.
	probes = 3
	// probeFor is how long their answers are waited for before others go.
	probeFor = 30 * time.Second
	// slowFor is after how long a refusal says nothing any more.
	slowFor = 24 * time.Hour
)

// slowDomains reads the domains that take nothing, and those that have to show first that they do again.
func slowDomains(ctx context.Context, db bun.IDB, now time.Time) ([]SlowDomain, error) {
	var list []SlowDomain
	err := db.NewSelect().Model(&list).Where("sd.until > ?", now.Add(-slowFor)).Order("sd.domain").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read which domains take nothing for now: %w", err)
	}
	return list, nil
}

// allows is how many mails may go to the domain.
func (s SlowDomain) allows(now time.Time) int {
	if now.Before(s.next(now, false)) {
		return 0
	}
	return probes
}

// next is when mails may go to the domain again; probed says that some go now.
func (s SlowDomain) next(now time.Time, probed bool) time.Time {
	if probed {
		return now.Add(probeFor)
	}
	if s.ProbedAt != nil && s.ProbedAt.Add(probeFor).After(s.Until) {
		return s.ProbedAt.Add(probeFor)
	}
	return s.Until
}

func markProbed(ctx context.Context, db bun.IDB, domains []string, now time.Time) error {
	if len(domains) == 0 {
		return nil
	}
	_, err := db.NewRaw(`UPDATE slow_domains SET probed_at = ? WHERE domain = ANY (?::text[])`, now, pgArray(domains)).Exec(ctx)
	return err
}

// SlowDown notes that the server of a domain refused a mail for now, and returns until when the domain is left alone. Further
// refusals of what was on its way at the time count as one.
func SlowDown(ctx context.Context, db bun.IDB, domain, reply string, now time.Time) (SlowDomain, error) {
	s := SlowDomain{}
	err := db.NewRaw(`
		INSERT INTO slow_domains AS s (domain, refusals, until, reply) VALUES (?0, 1, ?1::timestamptz + make_interval(secs => (?2::bigint[])[1]), ?3)
		ON CONFLICT (domain) DO UPDATE SET reply = excluded.reply,
			refusals = CASE WHEN s.until > ?1 THEN s.refusals WHEN s.until <= ?4 THEN 1 ELSE s.refusals + 1 END,
			until = CASE WHEN s.until > ?1 THEN s.until WHEN s.until <= ?4 THEN excluded.until
				ELSE ?1::timestamptz + make_interval(secs => (?2::bigint[])[least(s.refusals + 1, cardinality(?2::bigint[]))]) END
		RETURNING domain, refusals, until, probed_at, reply`,
		domain, now, pgInts(slowSteps), shorten(reply, maxReply), now.Add(-slowFor)).Scan(ctx, &s)
	if err != nil {
		return s, fmt.Errorf("slow a domain down: %w", err)
	}
	return s, nil
}

// SpeedUp notes that the server of a domain took a mail: nothing waits for it any more.
func SpeedUp(ctx context.Context, db bun.IDB, domain string) error {
	_, err := db.NewRaw(`WITH gone AS (DELETE FROM slow_domains WHERE domain = ?0)
		DELETE FROM mailing_waits WHERE domain = ?0 AND why = ?1`, domain, WaitSlow).Exec(ctx)
	if err != nil {
		return fmt.Errorf("let a domain go on: %w", err)
	}
	return nil
}

// pgInts writes numbers as PostgreSQL reads an array of them.
func pgInts(numbers []int64) string {
	words := make([]string, len(numbers))
	for i, n := range numbers {
		words[i] = strconv.FormatInt(n, 10)
	}
	return "{" + strings.Join(words, ",") + "}"
}
