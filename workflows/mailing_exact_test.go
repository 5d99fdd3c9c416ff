package workflows_test

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/activities"
	"tribuna/internal/devstack/catcher"
	"tribuna/models"
)

// exactWindow is how many mails may be on the wire at once in these tests.
const exactWindow = 6

// decidesMidway sends over one connection, and has a decision taken at the twentieth recipient. It gives how many mails the server
// had then.
func (p *postOffice) decidesMidway(kind models.DecisionKind) <-chan int {
	p.t.Helper()
	sender := p.sender()
	sender.Window, sender.Connections = exactWindow, 1
	p.mails = batches{sender}
	var asked atomic.Int32
	had := make(chan int, 1)
	p.server.SetFaults(catcher.Faults{Refuse: func(string) *smtp.SMTPError {
		if asked.Add(1) == 20 {
			p.decideBeside(kind)
			_, mails := p.taken("")
			had <- mails
		}
		return nil
	}})
	return had
}

// TestMailingPauseIsExact pauses while mails go out. What was in the window when the pause was decided may still arrive, and
// nothing after it; the rest leaves once it is resumed, and nobody has it twice.
func TestMailingPauseIsExact(t *testing.T) {
	p := newPostOffice(t)
	paused := p.decidesMidway(models.DecidePauseMailing)
	p.at(2*time.Hour, func() { p.launch(readersInCroatia) })
	var still, later int
	p.sentBy(3*time.Hour, &still)
	p.at(4*time.Hour, func() {
		require.Equal(t, models.MailingPaused, p.state())
		require.Equal(t, models.MailCounts{Delivered: still, Queued: readersInCroatia - still}, p.counts(), "what the page counts is what the server has")
	})
	p.sentBy(5*time.Hour, &later)
	p.at(5*time.Hour, func() { p.say(models.DecideResumeMailing, models.NoPayload{}) })
	require.NoError(t, p.send(day))
	atPause := <-paused
	require.LessOrEqual(t, still-atPause, exactWindow, "what was in the window")
	require.Equal(t, still, later, "and nothing more while it was paused")
	require.Less(t, still, readersInCroatia)
	recipients, mails := p.taken("")
	require.Equal(t, readersInCroatia, recipients)
	require.Equal(t, readersInCroatia, mails, "each once")
	require.Equal(t, models.MailCounts{Delivered: readersInCroatia}, p.counts())
}

// TestMailingCancelIsExact cancels while mails go out: what was in the window may still arrive, nothing after it does, and the rest is
// counted as not sent.
func TestMailingCancelIsExact(t *testing.T) {
	p := newPostOffice(t)
	cancelled := p.decidesMidway(models.DecideCancelMailing)
	p.at(2*time.Hour, func() { p.launch(readersInCroatia) })
	require.NoError(t, p.send(5*day))
	atCancel := <-cancelled
	recipients, later := p.taken("")
	require.LessOrEqual(t, later-atCancel, exactWindow, "what was in the window")
	require.Less(t, later, readersInCroatia)
	require.Equal(t, later, recipients, "each once")
	require.Equal(t, models.MailingCancelled, p.state())
	require.Equal(t, models.MailCounts{Delivered: later, Cancelled: readersInCroatia - later}, p.counts(), "what the page counts is what the server has")
	require.True(t, p.closed(p.mailing.ID))
	report, err := models.ReportOfMailing(p.ctx, p.db, p.mailing.ID, models.OutcomeFilter{})
	require.NoError(t, err)
	require.Equal(t, map[models.MailOutcome]int{models.OutcomeDelivered: later, models.OutcomeStopped: readersInCroatia - later}, report.Outcomes)
}

// decideBeside takes a decision while an activity runs: the environment passes none on meanwhile, a server would.
func (p *postOffice) decideBeside(kind models.DecisionKind) {
	sub, err := models.NewSubmission(p.mailing.ID, uuid.NewString(), kind, p.officer.ID, models.NoPayload{})
	require.NoError(p.t, err)
	stored, err := models.Receive(p.ctx, p.db, sub, p.now())
	require.NoError(p.t, err)
	acts := &activities.Activities{DB: p.db, Now: p.now}
	result, err := acts.Decide(p.ctx, activities.DecideInput{ProcessID: p.mailing.ID, SubmissionID: stored.ID})
	require.NoError(p.t, err)
	require.Equal(p.t, models.SubmissionRecorded, result.Outcome.State)
}
