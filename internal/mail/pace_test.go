package mail_test

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/mail"
	"tribuna/models"
)

// launchAt freezes a mailing to so many subscribers with addresses at a domain, after those of earlier calls.
func (n *network) launchAt(domain string, people int, after time.Duration) {
	n.t.Helper()
	n.exec(`INSERT INTO people (id, name, email, language, consent_at)
		SELECT gen_random_uuid(), 'Reader ' || i, 'reader' || i || '@' || ?, 'en', now() FROM generate_series(1, ?) AS i`, domain, people)
	n.exec(`INSERT INTO roles (person_id, organisation_id, role) SELECT id, ?, 'reader' FROM people WHERE email LIKE 'reader%@' || ?`, n.owner, domain)
	added, err := models.EnqueueMailing(n.t.Context(), n.db, models.MailingRecipients{MailingID: n.mailing,
		RecommendationID: n.recommendation, Audience: models.Audience{Roles: []string{"reader"}}, Texts: []string{"en"}, Fallback: "en"}, monday.Add(after))
	require.NoError(n.t, err)
	require.Equal(n.t, people, added)
}

// went counts the mails to each domain that were delivered.
func (n *network) went() map[string]int {
	n.t.Helper()
	var rows []struct {
		Domain string
		Mails  int
	}
	require.NoError(n.t, n.db.NewRaw(`SELECT domain, count(*) AS mails FROM outbox WHERE mailing_id = ? AND state = 'delivered' GROUP BY domain`, n.mailing).
		Scan(context.Background(), &rows))
	by := map[string]int{}
	for _, r := range rows {
		by[r.Domain] = r.Mails
	}
	return by
}

func (n *network) waitsFor(now time.Time) []models.MailingWait {
	n.t.Helper()
	list, err := models.MailingWaits(context.Background(), n.db, n.mailing, now)
	require.NoError(n.t, err)
	return list
}

func (s *server) once(t *testing.T, mails int) {
	t.Helper()
	require.Len(t, s.ledger(), mails)
	for id, times := range s.ledger() {
		require.Equal(t, 1, times, id)
	}
}

func TestAllSendersTogetherKeepToTheMinute(t *testing.T) {
	n, s, c := newNetwork(t), newServer(t, nil), newClock()
	n.launchAt("one.example", 100, 0)
	var senders []*mail.Sender
	for range 2 {
		sender := newSender(t, n, s, c)
		sender.Pace.PerMinute = 30
		senders = append(senders, sender)
	}
	together := func() {
		var all sync.WaitGroup
		for _, sender := range senders {
			all.Go(func() {
				for range 5 {
					_, err := sender.SendBatch(t.Context(), mail.Batch{MailingID: &n.mailing, Limit: 8})
					require.NoError(t, err)
				}
			})
		}
		all.Wait()
	}
	together()
	require.Equal(t, 30, n.counts().Delivered)
	w := n.waitsFor(c.Now())
	require.Len(t, w, 1)
	require.Equal(t, models.MailingWait{MailingID: n.mailing, Why: models.WaitMinute, Most: 30, Until: w[0].Until}, w[0])
	require.WithinDuration(t, monday.Add(time.Minute), w[0].Until, time.Second)
	c.turn(30 * time.Second)
	together()
	require.Equal(t, 30, n.counts().Delivered, "half a minute later it is the same")
	for minute := 2; minute <= 4; minute++ {
		c.turn(time.Minute)
		together()
		require.Equal(t, min(30*minute, 100), n.counts().Delivered)
	}
	require.Empty(t, n.waitsFor(c.Now()))
	s.once(t, 100)
}

func TestEachDomainGetsNoMoreThanItsShareOfAMinute(t *testing.T) {
	n, s, c := newNetwork(t), newServer(t, nil), newClock()
	n.launchAt("big.example", 50, 0) // these are first in the queue
	n.launchAt("small.example", 5, time.Millisecond)
	c.turn(time.Second)
	sender := newSender(t, n, s, c)
	sender.Pace.PerDomain = 20
	drain(t, sender, mail.Batch{MailingID: &n.mailing, Limit: 10})
	require.Equal(t, map[string]int{"big.example": 20, "small.example": 5}, n.went())
	w := n.waitsFor(c.Now())
	require.Len(t, w, 1)
	require.Equal(t, models.WaitDomain, w[0].Why)
	require.Equal(t, "big.example", w[0].Domain)
	require.Equal(t, 20, w[0].Most)
	for range 2 {
		c.turn(time.Minute)
		drain(t, sender, mail.Batch{MailingID: &n.mailing, Limit: 10})
	}
	require.Equal(t, map[string]int{"big.example": 50, "small.example": 5}, n.went())
	s.once(t, 55)
}

func TestADomainThatRefusesForNowIsSlowedWhileOthersGoOn(t *testing.T) {
	n, c := newNetwork(t), newClock()
	var refusing atomic.Bool
	var asked atomic.Int64
	refusing.Store(true)
	s := refusing451(t, "busy.example", &refusing, &asked)
	n.launchAt("busy.example", 40, 0)
	n.launchAt("open.example", 60, time.Millisecond)
	c.turn(time.Second)
	sender := newSender(t, n, s, c)
	sender.Backoff = func(mail.Outcome, int) time.Duration { return time.Second } // the domain's pause is longer
	b := mail.Batch{MailingID: &n.mailing, Limit: 20}
	attempts := func() int64 {
		before := asked.Load()
		for range 10 {
			_, err := sender.SendBatch(t.Context(), b)
			require.NoError(t, err)
		}
		return asked.Load() - before
	}
	require.LessOrEqual(t, attempts(), int64(3+1), "three in a row, and what another connection had on the wire; then none")
	require.Equal(t, map[string]int{"open.example": 60}, n.went())
	first := n.waitsFor(c.Now())
	require.Len(t, first, 1)
	require.Equal(t, models.WaitSlow, first[0].Why)
	require.Equal(t, "busy.example", first[0].Domain)
	require.WithinDuration(t, c.Now().Add(time.Minute), first[0].Until, time.Second)

	c.turn(50 * time.Second)
	require.Zero(t, attempts())
	c.turn(11 * time.Second)
	require.Positive(t, attempts())
	require.LessOrEqual(t, asked.Load(), int64(3+1+3), "a few to see whether it takes them")
	second := n.waitsFor(c.Now())
	require.WithinDuration(t, c.Now().Add(2*time.Minute), second[0].Until, time.Second, "longer after each refusal")
	c.turn(time.Minute)
	require.Zero(t, attempts())

	refusing.Store(false)
	c.turn(61 * time.Second)
	require.Positive(t, attempts())
	c.turn(time.Second)
	drain(t, sender, b)
	require.Equal(t, map[string]int{"open.example": 60, "busy.example": 40}, n.went())
	require.Empty(t, n.waitsFor(c.Now()))
	s.once(t, 100)
}

// refusing451 is a server that takes nothing for a domain while it refuses, and counts how often it was asked.
func refusing451(t *testing.T, domain string, refusing *atomic.Bool, asked *atomic.Int64) *server {
	t.Helper()
	return busy(t, func(to string) bool {
		if !strings.HasSuffix(to, "@"+domain) {
			return false
		}
		asked.Add(1)
		return refusing.Load()
	})
}

func busy(t *testing.T, refuses func(to string) bool) *server {
	t.Helper()
	return refusing(t, func(to string) error {
		if refuses(to) {
			return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 2}, Message: "too many mails, try again later"}
		}
		return nil
	})
}

// TestADomainThatRefusesSomeIsNotSlowed: the few wait, each for itself.
func TestADomainThatRefusesSomeIsNotSlowed(t *testing.T) {
	n, c := newNetwork(t), newClock()
	s := busy(t, func(to string) bool { return readerNumber(to)%10 == 3 })
	n.launchAt("one.example", 60, 0)
	drain(t, newSender(t, n, s, c), mail.Batch{MailingID: &n.mailing, Limit: 20})
	require.Equal(t, models.MailCounts{Delivered: 54, Queued: 6}, n.counts())
	require.Empty(t, n.waitsFor(c.Now()))
}

func TestAFullMailboxSlowsNobodyElse(t *testing.T) {
	n, c := newNetwork(t), newClock()
	s := refusing(t, func(to string) error {
		if readerNumber(to) == 2 {
			return &smtp.SMTPError{Code: 452, EnhancedCode: smtp.EnhancedCode{4, 2, 2}, Message: "mailbox is full"}
		}
		return nil
	})
	n.launchAt("one.example", 30, 0)
	drain(t, newSender(t, n, s, c), mail.Batch{MailingID: &n.mailing, Limit: 10})
	require.Equal(t, models.MailCounts{Delivered: 29, Queued: 1}, n.counts())
	require.Empty(t, n.waitsFor(c.Now()))
}

func TestTheFirstDaysOfANewSenderBringFew(t *testing.T) {
	n, s, c := newNetwork(t), newServer(t, nil), newClock()
	n.launchAt("one.example", 60, 0)
	sender := newSender(t, n, s, c)
	sender.Pace.WarmUp = []int{10, 25}
	b := mail.Batch{MailingID: &n.mailing, Limit: 20}
	drain(t, sender, b)
	require.Equal(t, 10, n.counts().Delivered)
	w := n.waitsFor(c.Now())
	require.Len(t, w, 1)
	require.Equal(t, models.WaitDay, w[0].Why)
	require.WithinDuration(t, monday.Add(24*time.Hour), w[0].Until, time.Second)
	c.turn(23 * time.Hour)
	drain(t, sender, b)
	require.Equal(t, 10, n.counts().Delivered)
	c.turn(time.Hour + time.Minute)
	drain(t, sender, b)
	require.Equal(t, 10+25, n.counts().Delivered)
	c.turn(24 * time.Hour)
	drain(t, sender, b)
	require.Equal(t, 60, n.counts().Delivered, "after its last day the plan is over")
	s.once(t, 60)
}

func TestAMailingWaitsForNoLimitThatWasLifted(t *testing.T) {
	n, s, c := newNetwork(t), newServer(t, nil), newClock()
	n.launchAt("one.example", 60, 0)
	sender := newSender(t, n, s, c)
	sender.Pace.WarmUp = []int{10, 25}
	drain(t, sender, mail.Batch{MailingID: &n.mailing, Limit: 20})
	require.Len(t, n.waitsFor(c.Now()), 1)
	require.NoError(t, models.ServerSilent(t.Context(), n.db, n.mailing, []string{s.addr}, c.Now()))
	sender.Pace = models.Pace{}
	claim := models.ClaimFilter{MailingID: &n.mailing, Limit: 1, Token: uuid.New(), Until: c.Now().Add(time.Minute)}
	_, err := models.ClaimAtPace(t.Context(), n.db, claim, sender.Pace, c.Now())
	require.NoError(t, err)
	w := n.waitsFor(c.Now())
	require.Len(t, w, 1, "only what sending alone can tell")
	require.Equal(t, models.WaitServer, w[0].Why)
}

func TestWhatDidNotLeaveDoesNotCount(t *testing.T) {
	n, s, c := newNetwork(t), newServer(t, nil), newClock()
	n.launchAt("one.example", 40, 0)
	away := newSender(t, n, &server{addr: "127.0.0.1:1"}, c)
	away.Pace = models.Pace{PerMinute: 30, PerDomain: 30}
	_, err := away.SendBatch(t.Context(), mail.Batch{MailingID: &n.mailing, Limit: 30})
	require.Error(t, err)
	require.Equal(t, models.MailCounts{Queued: 40}, n.counts())
	sender := newSender(t, n, s, c)
	sender.Pace = away.Pace
	drain(t, sender, mail.Batch{MailingID: &n.mailing, Limit: 10})
	require.Equal(t, models.MailCounts{Delivered: 30, Queued: 10}, n.counts())
}

func TestWithoutLimitsNothingIsCounted(t *testing.T) {
	n, s, c := newNetwork(t), newServer(t, nil), newClock()
	n.launchAt("one.example", 20, 0)
	drain(t, newSender(t, n, s, c), mail.Batch{MailingID: &n.mailing})
	for _, table := range []string{"mail_paces", "mail_warmups", "slow_domains", "mailing_waits", "mailing_tallies"} {
		rows, err := n.db.NewSelect().Table(table).Count(t.Context())
		require.NoError(t, err)
		require.Zero(t, rows, table)
	}
}
