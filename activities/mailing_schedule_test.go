package activities

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/apperr"
	"tribuna/models"
)

// noon is noon in Sofia some days from now, as an officer there says it.
func (d *desk) noon(days int) *models.MailingTime {
	return &models.MailingTime{Day: d.clock.AddDate(0, 0, days).Format(time.DateOnly), Time: "12:00"}
}

func (d *desk) mailing(id uuid.UUID) *models.Mailing {
	d.t.Helper()
	m, err := models.MailingByID(d.ctx, d.db, id)
	require.NoError(d.t, err)
	return m
}

// dueMailing lets time pass until a mailing is due, and longer.
func (d *desk) dueMailing(id uuid.UUID, longer time.Duration) {
	d.t.Helper()
	next := d.mailing(id).NextAt
	require.NotNil(d.t, next)
	d.clock = next.Add(longer)
}

// scheduleTwice has one mailing wait for its time, go back to a draft, be moved, rest and end, and another ask.
func (d *desk) scheduleTwice() {
	m := d.newMailing()
	says := func(kind models.DecisionKind, payload any) { d.decide(m.ID, kind, d.officer, nil, payload) }
	step := Step{ProcessID: m.ID}
	later := func(days int) models.LaunchMailingPayload {
		return models.LaunchMailingPayload{Revision: 1, Expected: english, When: d.noon(days)}
	}
	d.notNow("StartMailing", d.acts.StartMailing, step)
	says(models.DecideLaunchMailing, later(2))
	require.Equal(d.t, models.MailingScheduled, d.mailing(m.ID).State)
	d.notNow("StartMailing", d.acts.StartMailing, step)
	d.notNow("FinishMailing", d.acts.FinishMailing, step)
	says(models.DecideReviseMailing, models.NoPayload{})
	require.Zero(d.t, d.count((*models.OutboxMail)(nil), "mailing_id = ?", m.ID), "nobody is frozen any more")
	says(models.DecideLaunchMailing, later(2))
	says(models.DecideMoveMailing, models.MoveMailingPayload{When: d.noon(3)})
	require.Equal(d.t, english, d.count((*models.OutboxMail)(nil), "mailing_id = ? AND not_before > ?", m.ID, d.clock.Add(2*day)))
	d.dueMailing(m.ID, 0)
	d.step("StartMailing", d.acts.StartMailing, step)
	d.notNow("RestMailing", d.acts.RestMailing, step)
	_, err := d.db.NewRaw(`UPDATE outbox SET not_before = ? WHERE mailing_id = ?`, d.clock.Add(time.Hour), m.ID).Exec(d.ctx)
	require.NoError(d.t, err)
	d.step("RestMailing", d.acts.RestMailing, step)
	d.pass(time.Hour)
	d.step("StartMailing", d.acts.StartMailing, Step{ProcessID: m.ID, N: 2})
	d.settleMails(m.ID)
	d.step("FinishMailing", d.acts.FinishMailing, step)

	m = d.newMailing()
	step = Step{ProcessID: m.ID}
	says(models.DecideLaunchMailing, later(2))
	d.dueMailing(m.ID, 6*time.Hour+time.Second)
	d.step("StartMailing", d.acts.StartMailing, step)
	require.Equal(d.t, models.MailingAsking, d.mailing(m.ID).State)
	asked := d.the(models.TaskDecideMailing)
	require.Equal(d.t, d.officer.ID, *asked.PersonID)
	says(models.DecideMoveMailing, models.MoveMailingPayload{When: d.noon(2)})
	require.Zero(d.t, d.count((*models.Task)(nil), "kind = ? AND state = ?", models.TaskDecideMailing, models.TaskOpen))
	says(models.DecideCancelMailing, models.NoPayload{})
}

func TestScheduledMailingIsMovedByNobodyOnceItIsSent(t *testing.T) {
	d := newDesk(t, nil)
	_, err := d.db.NewRaw("UPDATE recommendations SET published_at = ? WHERE id = ?", d.clock, d.rec.ID).Exec(d.ctx)
	require.NoError(t, err)
	m := d.newMailing()
	says := func(kind models.DecisionKind, payload any) { d.decide(m.ID, kind, d.officer, nil, payload) }
	says(models.DecideLaunchMailing, models.LaunchMailingPayload{Revision: 1, Expected: english, AtNight: true})
	refuses := func() {
		for kind, payload := range map[models.DecisionKind]any{models.DecideMoveMailing: models.MoveMailingPayload{When: d.noon(2)}, models.DecideReviseMailing: models.NoPayload{}} {
			result, err := d.acts.Decide(d.ctx, DecideInput{ProcessID: m.ID, SubmissionID: d.submit(m.ID, kind, d.officer, nil, payload).ID})
			require.NoError(t, err)
			require.Equal(t, models.SubmissionRefused, result.Outcome.State)
			require.Equal(t, apperr.CodeWrongStage, result.Outcome.Code)
		}
	}
	refuses()
	require.Equal(t, models.MailingSending, d.mailing(m.ID).State)
	_, err = d.db.NewRaw(`UPDATE outbox SET state = 'delivered', finished_at = ? WHERE id = (SELECT id FROM outbox WHERE mailing_id = ? LIMIT 1)`, d.clock, m.ID).Exec(d.ctx)
	require.NoError(t, err)
	says(models.DecidePauseMailing, models.NoPayload{})
	refuses()
	require.Equal(t, models.MailingPaused, d.mailing(m.ID).State)
}
