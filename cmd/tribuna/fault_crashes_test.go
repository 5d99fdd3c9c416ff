package main

import (
	"math/rand/v2"
	"os"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/demo"
	"tribuna/internal/devstack/catcher"
	"tribuna/models"
)

const (
	crashes     = 20
	postgresAt  = 6                   // PostgreSQL is killed just before this worker
	temporalAt  = 13                  // and Temporal before this
	crashSeed   = "TRIBUNA_TEST_SEED" // a number: crash after as many mails as the run did that said it
	percentGone = 1                   // of the addresses do not exist
	loseEach    = 500                 // the answer to each so many mails is lost after they were taken
	hangUpEach  = 300                 // the mail server hangs up at each so many recipients, before it has a message
)

// Two workers send one mailing, over a mail server with every trouble there is. Twenty times one of them is killed, at a moment
// nobody foresees; PostgreSQL and Temporal are killed in the middle of it as well, and the officer pauses the mailing in the moment in which a
// worker dies. Nobody is left out, nobody has it twice, and whatever nobody knows is listed, and no more than what was on the wire.
func TestAMailingOutlivesTwentyKilledWorkers(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	if said, err := strconv.ParseUint(os.Getenv(crashSeed), 10, 64); err == nil {
		seed = said
	}
	t.Logf("%s=%d", crashSeed, seed)
	random := rand.New(rand.NewPCG(seed, 0))
	w := newWorld(t, map[string]string{"TRIBUNA_OUTBOX_LEASE": "6s"})
	workers := []*program{w.anotherWorker(closedAddress(t)), w.anotherWorker(closedAddress(t))}
	w.worker = workers[0] // whose last words are told
	c := w.draft(patient())
	c.start()
	c.reviewed()
	c.signedOff()
	c.publish()
	c.addReaders(moreReaders)

	sink := c.troubledSink()
	next := sink.arm(random)
	id := c.launch(models.Audience{Roles: []string{models.RoleReader}})
	doubts, amidst := 0, 0 // what may be in doubt, and how many crashes there were while mails were on the wire
	kill := func(i int) {
		workers[i%2].end()
		if c.onTheWire(id) > 0 {
			amidst++
		}
		doubts += mostInDoubt
	}
	for i := range crashes {
		moment := next
		c.await("the moment comes", func() bool { return moment.seen.Load() >= moment.at })
		switch {
		case i%7 == 3:
			c.must(says{process: id, id: uuid.NewString(), kind: models.DecidePauseMailing, who: officer, payload: models.NoPayload{}})
			doubts += 2 * connections // the mail server was silent meanwhile, maybe for longer than anybody waits
			kill(i)
			sink.disarm()
			workers[i%2] = w.anotherWorker(closedAddress(t))
			c.sendsNothing(id)
			next = sink.arm(random)
			c.must(says{process: id, id: uuid.NewString(), kind: models.DecideResumeMailing, who: officer, payload: models.NoPayload{}})
			continue
		case i == postgresAt:
			require.NoError(t, w.pg.Kill(w.ctx))
			doubts += 2 * mostInDoubt
			w.restartPostgres()
		case i == temporalAt:
			require.NoError(t, w.temporal.Kill())
			require.NoError(t, w.temporal.Restart(w.ctx))
		}
		kill(i)
		next = sink.arm(random)
		moment.open()
		workers[i%2] = w.anotherWorker(closedAddress(t))
	}
	sink.disarm()

	c.awaitMailing(id, models.MailingSent)
	counts := c.judgeMailing(id)
	require.Equal(t, demo.MailableReaders+moreReaders, counts.Total())
	require.Equal(t, refusedAmong(c, id, percentGone), counts.Failed)
	require.LessOrEqual(t, counts.Unknown, doubts+int(sink.lost.Load()))
	require.GreaterOrEqual(t, amidst, crashes/2, "crashes while mails were on the wire")
	require.Positive(t, counts.Unknown)
	require.Positive(t, sink.lost.Load())
	require.Positive(t, sink.hungUp.Load())
	c.requireListed(id, counts.Unknown)
	t.Logf("delivered %d, refused %d, in doubt %d of at most %d, %d of %d crashes while mails were on the wire",
		counts.Delivered, counts.Failed, counts.Unknown, doubts+int(sink.lost.Load()), amidst, crashes)
}

// troubledSink is a mail server with faults, at which a test waits for a moment that comes after so many mails.
type troubledSink struct {
	moment       atomic.Pointer[instant]
	recipients   atomic.Int64
	lost, hungUp atomic.Int64
}

// instant is when a number of recipients were named, or of mails were taken and not answered, since it was armed.
type instant struct {
	*gate
	taken bool
}

func (c *chain) troubledSink() *troubledSink {
	s := &troubledSink{}
	gone := catcher.RefuseForGood(percentGone)
	c.mails.SetFaults(catcher.Faults{
		HangUp: func(string) bool {
			s.pass(false)
			if s.recipients.Add(1)%hangUpEach != 0 {
				return false
			}
			s.hungUp.Add(1)
			return true
		},
		Refuse: gone,
		DropAfter: func(n int) bool {
			s.pass(true)
			if n%loseEach != 0 {
				return false
			}
			s.lost.Add(1)
			return true
		},
	})
	c.t.Cleanup(s.disarm)
	return s
}

// arm sets the next moment.
func (s *troubledSink) arm(random *rand.Rand) *instant {
	m := &instant{newGate(int64(20 + random.IntN(130))), random.IntN(2) == 0}
	s.moment.Store(m)
	return m
}

// disarm waits for no moment any more; who waits at the last one goes on.
func (s *troubledSink) disarm() {
	if m := s.moment.Swap(nil); m != nil {
		m.open()
	}
}

func (s *troubledSink) pass(taken bool) {
	if m := s.moment.Load(); m != nil && m.taken == taken {
		m.gate.pass()
	}
}

// onTheWire counts the mails of a mailing that stand in a window.
func (w *world) onTheWire(mailing uuid.UUID) int {
	return w.count(w.db.NewSelect().TableExpr("outbox_windows AS w").Join("JOIN outbox_claims AS c USING (token)").
		Join("JOIN outbox AS o ON o.id = ANY (w.mails) AND o.claim_token = w.token").
		Where("c.mailing_id = ? AND o.state = ?", mailing, models.MailClaimed))
}

// sendsNothing waits until nothing of a paused mailing is under way, lets a worker die and another begin, and makes sure that nothing
// left meanwhile.
func (c *chain) sendsNothing(mailing uuid.UUID) {
	c.t.Helper()
	c.await("nothing is under way", func() bool {
		counts, err := models.MailingCounts(c.ctx, c.db, mailing)
		if err != nil || counts.Claimed+counts.Sending > 0 {
			return false
		}
		described, err := c.processes.Temporal.DescribeWorkflowExecution(c.ctx, models.Process{Kind: models.ProcessMailing, ID: mailing}.WorkflowID(), "")
		return err == nil && len(described.GetPendingActivities()) == 0
	})
	before, err := models.MailingCounts(c.ctx, c.db, mailing)
	require.NoError(c.t, err)
	taken := len(c.mails.Ledger())
	extra := c.anotherWorker(closedAddress(c.t))
	extra.end()
	after, err := models.MailingCounts(c.ctx, c.db, mailing)
	require.NoError(c.t, err)
	require.Equal(c.t, before, after, "nothing leaves while it pauses")
	require.Len(c.t, c.mails.Ledger(), taken, "nothing leaves while it pauses")
}

// requireListed makes sure that the officer finds every mail of which nobody knows what came.
func (c *chain) requireListed(mailing uuid.UUID, unknown int) {
	c.t.Helper()
	viewer, err := models.ViewerOf(c.ctx, c.db, officer)
	require.NoError(c.t, err)
	list, err := models.Recipients(c.ctx, c.db, viewer, mailing, models.RecipientFilter{State: models.MailUnknown, Limit: unknown + 1})
	require.NoError(c.t, err)
	require.Len(c.t, list, unknown)
	for _, r := range list {
		require.NotEmpty(c.t, r.Reply, "why it is not known")
	}
}
