package main

import (
	"fmt"
	"sync"
	"testing"

	"github.com/emersion/go-smtp"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/demo"
	"tribuna/internal/devstack/catcher"
	"tribuna/models"
)

// Every part is killed in turn, in the review, in the sign-off and in the mailing, while people speak and mails leave.
// What was acknowledged is there, what was decided was decided once, and nobody has a mail twice.
func TestTheChainEndsRightWhateverIsKilled(t *testing.T) {
	w := newWorld(t, nil)
	w.startWorker()
	w.startServe()
	c := w.draft(patient())
	c.start()

	c.reviewUnderFire()
	c.signOffUnderFire()
	c.publish()
	c.deliver()
	c.awaitStage(models.StageDone)
	c.mailingUnderFire()
	c.requireNothingLost()
}

// speaker is somebody with a task who changes their mind, for as long as they may.
type speaker struct {
	*caller
	path   string
	say    func(n int) any // the words, the n-th time
	spoken int
}

// speak says three things, one after the other.
func (s *speaker) speak() error {
	for range 3 {
		s.spoken++
		if err := s.persist(s.path, s.say(s.spoken)); err != nil {
			return err
		}
	}
	return nil
}

// underFire lets everybody speak at once, once for every part, and kills the part in the middle of it.
func (c *chain) underFire(speakers []*speaker) {
	c.t.Helper()
	for _, p := range c.parts() {
		before := c.received()
		errs := make([]error, len(speakers))
		var all sync.WaitGroup
		for i, s := range speakers {
			all.Go(func() { errs[i] = s.speak() })
		}
		c.await("people speak", func() bool { return c.received() >= before+2 })
		p.kill()
		p.start()
		all.Wait()
		for _, err := range errs {
			require.NoError(c.t, err, "when %s was killed: %s", p.name, c.lastWords())
		}
	}
}

// received counts what was said to the process.
func (c *chain) received() int {
	n, err := c.db.NewSelect().Table("submissions").Where("process_id = ?", c.id).Count(c.ctx)
	if err != nil {
		return 0
	}
	return int(n)
}

func (c *chain) reviewUnderFire() {
	c.t.Helper()
	c.must(c.startReview(1, 2, 3, 4, 5))
	var speakers []*speaker
	for n := 1; n <= 4; n++ {
		speakers = append(speakers, &speaker{caller: c.at(expert(n)), path: "/tasks/" + c.reviewTask(n).String() + "/review",
			say: func(times int) any {
				return models.ReviewPayload{VersionHash: c.version.Hash, Answer: models.AnswerSupportWithChanges, Reasons: fmt.Sprintf("Thought %d.", times)}
			}})
	}
	c.underFire(speakers)
	require.Len(c.t, c.entries("review.answered"), 4*len(speakers)*3, "everything said is on record, once")
	c.must(c.answerReview(5, "Thought 12."))
	reviews, err := models.Reviews(c.ctx, c.db, c.id, 1)
	require.NoError(c.t, err)
	require.Len(c.t, reviews, 5)
	for _, r := range reviews {
		require.Equal(c.t, "Thought 12.", r.Reasons, "the last word stands")
	}
	c.accept()
}

// signOffUnderFire: Know-how Centre Bulgaria and Terre des hommes change their reasons; only when the second has
// approved as well is the rule met.
func (c *chain) signOffUnderFire() {
	c.t.Helper()
	khc, tdh := demo.ID("organisation", "khc"), demo.ID("organisation", "tdh")
	task := c.openTask(models.TaskSignOff, khc)
	last := c.openTask(models.TaskSignOff, tdh)
	said := &speaker{caller: c.at(demo.ID("person", "partner-khc")), path: "/tasks/" + task.String() + "/sign-off",
		say: func(times int) any {
			return models.SignOffPayload{VersionHash: c.version.Hash, Answer: models.SignOffAbstain, Reason: fmt.Sprintf("Reason %d.", times)}
		}}
	c.underFire([]*speaker{said})
	require.Len(c.t, c.entries("signoff.answered"), 4*3)
	c.must(c.signOff(tdh, demo.ID("person", "partner-tdh-ro"), last, ""))
	c.awaitStage(models.StagePublication)
	require.Len(c.t, c.entries("signoff.met"), 1)
}

// mailingUnderFire sends to the thousand readers: a twentieth of their addresses do not exist, once the mail server hangs
// up without a word, and in between each part is killed.
func (c *chain) mailingUnderFire() {
	c.t.Helper()
	gates := []*gate{newGate(130), newGate(330), newGate(530), newGate(730)}
	refused := catcher.RefuseForGood(5)
	c.mails.SetFaults(catcher.Faults{
		Refuse: func(to string) *smtp.SMTPError {
			for _, g := range gates {
				g.pass()
			}
			return refused(to)
		},
		DropAfter: c.dropOnce(),
	})
	id := c.launch(models.Audience{Roles: []string{models.RoleReader}})
	allowed := 1 // the mail server hung up once
	for i, p := range c.parts() {
		<-gates[i].reached
		p.kill()
		gates[i].open()
		p.start()
		if p.sendsMails {
			allowed += mostInDoubt
		}
	}
	c.awaitMailing(id, models.MailingSent)
	counts := c.judgeMailing(id)
	require.Equal(c.t, demo.MailableReaders, counts.Total())
	require.LessOrEqual(c.t, counts.Unknown, allowed)
	require.GreaterOrEqual(c.t, counts.Unknown, 1, "the mail that was taken without a word")
	require.Equal(c.t, refusedAmong(c, id, 5), counts.Failed)
	c.t.Logf("delivered %d, refused %d, in doubt %d", counts.Delivered, counts.Failed, counts.Unknown)
}

// dropOnce hangs up after the 600th mail since now was taken.
func (c *chain) dropOnce() func(int) bool {
	at := len(c.mails.Ledger()) + 600
	return func(n int) bool { return n == at }
}

// refusedAmong counts the addresses of a mailing that do not exist where so many percent do not, save those where it is not known
// what came of it.
func refusedAmong(c *chain, id uuid.UUID, percent int) int {
	var addresses []string
	require.NoError(c.t, c.db.NewSelect().TableExpr("outbox AS o").ColumnExpr("p.email").Join("JOIN people AS p ON p.id = o.person_id").
		Where("o.mailing_id = ? AND o.state <> 'unknown'", id).Scan(c.ctx, &addresses))
	n := 0
	for _, a := range addresses {
		if catcher.InShare(a, percent) {
			n++
		}
	}
	return n
}

// requireNothingLost looks at everything once more, with the program's own eyes.
func (c *chain) requireNothingLost() {
	c.t.Helper()
	c.requireAcknowledgedSettled()
	for _, command := range []string{"verify", "doctor"} {
		p := launch(c.t, c.variables, command)
		p.ended(0)
	}
	for id, times := range c.ledger() {
		require.Equal(c.t, 1, times, "a mail went twice: %s", id)
	}
	twice := c.count(c.db.NewSelect().TableExpr("(SELECT 1 FROM submissions GROUP BY process_id, decision_id HAVING count(*) > 1) AS s"))
	require.Zero(c.t, twice)
	require.Equal(c.t, c.count(c.db.NewSelect().Table("submissions").Where("state = 'recorded'")),
		c.count(c.db.NewSelect().TableExpr("decisions AS d").Join("JOIN submissions AS s ON s.process_id = d.process_id AND s.decision_id = d.decision_id")))
}
