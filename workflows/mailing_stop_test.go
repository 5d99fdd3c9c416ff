package workflows_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"tribuna/internal/devstack/catcher"
	"tribuna/internal/mail"
	"tribuna/models"
)

// stopped is why the mailing paused by itself; nil where it did not.
func (p *postOffice) stopped() *models.MailingStop {
	p.t.Helper()
	m, err := models.MailingByID(p.ctx, p.db, p.mailing.ID)
	require.NoError(p.t, err)
	return m.Stopped
}

// told counts the mails that tell the officer that the mailing paused by itself.
func (p *postOffice) told() int {
	p.t.Helper()
	n, err := p.db.NewSelect().Model((*models.OutboxMail)(nil)).Where("o.kind = ? AND o.person_id = ?", models.MailMailingStopped, p.officer.ID).Count(p.ctx)
	require.NoError(p.t, err)
	return int(n)
}

func TestMailingThatAServerRefusesAsOursWaitsForAPersonAndReachesEverybodyOnce(t *testing.T) {
	p := newPostOffice(t)
	var mended atomic.Bool
	var asked atomic.Int64
	p.server.SetFaults(catcher.Faults{Refuse: func(string) *smtp.SMTPError {
		if asked.Add(1) <= 30 || mended.Load() {
			return nil
		}
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 7, 26}, Message: "Unauthenticated mail from tribuna.example is not accepted due to its DMARC policy"}
	}})
	p.at(2*time.Hour, func() { p.launch(readersInCroatia) })
	p.at(5*day, func() {
		require.Equal(t, models.MailingPaused, p.state())
		require.Equal(t, models.StopPolicy, p.stopped().Reason)
		require.Equal(t, models.MailCounts{Delivered: 30, Queued: readersInCroatia - 30}, p.counts())
		require.Equal(t, 1, p.told(), "silence changes nothing, and says nothing again")
		mended.Store(true)
		p.say(models.DecideResumeMailing, models.NoPayload{})
	})
	require.NoError(t, p.send(6*day))
	require.Equal(t, models.MailingSent, p.state())
	require.Nil(t, p.stopped())
	require.Equal(t, models.MailCounts{Delivered: readersInCroatia}, p.counts())
	recipients, mails := p.taken("")
	require.Equal(t, readersInCroatia, recipients)
	require.Equal(t, readersInCroatia, mails)
	require.Equal(t, map[string]string{"stop": "policy"}, p.entry("mailing.stopped").Facts, "neither whose server nor its words")
	require.Equal(t, 1, p.entries("mailing.stopped"))
	require.Equal(t, 1, p.entries("mailing.resumed"))
}

// TestMailingStopsForWhatComesBackBehindAServerThatTakesEverything and goes on once a person lets it, whatever still comes back of
// what had left before.
func TestMailingStopsForWhatComesBackBehindAServerThatTakesEverything(t *testing.T) {
	p := newPostOffice(t)
	sender := p.sender()
	comesBack := func() {
		var back models.ReturnedMail
		require.NoError(t, p.db.NewRaw(`SELECT o.id AS mail_id, p.email FROM outbox AS o JOIN people AS p ON p.id = o.person_id
			WHERE o.mailing_id = ? AND o.state = 'delivered' ORDER BY o.finished_at, o.id LIMIT 1`, p.mailing.ID).Scan(p.ctx, &back))
		back.Digest, back.Kind, back.Class, back.Status, back.Diagnostic = "one", "delivery", models.BouncePolicy, "5.7.26", "550 5.7.26 not authenticated"
		p.tx(func(tx bun.Tx) {
			noted, err := models.NoteBounce(p.ctx, tx, back, p.now())
			require.NoError(t, err)
			require.Empty(t, noted.Suppressed)
		})
	}
	var slow atomic.Bool
	slow.Store(true)
	left := 30
	p.mails = senderFunc(func(ctx context.Context, mailing uuid.UUID, limit int, progress func()) (int, error) {
		if slow.Load() {
			if limit = left; limit == 0 {
				return 0, nil
			}
			left = 0
		}
		return sender.SendBatch(ctx, mail.Batch{MailingID: &mailing, Limit: limit, Progress: func(int) { progress() }})
	})
	p.at(2*time.Hour, func() { p.launch(readersInCroatia) })
	p.at(3*time.Hour, func() {
		require.Equal(t, models.MailingSending, p.state())
		comesBack()
	})
	p.at(5*time.Hour, func() {
		require.Equal(t, models.MailingPaused, p.state())
		require.Equal(t, models.StopPolicy, p.stopped().Reason)
		require.Equal(t, "550 5.7.26 not authenticated", p.stopped().Reply)
		require.Equal(t, 1, p.told())
		slow.Store(false)
		p.say(models.DecideResumeMailing, models.NoPayload{})
		comesBack() // late, of what left before
	})
	require.NoError(t, p.send(2*day))
	require.Equal(t, models.MailingSent, p.state())
	require.Equal(t, 1, p.entries("mailing.stopped"))
	recipients, mails := p.taken("")
	require.Equal(t, readersInCroatia, recipients)
	require.Equal(t, readersInCroatia, mails, "nobody twice")
}

func TestMailingPausesItselfAfterARunOfRefusalsAndCanBeCancelled(t *testing.T) {
	p := newPostOffice(t)
	sender := p.sender()
	sender.Stop = mail.StopRule{Row: 10}
	p.mails = batches{sender}
	p.server.SetFaults(catcher.Faults{Refuse: func(string) *smtp.SMTPError {
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "No such user here"}
	}})
	p.at(2*time.Hour, func() { p.launch(readersInCroatia) })
	var failed int
	p.at(day, func() {
		require.Equal(t, models.StopRow, p.stopped().Reason)
		failed = p.counts().Failed
		require.GreaterOrEqual(t, failed, 10)
		require.Less(t, failed, 20)
		p.say(models.DecideResumeMailing, models.NoPayload{})
	})
	p.at(2*day, func() {
		require.Equal(t, models.MailingPaused, p.state(), "ten more were refused")
		require.GreaterOrEqual(t, p.counts().Failed, failed+10)
		require.Equal(t, 2, p.told(), "once for each time")
		require.Equal(t, 2, p.entries("mailing.stopped"))
		p.say(models.DecideCancelMailing, models.NoPayload{})
	})
	require.NoError(t, p.send(3*day))
	require.Equal(t, models.MailingCancelled, p.state())
}

func TestCoordinatorsAreToldOfAMailingThatStopsWhoseOfficerHasLeft(t *testing.T) {
	p := newPostOffice(t)
	p.server.SetFaults(catcher.Faults{Refuse: func(string) *smtp.SMTPError {
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 7, 1}, Message: "Rejected by policy"}
	}})
	p.mails = noConnection{}
	p.at(2*time.Hour, func() { p.launch(readersInCroatia) })
	p.at(3*time.Hour, func() {
		p.exec(`UPDATE people SET left_at = ? WHERE id = ?`, p.now(), p.officer.ID)
		p.mails = batches{p.sender()}
	})
	cutOff(t, p.send(day))
	require.Equal(t, models.StopPolicy, p.stopped().Reason)
	require.Zero(t, p.told(), "who has left is written to no more")
	coordinators, err := models.Coordinators(p.ctx, p.db)
	require.NoError(t, err)
	require.NotEmpty(t, coordinators)
	for _, c := range coordinators {
		require.Equal(t, 1, p.mailsTo(models.MailMailingStopped, c.ID))
		v, err := models.ViewerOf(p.ctx, p.db, c.ID)
		require.NoError(t, err)
		waiting, err := models.StoppedMailings(p.ctx, p.db, v, "en")
		require.NoError(t, err)
		require.Len(t, waiting, 1, "and it is on their desk")
	}
	p.exec(`UPDATE people SET left_at = NULL WHERE id = ?`, p.officer.ID)
	v, err := models.ViewerOf(p.ctx, p.db, coordinators[0].ID)
	require.NoError(t, err)
	waiting, err := models.StoppedMailings(p.ctx, p.db, v, "en")
	require.NoError(t, err)
	require.Empty(t, waiting, "while there is an officer it is on the officer's desk")
}

func TestMailingThatStoppedGoesOnFromTheRowsAfterBeingCutOff(t *testing.T) {
	p := newPostOffice(t)
	var refusing atomic.Bool
	refusing.Store(true)
	p.server.SetFaults(catcher.Faults{Refuse: func(string) *smtp.SMTPError {
		if !refusing.Load() {
			return nil
		}
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 7, 1}, Message: "Rejected by policy"}
	}})
	p.at(2*time.Hour, func() { p.launch(readersInCroatia) })
	cutOff(t, p.send(3*time.Hour))
	require.Equal(t, models.MailingPaused, p.state())
	refusing.Store(false)
	p.at(4*time.Hour, func() { p.say(models.DecideResumeMailing, models.NoPayload{}) })
	require.NoError(t, p.send(day))
	recipients, mails := p.taken("")
	require.Equal(t, readersInCroatia, recipients)
	require.Equal(t, readersInCroatia, mails)
	require.Equal(t, 1, p.told())
}
