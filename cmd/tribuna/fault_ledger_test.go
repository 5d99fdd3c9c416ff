package main

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/emersion/go-smtp"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"tribuna/internal/devstack/catcher"
	"tribuna/models"
)

// mostInDoubt is how many mails of a mailing may be in doubt after one crash: connections times window.
const mostInDoubt = connections * windowSize

// connections is how many the workers of these tests have to the mail server.
const connections = 2

// gate stops the mail server at the n-th recipient, until it is opened.
type gate struct {
	at      int64
	seen    atomic.Int64
	reached chan struct{}
	opened  chan struct{}
	once    sync.Once
}

func newGate(at int64) *gate {
	return &gate{at: at, reached: make(chan struct{}), opened: make(chan struct{})}
}

func (g *gate) open() { g.once.Do(func() { close(g.opened) }) }

// pass is called for every recipient.
func (g *gate) pass() {
	switch n := g.seen.Add(1); {
	case n == g.at:
		close(g.reached)
		<-g.opened
	case n > g.at:
		<-g.opened
	}
}

func (g *gate) faults() catcher.Faults {
	return catcher.Faults{Refuse: func(string) *smtp.SMTPError { g.pass(); return nil }}
}

// ledger counts what the mail server took, by the mail's id in the outbox: it stands in the Message-ID.
func (w *world) ledger() map[string]int {
	times := map[string]int{}
	for _, m := range w.mails.Ledger() {
		id, _, _ := strings.Cut(strings.Trim(m.MessageID, "<>"), "@")
		times[id]++
	}
	return times
}

// launch sends a mailing about what is published to an audience.
func (c *chain) launch(a models.Audience) uuid.UUID {
	c.t.Helper()
	var m *models.Mailing
	c.tx(func(ctx context.Context, tx bun.Tx) error {
		rec, err := models.RecommendationByID(ctx, tx, c.id)
		if err != nil {
			return err
		}
		m, err = models.CreateMailing(ctx, tx, rec, models.MailingInput{Audience: a, FallbackLanguage: "en",
			Texts: []models.MailingText{{Language: "en", Subject: "Leaving care", Body: "Read it."},
				{Language: "bg", Subject: "Извън грижата", Body: "Прочетете."}}}, officer, c.processes.Now())
		return err
	})
	c.processes.StartSoon(c.ctx, m.ID)
	people := c.count(models.MailingAudience(c.ctx, c.db, a))
	c.must(says{process: m.ID, id: uuid.NewString(), kind: models.DecideLaunchMailing, who: officer,
		payload: models.LaunchMailingPayload{Revision: m.Revision, Expected: people, AtNight: true}}) // at any hour
	return m.ID
}

func (w *world) awaitMailing(id uuid.UUID, s models.MailingState) {
	w.t.Helper()
	w.await("the mailing is "+string(s), func() bool {
		m, err := models.MailingByID(w.ctx, w.db, id)
		return err == nil && m.State == s
	})
}

// judgeMailing holds what the outbox says of every recipient of a mailing that is over against what the mail server took.
func (w *world) judgeMailing(id uuid.UUID) models.MailCounts {
	w.t.Helper()
	var rows []struct {
		ID    string
		State models.MailState
		Email string
	}
	require.NoError(w.t, w.db.NewSelect().TableExpr("outbox AS o").ColumnExpr("o.id, o.state, p.email").
		Join("JOIN people AS p ON p.id = o.person_id").Where("o.mailing_id = ?", id).Scan(w.ctx, &rows))
	times, people := w.ledger(), w.takenFor(id)
	for _, r := range rows {
		switch r.State {
		case models.MailDelivered:
			require.Equal(w.t, 1, times[r.ID], "%s is said to be delivered to %s", r.ID, r.Email)
		case models.MailUnknown:
			require.LessOrEqual(w.t, times[r.ID], 1, "%s went to %s more than once", r.ID, r.Email)
		case models.MailFailed:
			require.Zero(w.t, times[r.ID], "%s is said to be refused for %s", r.ID, r.Email)
		default:
			w.t.Errorf("%s to %s is %s", r.ID, r.Email, r.State)
		}
		require.LessOrEqual(w.t, people[r.Email], 1, "%s has the mailing more than once", r.Email)
	}
	counts, err := models.MailingCounts(w.ctx, w.db, id)
	require.NoError(w.t, err)
	require.Equal(w.t, len(rows), counts.Delivered+counts.Failed+counts.Unknown)
	return counts
}

// takenFor counts what the mail server took of a mailing, by address.
func (w *world) takenFor(mailing uuid.UUID) map[string]int {
	var ids []string
	require.NoError(w.t, w.db.NewSelect().Table("outbox").Column("id").Where("mailing_id = ?", mailing).Scan(w.ctx, &ids))
	ours := map[string]bool{}
	for _, id := range ids {
		ours[id] = true
	}
	people := map[string]int{}
	for _, m := range w.mails.Ledger() {
		id, _, _ := strings.Cut(strings.Trim(m.MessageID, "<>"), "@")
		if ours[id] {
			people[m.To[0]]++
		}
	}
	return people
}
