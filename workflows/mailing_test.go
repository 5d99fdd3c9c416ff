package workflows_test

import (
	"context"
	"log/slog"
	netmail "net/mail"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"
	"go.temporal.io/sdk/activity"

	"tribuna/internal/apperr"
	"tribuna/internal/devstack/catcher"
	"tribuna/internal/links"
	"tribuna/internal/mail"
	"tribuna/models"
	"tribuna/workflows"
)

// postOffice is an office with a mail server, a published recommendation and a mailing to the readers in Croatia: 15 who
// read English, 5 Bulgarian, and 70 the region's language, who get the English text.
type postOffice struct {
	*office
	server  *catcher.Catcher
	mailing *models.Mailing
	reach   int // how many it is for
}

// readersInCroatia is how many of the demo network's readers with consent live there.
const readersInCroatia = 90

func newPostOffice(t *testing.T) *postOffice {
	t.Helper()
	p := &postOffice{office: newOffice(t, nil), reach: readersInCroatia}
	p.publish()
	p.runs = 0
	var err error
	p.server, err = catcher.Start(t.Context(), catcher.Options{Dir: t.TempDir()})
	require.NoError(t, err)
	t.Cleanup(func() { _ = p.server.Stop(context.Background()) })
	p.mails = batches{p.sender()}
	p.exec(`UPDATE people SET language = 'bg' WHERE id IN (SELECT id FROM people WHERE country_code = 'HR' AND language = 'sr-Latn'
		AND consent_at IS NOT NULL AND unsubscribed_at IS NULL ORDER BY email LIMIT 5)`)
	p.tx(func(tx bun.Tx) {
		p.mailing, err = models.CreateMailing(p.ctx, tx, p.rec, models.MailingInput{FallbackLanguage: "en",
			Audience: models.Audience{Countries: []string{"HR"}, Roles: []string{models.RoleReader}},
			Texts:    []models.MailingText{{Language: "en", Subject: "Care leavers", Body: "Read it."}, {Language: "bg", Subject: "Младите хора", Body: "Прочетете."}},
		}, p.officer.ID, p.clock)
		require.NoError(t, err)
	})
	return p
}

func (p *postOffice) sender() *mail.Sender {
	minter, err := links.New([]byte(strings.Repeat("k", links.MinKey)))
	require.NoError(p.t, err)
	smtp, err := mail.NewSMTP(p.server.URL(), mail.Timeouts{Command: 5 * time.Second})
	require.NoError(p.t, err)
	return &mail.Sender{DB: p.db, Transport: smtp, Composer: mail.NewComposer(p.db, minter, "https://tribuna.example"),
		From: netmail.Address{Name: "Tribuna", Address: "office@tribuna.example"}, Now: p.now, Turns: new(mail.Turns), Log: slog.New(slog.DiscardHandler)}
}

// batches lets a mailing's process send through the loop that sends all mails.
type batches struct{ *mail.Sender }

func (b batches) SendMailing(ctx context.Context, mailing uuid.UUID, limit int, progress func()) (int, error) {
	return b.SendBatch(ctx, mail.Batch{MailingID: &mailing, Limit: limit, Progress: func(int) { progress() }})
}

func (p *postOffice) send(until time.Duration) error {
	return p.runProcess(workflows.Mailing, p.mailing.ID, until)
}

func (p *postOffice) say(kind models.DecisionKind, payload any, change ...func(*models.Submission)) *said {
	p.t.Helper()
	return p.office.say(p.mailing.ID, kind, p.officer, nil, payload, change...)
}

func (p *postOffice) launch(expected int, change ...func(*models.Submission)) *said {
	p.t.Helper()
	return p.say(models.DecideLaunchMailing, models.LaunchMailingPayload{Revision: 1, Expected: expected}, change...)
}

// launches plans the launch, and in the same moment a pause, so that nothing has left.
func (p *postOffice) launchesPaused(after time.Duration) {
	p.mails = noConnection{}
	p.at(after, func() { p.launch(readersInCroatia) })
	p.at(after+time.Minute, func() { p.say(models.DecidePauseMailing, models.NoPayload{}) })
	p.at(after+2*time.Minute, func() { p.mails = batches{p.sender()} })
}

// noConnection settles nothing, as when the mail server is away.
type noConnection struct{}

func (noConnection) SendMailing(context.Context, uuid.UUID, int, func()) (int, error) { return 0, nil }

func (p *postOffice) counts() models.MailCounts {
	p.t.Helper()
	c, err := models.MailingCounts(p.ctx, p.db, p.mailing.ID)
	require.NoError(p.t, err)
	return c
}

func (p *postOffice) state() models.MailingState {
	p.t.Helper()
	m, err := models.MailingByID(p.ctx, p.db, p.mailing.ID)
	require.NoError(p.t, err)
	return m.State
}

// taken counts what the mail server took, by recipient, and says how many there were.
func (p *postOffice) taken(subject string) (recipients, mails int) {
	by := map[string]int{}
	for _, m := range p.server.Messages(catcher.Filter{Subject: subject}) {
		mails++
		for _, to := range m.To {
			by[to]++
		}
	}
	return len(by), mails
}

func TestMailingReachesEverybodyOnceInTheirLanguage(t *testing.T) {
	p := newPostOffice(t)
	var launched *said
	p.at(2*time.Hour, func() { launched = p.launch(readersInCroatia) })
	require.NoError(t, p.send(day))
	p.recorded(launched)
	require.Equal(t, models.MailingSent, p.state())
	require.True(t, p.closed(p.mailing.ID))
	require.Equal(t, models.MailCounts{Delivered: readersInCroatia}, p.counts())
	recipients, mails := p.taken("")
	require.Equal(t, readersInCroatia, recipients)
	require.Equal(t, readersInCroatia, mails)
	bulgarian, _ := p.taken("Младите хора")
	require.Equal(t, 5, bulgarian)
	require.Equal(t, "90", p.entry("mailing.launched").Facts["recipients"])
	require.Equal(t, "90", p.entry("mailing.sent").Facts["delivered"])
}

func TestMailingSilenceSendsNothing(t *testing.T) {
	p := newPostOffice(t)
	cutOff(t, p.send(365*day))
	require.Equal(t, models.MailingDraft, p.state())
	require.Zero(t, p.counts().Total())
}

func TestMailingLaunchIsRefusedWhenTheOfficerSawSomethingElse(t *testing.T) {
	p := newPostOffice(t)
	var otherCount, otherText *said
	p.at(2*time.Hour, func() {
		otherCount = p.launch(readersInCroatia + 1)
		otherText = p.say(models.DecideLaunchMailing, models.LaunchMailingPayload{Revision: 2, Expected: readersInCroatia})
	})
	cutOff(t, p.send(3*time.Hour))
	p.refused(apperr.CodeInvalid, otherCount)
	require.Equal(t, "error.field.audience_changed", otherCount.outcome.Fields[0].Key)
	p.refused(apperr.CodeOutdated, otherText)
	require.Equal(t, models.MailingDraft, p.state())
	require.Zero(t, p.counts().Total(), "not half the list")
}

func TestMailingDuplicateIsOneLaunch(t *testing.T) {
	p := newPostOffice(t)
	var first, again, other, second *said
	p.at(2*time.Hour, func() {
		first = p.launch(readersInCroatia, decisionID("the-same-form"))
		again = p.launch(readersInCroatia, decisionID("the-same-form"))
		other = p.launch(1, decisionID("the-same-form"))
	})
	p.mails = noConnection{}
	p.at(3*time.Hour, func() { second = p.launch(readersInCroatia) })
	p.at(4*time.Hour, func() { p.mails = batches{p.sender()} })
	require.NoError(t, p.send(day))
	p.recorded(first)
	require.Equal(t, first.outcome, again.outcome)
	require.Equal(t, apperr.CodeOtherWords, apperr.CodeOf(other.err))
	p.refused(apperr.CodeWrongStage, second)
	_, mails := p.taken("")
	require.Equal(t, readersInCroatia, mails)
	require.Equal(t, 1, p.entries("mailing.launched"))
}

func TestMailingAudienceIsFrozenAtTheLaunch(t *testing.T) {
	p := newPostOffice(t)
	p.launchesPaused(2 * time.Hour)
	p.at(3*time.Hour, func() {
		p.exec("UPDATE people SET country_code = 'HR' WHERE email = 'reader-0001@readers.example'")
		p.exec("UPDATE people SET country_code = 'HR', consent_at = now(), unsubscribed_at = NULL WHERE email LIKE 'reader-unreachable-%'")
		p.exec(`UPDATE people SET unsubscribed_at = now() WHERE id = (SELECT person_id FROM outbox WHERE mailing_id = ? ORDER BY id LIMIT 1)`, p.mailing.ID)
	})
	p.at(4*time.Hour, func() { p.say(models.DecideResumeMailing, models.NoPayload{}) })
	require.NoError(t, p.send(day))
	require.Equal(t, models.MailCounts{Delivered: readersInCroatia - 1, Cancelled: 1}, p.counts(), "nobody new; who unsubscribed meanwhile gets none")
	require.Equal(t, models.MailingSent, p.state())
	require.Equal(t, "1", p.entry("mailing.sent").Facts["cancelled"])
}

func TestMailingPausedSendsNothing(t *testing.T) {
	p := newPostOffice(t)
	p.launchesPaused(2 * time.Hour)
	p.at(10*day, func() {
		_, mails := p.taken("")
		require.Zero(t, mails)
		require.Equal(t, models.MailingPaused, p.state())
		p.say(models.DecideResumeMailing, models.NoPayload{})
	})
	require.NoError(t, p.send(11*day))
	require.Equal(t, readersInCroatia, p.counts().Delivered)
	require.Equal(t, 1, p.entries("mailing.resumed"))
}

func TestMailingCancelledAndThenItIsTooLate(t *testing.T) {
	p := newPostOffice(t)
	p.launchesPaused(2 * time.Hour)
	var cancelled *said
	p.at(3*time.Hour, func() { cancelled = p.say(models.DecideCancelMailing, models.NoPayload{}) })
	require.NoError(t, p.send(day))
	p.recorded(cancelled)
	require.Equal(t, models.MailingCancelled, p.state())
	require.Equal(t, models.MailCounts{Cancelled: readersInCroatia}, p.counts())
	require.Equal(t, "90", p.entry("mailing.cancelled").Facts["cancelled"])
	_, mails := p.taken("")
	require.Zero(t, mails)

	late := p.lateWord(models.DecideResumeMailing)
	require.Equal(t, apperr.CodeClosed, late.Code)
	require.Equal(t, models.MailingCancelled, p.state())
}

// lateWord decides on something said to a process that is over, as a workflow begun for it would.
func (p *postOffice) lateWord(kind models.DecisionKind) models.Outcome {
	p.t.Helper()
	sub, err := models.NewSubmission(p.mailing.ID, uuid.NewString(), kind, p.officer.ID, models.NoPayload{})
	require.NoError(p.t, err)
	stored, err := models.Receive(p.ctx, p.db, sub, p.clock)
	require.NoError(p.t, err)
	return p.decideAlone(stored)
}

func TestMailingNotEntitled(t *testing.T) {
	p := newPostOffice(t)
	var all []*said
	p.at(2*time.Hour, func() {
		for _, who := range []models.Person{p.other, p.person(owner), p.person(nobody), p.experts[0]} {
			all = append(all, p.office.say(p.mailing.ID, models.DecideLaunchMailing, who, nil, models.LaunchMailingPayload{Revision: 1, Expected: readersInCroatia}),
				p.office.say(p.mailing.ID, models.DecideCancelMailing, who, nil, models.NoPayload{}))
		}
	})
	cutOff(t, p.send(3*time.Hour))
	for _, s := range all {
		require.Equal(t, models.SubmissionRefused, s.outcome.State)
	}
	require.Equal(t, models.MailingDraft, p.state())
}

func TestMailingOutlastsAServerThatRefusesForHours(t *testing.T) {
	p := newPostOffice(t)
	var refusing atomic.Bool
	refusing.Store(true)
	p.server.SetFaults(catcher.Faults{Refuse: func(to string) *smtp.SMTPError {
		if refusing.Load() {
			return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 7, 1}, Message: "Greylisted"}
		}
		return catcher.RefuseForGood(10)(to)
	}})
	p.mails = noConnection{}
	p.at(2*time.Hour, func() { p.launch(readersInCroatia) })
	p.at(5*time.Hour, func() { p.mails = batches{p.sender()} })
	p.at(7*time.Hour, func() { refusing.Store(false) })
	require.NoError(t, p.send(2*day))
	c := p.counts()
	require.Equal(t, models.MailingSent, p.state())
	require.Equal(t, readersInCroatia, c.Delivered+c.Failed)
	require.NotZero(t, c.Failed, "mailboxes that do not exist")
	_, mails := p.taken("")
	require.Equal(t, c.Delivered, mails)
	require.Greater(t, p.runs, 1, "it continued as new while it waited")
}

func TestMailingGoesOnFromTheRowsAfterBeingCutOff(t *testing.T) {
	p := newPostOffice(t)
	p.launchesPaused(2 * time.Hour)
	cutOff(t, p.send(3*time.Hour))
	require.Equal(t, readersInCroatia, p.counts().Queued)
	p.at(4*time.Hour, func() { p.say(models.DecideResumeMailing, models.NoPayload{}) })
	require.NoError(t, p.send(day))
	recipients, mails := p.taken("")
	require.Equal(t, readersInCroatia, recipients)
	require.Equal(t, readersInCroatia, mails)
}

// TestMailingLaunchMayTakeAsLongAsAWholeAudienceTakes: each person it is for gets a row in the transaction of the launch, so that it
// is given longer than a transaction on a few rows, and goes on giving signs of life.
func TestMailingLaunchMayTakeAsLongAsAWholeAudienceTakes(t *testing.T) {
	p := newPostOffice(t)
	var longest time.Duration
	p.listen = func(info *activity.Info) {
		if info.ActivityType.Name == "Decide" {
			longest = info.StartToCloseTimeout
		}
	}
	p.at(2*time.Hour, func() { p.launch(readersInCroatia) })
	require.NoError(t, p.send(day))
	require.GreaterOrEqual(t, longest, 10*time.Minute)
}
