package workflows_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/mail"
	"tribuna/models"
)

// halfSent has a third of the mailing's readers get it at two o'clock, and then nothing leave until the machine goes down an hour later.
func halfSent(t *testing.T) *postOffice {
	t.Helper()
	p := newPostOffice(t)
	sender := p.sender()
	left := 30
	p.mails = senderFunc(func(ctx context.Context, mailing uuid.UUID, _ int, progress func()) (int, error) {
		limit := left
		if left = 0; limit == 0 {
			return 0, nil
		}
		return sender.SendBatch(ctx, mail.Batch{MailingID: &mailing, Limit: limit, Progress: func(int) { progress() }})
	})
	p.at(2*time.Hour, func() { p.launch(readersInCroatia) })
	cutOff(t, p.send(3*time.Hour))
	require.Equal(t, models.MailingSending, p.state())
	require.Equal(t, models.MailCounts{Delivered: 30, Queued: readersInCroatia - 30}, p.counts())
	p.mails = batches{p.sender()}
	return p
}

func TestMailingThatStoodStillForDaysAsksBeforeItGoesOn(t *testing.T) {
	p := halfSent(t)
	down := p.clock
	p.clock = p.clock.Add(2 * day)
	p.at(4*day, func() {
		require.Equal(t, models.MailingPaused, p.state())
		require.Equal(t, models.StopStale, p.stopped().Reason)
		require.WithinDuration(t, down, *p.stopped().Since, 2*time.Minute, "since when it stood still")
		require.Equal(t, models.MailCounts{Delivered: 30, Queued: readersInCroatia - 30}, p.counts(), "silence sends nothing")
		require.Equal(t, 1, p.told())
		p.say(models.DecideResumeMailing, models.NoPayload{})
		p.say(models.DecideResumeMailing, models.NoPayload{}) // pressed twice
	})
	require.NoError(t, p.send(6*day))
	require.Equal(t, models.MailingSent, p.state())
	recipients, mails := p.taken("")
	require.Equal(t, readersInCroatia, recipients)
	require.Equal(t, readersInCroatia, mails, "nobody twice")
	require.Equal(t, map[string]string{"stop": "stale"}, p.entry("mailing.stopped").Facts)
	require.Equal(t, 1, p.entries("mailing.stopped"))
	require.Equal(t, 1, p.entries("mailing.resumed"))
}

func TestMailingThatStoodStillForDaysCanBeCancelled(t *testing.T) {
	p := halfSent(t)
	p.clock = p.clock.Add(2 * day)
	p.at(3*day, func() { p.say(models.DecideCancelMailing, models.NoPayload{}) })
	require.NoError(t, p.send(6*day))
	require.Equal(t, models.MailingCancelled, p.state())
	require.Equal(t, models.MailCounts{Delivered: 30, Cancelled: readersInCroatia - 30}, p.counts())
}

// TestMailingThatStoodStillForAShortTimeGoesOn by itself, as does one whose servers were away and that was tried all the while.
func TestMailingThatStoodStillForAShortTimeGoesOn(t *testing.T) {
	p := halfSent(t)
	p.clock = p.clock.Add(5*time.Hour + 50*time.Minute)
	require.NoError(t, p.send(2*day))
	require.Equal(t, models.MailingSent, p.state())
	require.Zero(t, p.entries("mailing.stopped"))
}

func TestMailingThatWasPausedForDaysGoesOnWhenItIsLetTo(t *testing.T) {
	p := newPostOffice(t)
	p.launchesPaused(2 * time.Hour)
	p.at(4*day, func() { p.say(models.DecideResumeMailing, models.NoPayload{}) })
	require.NoError(t, p.send(6*day))
	require.Equal(t, models.MailingSent, p.state())
	require.Zero(t, p.entries("mailing.stopped"), "a person paused it")
}

// TestMailingThatIsOverBeforeAllOfItHasLeftAsks though it was tried all the while, and nothing of it leaves any more.
func TestMailingThatIsOverBeforeAllOfItHasLeftAsks(t *testing.T) {
	p := newPostOffice(t)
	p.exec(`INSERT INTO mailing_events (mailing_id, event_id, sequence, starts_at, ends_at, zone, place) VALUES (?, ?, 0, ?, ?, 'UTC', 'Hall 3')`,
		p.mailing.ID, p.mailing.ID, begin.Add(3*time.Hour), begin.Add(4*time.Hour))
	p.exec(`UPDATE mailings SET kind = 'event' WHERE id = ?`, p.mailing.ID)
	sender := p.sender()
	left := 30
	p.mails = senderFunc(func(ctx context.Context, mailing uuid.UUID, _ int, progress func()) (int, error) {
		limit := left
		if left = 0; limit == 0 && p.now().Before(begin.Add(4*time.Hour)) {
			return 0, nil
		}
		return sender.SendBatch(ctx, mail.Batch{MailingID: &mailing, Limit: max(limit, 1), Progress: func(int) { progress() }})
	})
	p.at(2*time.Hour, func() { p.launch(readersInCroatia) })
	p.at(3*time.Hour+50*time.Minute, func() { require.Equal(t, models.MailingSending, p.state()) })
	p.at(5*time.Hour, func() {
		require.Equal(t, models.MailingAsking, p.state())
		require.Equal(t, models.MailCounts{Delivered: 30, Queued: readersInCroatia - 30}, p.counts())
		require.Equal(t, "event_over", p.entry("mailing.asking").Facts["why"])
		p.say(models.DecideCancelMailing, models.NoPayload{})
	})
	require.NoError(t, p.send(day))
	require.Equal(t, models.MailingCancelled, p.state())
	require.Equal(t, models.MailCounts{Delivered: 30, Cancelled: readersInCroatia - 30}, p.counts())
}
