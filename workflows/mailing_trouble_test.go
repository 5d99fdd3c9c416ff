package workflows_test

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"tribuna/internal/devstack/catcher"
	"tribuna/internal/mail"
	"tribuna/models"
)

// trouble is a mail server that puts off one reader in a hundred once, loses the answer to each five hundredth mail after it took it, and
// twice stands still for longer than anybody waits: once before it has a message and once after.
type trouble struct {
	mu        sync.Mutex
	putOff    map[string]bool // addresses
	recipient atomic.Int64
	lost      atomic.Int64 // answers, to those where it stands still as well
	standing  chan struct{}
}

const (
	troubledReaders = 2000
	loseEach        = 500
	stillBefore     = 333 // at the recipient of this number
	stillAfter      = 1111
	serverPatience  = 2 * time.Second // longer than a busy machine takes to answer
)

func (p *postOffice) inTrouble() *trouble {
	w := &trouble{putOff: map[string]bool{}, standing: make(chan struct{})}
	p.t.Cleanup(func() { close(w.standing) })
	p.server.SetFaults(catcher.Faults{
		HangUp: func(string) bool {
			if w.recipient.Add(1) != stillBefore {
				return false
			}
			<-w.standing
			return true
		},
		Refuse: w.refuse,
		DropAfter: func(n int) bool {
			if n%loseEach != 0 && n != stillAfter {
				return false
			}
			w.lost.Add(1)
			if n == stillAfter {
				<-w.standing
			}
			return true
		},
	})
	return w
}

func (w *trouble) refuse(to string) *smtp.SMTPError {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !catcher.InShare(to, 1) || w.putOff[to] {
		return nil
	}
	w.putOff[to] = true
	return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 7, 1}, Message: "Try again later"}
}

// TestAMailingThroughEveryTroubleOfAServer takes a mailing the whole way, from its launch to its end, over a server with every trouble there
// is, and holds what the server took against what we say: nothing is lost or doubled, who was put off has it in the end, and what nobody
// knows is listed, and no more than the server gave reason for.
func TestAMailingThroughEveryTroubleOfAServer(t *testing.T) {
	p := newPostOffice(t)
	p.moreReaders(troubledReaders - readersInCroatia)
	sender := p.sender()
	var err error
	sender.Transport, err = mail.NewSMTP(p.server.URL(), mail.Timeouts{Command: serverPatience, Dot: serverPatience})
	require.NoError(t, err)
	p.mails = batches{sender}
	server := p.inTrouble()
	p.at(2*time.Hour, func() { p.launch(troubledReaders) })
	require.NoError(t, p.send(5*day))

	require.Equal(t, models.MailingSent, p.state())
	counts := p.counts()
	require.Equal(t, models.MailCounts{Delivered: troubledReaders - counts.Unknown, Unknown: counts.Unknown}, counts, "none is lost, refused or left")
	require.LessOrEqual(t, counts.Unknown, int(server.lost.Load()))
	require.Greater(t, counts.Unknown, 1)
	p.judge(server)
	viewer, err := models.ViewerOf(p.ctx, p.db, p.officer.ID)
	require.NoError(t, err)
	listed, err := models.Recipients(p.ctx, p.db, viewer, p.mailing.ID, models.RecipientFilter{State: models.MailUnknown, Limit: troubledReaders})
	require.NoError(t, err)
	require.Len(t, listed, counts.Unknown)
	require.Equal(t, fmt.Sprint(counts.Unknown), p.entry("mailing.sent").Facts["unknown"])
}

// judge holds every recipient against what the server took.
func (p *postOffice) judge(server *trouble) {
	p.t.Helper()
	times := map[string]int{}
	for _, m := range p.server.Ledger() {
		id, _, _ := strings.Cut(strings.Trim(m.MessageID, "<>"), "@")
		times[id]++
	}
	var rows []struct {
		ID, Email string
		State     models.MailState
	}
	require.NoError(p.t, p.db.NewSelect().TableExpr("outbox AS o").ColumnExpr("o.id, o.state, p.email").
		Join("JOIN people AS p ON p.id = o.person_id").Where("o.mailing_id = ?", p.mailing.ID).Scan(p.ctx, &rows))
	require.Len(p.t, rows, troubledReaders)
	later := 0
	for _, r := range rows {
		require.LessOrEqual(p.t, times[r.ID], 1, "%s has it twice", r.Email)
		if r.State == models.MailDelivered {
			require.Equal(p.t, 1, times[r.ID], "%s is said to have it", r.Email)
		}
		if server.putOff[r.Email] {
			later++
			require.Equal(p.t, 1, times[r.ID], "%s was put off, and has it in the end", r.Email)
		}
	}
	require.Greater(p.t, later, troubledReaders/200)
}

// moreReaders lets so many more people in Croatia read what the network sends.
func (p *postOffice) moreReaders(n int) {
	p.t.Helper()
	p.tx(func(tx bun.Tx) {
		_, err := tx.NewRaw(`WITH added AS (INSERT INTO people (id, name, email, language, country_code, consent_at)
				SELECT gen_random_uuid(), 'Reader ' || i, 'more-' || i || '@readers' || i % 40 || '.example', 'en', 'HR', ? FROM generate_series(1, ?) AS i RETURNING id)
			INSERT INTO roles (person_id, organisation_id, role) SELECT id, (SELECT organisation_id FROM roles WHERE person_id = ? LIMIT 1), ? FROM added`,
			p.clock, n, p.officer.ID, models.RoleReader).Exec(p.ctx)
		require.NoError(p.t, err)
	})
}
