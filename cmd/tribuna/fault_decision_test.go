package main

import (
	"encoding/json"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	enums "go.temporal.io/api/enums/v1"

	"tribuna/internal/apperr"
	"tribuna/models"
)

// The same decision comes in again and again, under every trouble on the way: it is taken once, and everybody hears the
// same.
func TestTheSameDecisionIsTakenOnce(t *testing.T) {
	w := newWorld(t, nil)
	w.startWorker()
	c := w.draft(patient())
	c.start()
	c.awaitWaiting() // a process that reads where it stands after the decision has no stage to leave

	start := c.startReview(1, 2, 3)
	outcome := c.sentTwentyTimesAtOnce(start)
	c.requireOnce(start, "review.started")
	c.requireOneInvitationEach(1, 2, 3)
	c.sentAfterANewHistoryBegan(start, outcome)
	c.sentAfterTheAnswerWasLost()
	c.sentAfterTemporalStartedAgain(start, outcome)
	c.sentWhileNobodyWorks()
	c.requireOnce(start, "review.started")
	c.requireOneInvitationEach(1, 2, 3)
	w.requireAcknowledgedSettled()
}

func (c *chain) sentTwentyTimesAtOnce(s says) models.Outcome {
	c.t.Helper()
	outcomes, errs := make([]models.Outcome, 20), make([]error, 20)
	var all sync.WaitGroup
	for i := range outcomes {
		all.Go(func() { outcomes[i], errs[i] = c.persist(s) })
	}
	all.Wait()
	for i, err := range errs {
		require.NoError(c.t, err)
		require.Equal(c.t, models.SubmissionRecorded, outcomes[i].State)
		c.requireSame(outcomes[0], outcomes[i])
	}
	c.requireOtherWordsRefused(s)
	return outcomes[0]
}

// requireSame compares outcomes as they are told: a clock's reading has no place in them.
func (w *world) requireSame(want, got models.Outcome) {
	w.t.Helper()
	a, err := json.Marshal(want)
	require.NoError(w.t, err)
	b, err := json.Marshal(got)
	require.NoError(w.t, err)
	require.JSONEq(w.t, string(a), string(b))
}

// requireOtherWordsRefused says something else under the same id.
func (w *world) requireOtherWordsRefused(s says) {
	w.t.Helper()
	s.payload = models.ReasonPayload{Reason: "Something else."}
	_, _, err := w.once(w.ctx, s)
	require.Equal(w.t, apperr.CodeOtherWords, apperr.CodeOf(err))
}

// requireOnce counts what a decision wrote.
func (c *chain) requireOnce(s says, verb string) {
	c.t.Helper()
	for _, table := range []string{"submissions", "decisions"} {
		require.Equal(c.t, 1, c.count(c.db.NewSelect().Table(table).Where("process_id = ? AND decision_id = ?", s.process, s.id)), table)
	}
	entries := 0
	for _, it := range c.entries(verb) {
		if it.DecisionID == s.id {
			entries++
		}
	}
	require.Equal(c.t, 1, entries, verb)
}

// retell passes the stored submission to the process once more, past the door that would answer by itself.
func (w *world) retell(s says) models.Outcome {
	w.t.Helper()
	stored := new(models.Submission)
	require.NoError(w.t, w.db.NewSelect().Model(stored).Where("process_id = ? AND decision_id = ?", s.process, s.id).Scan(w.ctx))
	var outcome models.Outcome
	w.await("the process answers", func() bool {
		var err error
		outcome, err = w.processes.Tell(w.ctx, stored)
		return err == nil
	})
	return outcome
}

// sentAfterANewHistoryBegan: the start of the review ended a stage, and with it the history that knew of the Update.
func (c *chain) sentAfterANewHistoryBegan(s says, before models.Outcome) {
	c.t.Helper()
	c.await("the process continues as new", func() bool {
		d, err := c.processes.Temporal.DescribeWorkflowExecution(c.ctx, "recommendation:"+c.id.String(), "")
		info := d.GetWorkflowExecutionInfo()
		return err == nil && info.GetStatus() == enums.WORKFLOW_EXECUTION_STATUS_RUNNING && info.GetExecution().GetRunId() != info.GetFirstRunId()
	})
	c.requireSame(before, c.retell(s))
	c.requireOnce(s, "review.started")
}

func (c *chain) sentAfterTheAnswerWasLost() {
	c.t.Helper()
	answer := c.answerReview(1, "Clear and right.")
	c.wire.loseAnswer.Store(true)
	lost, _, err := c.once(c.ctx, answer)
	c.wire.loseAnswer.Store(false)
	require.NoError(c.t, err)
	require.Equal(c.t, models.SubmissionReceived, lost.State, "the person hears that it is being recorded")

	again := c.must(answer)
	c.requireSame(again, c.retell(answer))
	c.requireOtherWordsRefused(answer)
	c.requireOnce(answer, "review.answered")
}

func (c *chain) sentAfterTemporalStartedAgain(s says, before models.Outcome) {
	c.t.Helper()
	require.NoError(c.t, c.temporal.Kill())
	require.NoError(c.t, c.temporal.Restart(c.ctx))
	c.requireSame(before, c.retell(s))
}

// sentWhileNobodyWorks: the words are received, by a process that runs and by one that was never started; then even
// Temporal forgets that it was told, and the sweep makes it good.
func (c *chain) sentWhileNobodyWorks() {
	c.t.Helper()
	answer := c.answerReview(2, "Said into the silence.")
	unstarted := c.draft(patient())
	start := unstarted.startReview(4)
	c.worker.end()

	said := []says{answer, start}
	outcomes, errs := make([]models.Outcome, len(said)), make([]error, len(said))
	var all sync.WaitGroup
	for i, s := range said {
		all.Go(func() { outcomes[i], _, errs[i] = c.once(c.ctx, s) })
	}
	all.Wait()
	for i, s := range said {
		require.NoError(c.t, errs[i])
		require.Equal(c.t, models.SubmissionReceived, outcomes[i].State)
		c.requireOtherWordsRefused(s)
	}
	require.NoError(c.t, c.temporal.Kill())
	require.NoError(c.t, c.temporal.Restart(c.ctx))
	c.startWorker()

	c.awaitSettled(answer)
	c.awaitSettled(start)
	c.requireSame(c.must(answer), c.retell(answer))
	c.requireSame(c.must(start), c.retell(start))
	c.requireOnce(answer, "review.answered")
	unstarted.requireOnce(start, "review.started")
	unstarted.requireOneInvitationEach(4)
}

// awaitSettled waits for the outcome without sending anything.
func (w *world) awaitSettled(s says) {
	w.t.Helper()
	w.await(string(s.kind)+" is settled", func() bool {
		n, err := w.db.NewSelect().Table("submissions").Where("process_id = ? AND decision_id = ? AND state = 'recorded'", s.process, s.id).Count(w.ctx)
		return err == nil && n == 1
	})
}

// requireOneInvitationEach judges by the mail server: everybody invited got one mail for it, and one only.
func (c *chain) requireOneInvitationEach(experts ...int) {
	c.t.Helper()
	for _, n := range experts {
		var mails []string
		c.await("an invitation is written and taken by the mail server", func() bool {
			mails = nil
			err := c.db.NewSelect().Table("outbox").Column("id").
				Where("recommendation_id = ? AND kind = ? AND person_id = ?", c.id, models.MailReviewInvitation, expert(n)).Scan(c.ctx, &mails)
			return err == nil && len(mails) > 0 && c.ledger()[mails[0]] > 0
		})
		require.Len(c.t, mails, 1)
		require.Equal(c.t, 1, c.ledger()[mails[0]])
	}
}
