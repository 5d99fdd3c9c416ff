package main

import (
	"bufio"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/stretchr/testify/require"

	"tribuna/internal/demo"
	"tribuna/internal/devstack/catcher"
	"tribuna/models"
)

// moreReaders is how many are added to the demo network's: a worker takes a thousand at a time.
const moreReaders = 5000

// Two workers send one mailing, at the same time. One is killed in the middle of it: nobody has the mailing twice, nobody is left
// out, and what nobody knows is no more than what that one had on the wire.
func TestTwoWorkersShareAMailing(t *testing.T) {
	first, second := closedAddress(t), closedAddress(t)
	w := newWorld(t, map[string]string{"TRIBUNA_METRICS_ADDR": first})
	w.startWorker()
	other := w.anotherWorker(second)
	c := w.draft(patient())
	c.start()
	c.reviewed()
	c.signedOff()
	c.publish()
	c.addReaders(moreReaders)
	shared, middle := newGate(0), newGate(2000)
	t.Cleanup(shared.open)
	t.Cleanup(middle.open)
	w.mails.SetFaults(catcher.Faults{Refuse: func(string) *smtp.SMTPError {
		select {
		case <-shared.opened:
			middle.pass()
		case <-time.After(500 * time.Millisecond): // a slow mail server, so that one of them is not through before the other begins
		}
		return nil
	}})
	before := w.sentBy(first)
	id := c.launch(models.Audience{Roles: []string{models.RoleReader}})
	w.await("both workers have taken some", func() bool { // one has two parts at most
		return w.count(w.db.NewSelect().Table("outbox_claims").Where("mailing_id = ?", id)) >= 3
	})
	shared.open()
	w.await("many are sent", func() bool {
		select {
		case <-middle.reached:
			return true
		default:
			return false
		}
	})
	other.end()
	middle.open()
	c.awaitMailing(id, models.MailingSent)
	sent := w.sentBy(first) - before
	require.Positive(t, sent, "the one has sent some")
	require.Greater(t, len(w.takenFor(id)), sent, "and so had the other")
	counts := c.judgeMailing(id)
	require.Equal(t, demo.MailableReaders+moreReaders, counts.Total())
	require.Zero(t, counts.Failed)
	require.LessOrEqual(t, counts.Unknown, mostInDoubt)
	t.Logf("in doubt %d of %d", counts.Unknown, counts.Total())
}

// anotherWorker is a second one with figures of its own.
func (w *world) anotherWorker(figures string) *program {
	variables := maps.Clone(w.variables)
	variables["TRIBUNA_METRICS_ADDR"] = figures
	p := launch(w.t, variables, "worker")
	p.until("working", func() bool { return strings.Contains(p.output(), "working") })
	return p
}

// addReaders lets so many more people read what the network sends.
func (c *chain) addReaders(n int) {
	c.t.Helper()
	_, err := c.db.NewRaw(`WITH added AS (INSERT INTO people (id, name, email, language, country_code, consent_at)
			SELECT gen_random_uuid(), 'Reader ' || i, 'more-' || i || '@readers.example', 'en', 'BG', now() FROM generate_series(1, ?) AS i RETURNING id)
		INSERT INTO roles (person_id, organisation_id, role) SELECT id, ?, ? FROM added`, n, demo.ID("organisation", "khc"), models.RoleReader).Exec(c.ctx)
	require.NoError(c.t, err)
}

// sentBy is how many mails a worker says that mail servers took of it.
func (w *world) sentBy(figures string) int {
	w.t.Helper()
	r, err := http.NewRequestWithContext(w.ctx, http.MethodGet, "http://"+figures+"/metrics", nil)
	require.NoError(w.t, err)
	answer, err := http.DefaultClient.Do(r)
	require.NoError(w.t, err)
	defer answer.Body.Close()
	sum := 0
	for lines := bufio.NewScanner(answer.Body); lines.Scan(); {
		if line := lines.Text(); strings.HasPrefix(line, "tribuna_mails_total{") && strings.Contains(line, `outcome="delivered"`) {
			n, err := strconv.ParseFloat(line[strings.LastIndexByte(line, ' ')+1:], 64)
			require.NoError(w.t, err)
			sum += int(n)
		}
	}
	return sum
}
