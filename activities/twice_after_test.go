package activities

import (
	"context"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"
	"go.temporal.io/sdk/testsuite"

	"tribuna/models"
)

// newMailing writes a mailing to the readers in Croatia who read English.
func (d *desk) newMailing() *models.Mailing {
	d.t.Helper()
	var m *models.Mailing
	d.tx(func(tx bun.Tx) {
		rec, err := models.RecommendationByID(d.ctx, tx, d.rec.ID)
		require.NoError(d.t, err)
		m, err = models.CreateMailing(d.ctx, tx, rec, models.MailingInput{FallbackLanguage: "en",
			Audience: models.Audience{Countries: []string{"HR"}, Languages: []string{"en"}, Roles: []string{models.RoleReader}},
			Texts:    []models.MailingText{{Language: "en", Subject: "Care leavers", Body: "Read it."}}}, d.officer.ID, d.clock)
		require.NoError(d.t, err)
	})
	return m
}

// english is how many readers live in Croatia and read English.
const english = 15

func (d *desk) mailTwice() {
	m := d.newMailing()
	says := func(kind models.DecisionKind, payload any) { d.decide(m.ID, kind, d.officer, nil, payload) }
	finish := Step{ProcessID: m.ID}
	d.notNow("FinishMailing", d.acts.FinishMailing, finish)
	says(models.DecideLaunchMailing, models.LaunchMailingPayload{Revision: 1, Expected: english, AtNight: true})
	d.notNow("FinishMailing", d.acts.FinishMailing, finish)
	says(models.DecidePauseMailing, models.NoPayload{})
	says(models.DecideResumeMailing, models.NoPayload{})
	d.stopTwice(m)
	says(models.DecideResumeMailing, models.NoPayload{})
	d.settleMails(m.ID)
	d.step("FinishMailing", d.acts.FinishMailing, finish)

	m = d.newMailing()
	says(models.DecideCancelMailing, models.NoPayload{})
	d.scheduleTwice()
}

// stopTwice has a mailing that is being sent stop by itself; one that is not does not.
func (d *desk) stopTwice(m *models.Mailing) {
	d.t.Helper()
	why := models.MailingStop{Reason: models.StopRow, Domain: "mail.example", Reply: "550 no such mailbox", Refused: 20, At: d.clock}
	stop := func(ctx context.Context, s Step) (models.Position, error) {
		return d.acts.StopMailing(ctx, StopMailingInput{Step: s, Why: why})
	}
	d.step("StopMailing", stop, Step{ProcessID: m.ID, N: 1})
	d.notNow("StopMailing", stop, Step{ProcessID: m.ID, N: 2})
	require.Equal(d.t, 1, d.count((*models.OutboxMail)(nil), "kind = ? AND person_id = ?", models.MailMailingStopped, d.officer.ID))
}

// settleMails writes that everything of a mailing was delivered, by the way a sender takes.
func (d *desk) settleMails(mailing uuid.UUID) int {
	d.t.Helper()
	settled, err := outbox{d}.SendMailing(d.ctx, mailing, 1000, func() {})
	require.NoError(d.t, err)
	return settled
}

// outbox is a sender whose mail server takes everything at once.
type outbox struct{ *desk }

func (o outbox) SendMailing(ctx context.Context, mailing uuid.UUID, limit int, progress func()) (int, error) {
	token, until := uuid.New(), o.clock.Add(day)
	claimed, err := models.ClaimMails(ctx, o.db, models.ClaimFilter{MailingID: &mailing, Limit: limit, Token: token, Until: until}, o.clock)
	if err != nil {
		return 0, err
	}
	var ids []uuid.UUID
	var results []models.MailResult
	for _, c := range claimed {
		ids = append(ids, c.ID)
		results = append(results, models.MailResult{ID: c.ID, State: models.MailDelivered})
	}
	if _, err := models.MarkSending(ctx, o.db, token, ids, o.clock, until); err != nil {
		return 0, err
	}
	progress()
	return models.MarkResults(ctx, o.db, token, results, o.clock)
}

func (d *desk) followTwice() {
	list, err := models.FollowUps(d.ctx, d.db, models.FollowUpFilter{Recommendation: d.rec.ID})
	require.NoError(d.t, err)
	require.Len(d.t, list, 1)
	id, partner := list[0].ID, d.person("stoyan.velev@tribuna.example")
	ask := func(n int) { d.step("AskProgress", d.acts.AskProgress, Step{ProcessID: id, N: n}) }

	d.notNow("AskProgress", d.acts.AskProgress, Step{ProcessID: id, N: 1})
	d.clock = *list[0].AskAt
	set := func(query string) {
		_, err := d.db.NewRaw(query).Exec(d.ctx)
		require.NoError(d.t, err)
	}
	set(`UPDATE deliveries SET not_delivered = '', delivered_on = NULL`)
	ask(1)
	waits, err := models.FollowUpByID(d.ctx, d.db, id)
	require.NoError(d.t, err)
	require.True(d.t, waits.AskAt.After(d.clock), "nobody is asked before the authority has the recommendation")
	require.Zero(d.t, d.count((*models.Task)(nil), "kind = ?", models.TaskReportProgress))
	set(`UPDATE deliveries SET delivered_on = current_date`)
	d.clock = *waits.AskAt
	ask(1)
	d.notNow("AskProgress", d.acts.AskProgress, Step{ProcessID: id, N: 2})
	d.decide(id, models.DecideReportProgress, partner, d.the(models.TaskReportProgress), models.ProgressPayload{Status: "committed", Note: "In the budget."})
	d.pass(100 * day)
	ask(2)
	d.ladder(models.TaskReportProgress)
	d.decide(id, models.DecideEndFollowUp, d.officer, nil, models.ReasonPayload{Reason: "The law is in force."})
}

// withdrawTwice takes another recommendation, since the first is done.
func (d *desk) withdrawTwice() {
	other := newDesk(d.t, nil)
	other.kinds = d.kinds
	other.says(models.DecideWithdraw, nil, models.ReasonPayload{Reason: "Overtaken by the new law."})
	other.whole()
}

func TestSendMailingTwice(t *testing.T) {
	d := newDesk(t, nil)
	_, err := d.db.NewRaw("UPDATE recommendations SET published_at = ? WHERE id = ?", d.clock, d.rec.ID).Exec(d.ctx)
	require.NoError(t, err)
	m := d.newMailing()
	d.decide(m.ID, models.DecideLaunchMailing, d.officer, nil, models.LaunchMailingPayload{Revision: 1, Expected: english})
	d.acts.Mails = outbox{d}
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(quiet{})
	env := suite.NewTestActivityEnvironment()
	env.RegisterActivity(d.acts)
	for _, settled := range []int{english, 0} {
		value, err := env.ExecuteActivity(d.acts.SendMailing, m.ID)
		require.NoError(t, err)
		var result SendMailingResult
		require.NoError(t, value.Get(&result))
		require.Equal(t, SendMailingResult{Settled: settled}, result)
	}
	require.Equal(t, english, d.count((*models.OutboxMail)(nil), "mailing_id = ? AND state = 'delivered'", m.ID))
}

// quiet keeps the environment's chatter out of the test's output.
type quiet struct{}

func (quiet) Debug(string, ...any) {}
func (quiet) Info(string, ...any)  {}
func (quiet) Warn(string, ...any)  {}
func (quiet) Error(string, ...any) {}
