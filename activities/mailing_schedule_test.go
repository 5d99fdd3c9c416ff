package activities

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

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

// invitation is a mailing that announces an event in Sofia some days from now, from ten to twelve o'clock.
func (d *desk) invitation(days int) *models.Mailing {
	d.t.Helper()
	var m *models.Mailing
	d.tx(func(tx bun.Tx) {
		rec, err := models.RecommendationByID(d.ctx, tx, d.rec.ID)
		require.NoError(d.t, err)
		m, err = models.CreateMailing(d.ctx, tx, rec, models.MailingInput{Kind: models.MailingKindEvent, FallbackLanguage: "en",
			Audience: models.Audience{Countries: []string{"HR"}, Languages: []string{"en"}, Roles: []string{models.RoleReader}},
			Texts:    []models.MailingText{{Language: "en", Subject: "Open day", Body: "Come."}},
			MailingContent: models.MailingContent{Event: &models.MailingEvent{Day: d.clock.AddDate(0, 0, days).Format(time.DateOnly),
				Time: "10:00", EndTime: "12:00", Zone: "Europe/Sofia", Place: "Hall 3"}}}, d.officer.ID, d.clock)
		require.NoError(d.t, err)
	})
	return m
}

// blamed is at which field a decision is refused.
func (d *desk) blamed(m *models.Mailing, kind models.DecisionKind, payload any) apperr.Field {
	d.t.Helper()
	result, err := d.acts.Decide(d.ctx, DecideInput{ProcessID: m.ID, SubmissionID: d.submit(m.ID, kind, d.officer, nil, payload).ID})
	require.NoError(d.t, err)
	require.Equal(d.t, models.SubmissionRefused, result.Outcome.State)
	require.Len(d.t, result.Outcome.Fields, 1)
	return result.Outcome.Fields[0]
}

func TestNobodyIsAskedToWriteAfterTheLastDay(t *testing.T) {
	d := newDesk(t, nil)
	_, err := d.db.NewRaw("UPDATE recommendations SET published_at = ? WHERE id = ?", d.clock, d.rec.ID).Exec(d.ctx)
	require.NoError(t, err)
	m := d.invitation(3)
	_, err = d.db.NewRaw("DELETE FROM mailing_events WHERE mailing_id = ?", m.ID).Exec(d.ctx)
	require.NoError(t, err)
	authority := models.NewID()
	_, err = d.db.NewRaw(`INSERT INTO authorities (id, slug, level, names, email) VALUES (?, 'w', 'european', '{"en":"Office"}', 'w@authority.example')`, authority).Exec(d.ctx)
	require.NoError(t, err)
	_, err = d.db.NewRaw(`INSERT INTO mailing_addressees (mailing_id, authority_id) VALUES (?, ?)`, m.ID, authority).Exec(d.ctx)
	require.NoError(t, err)
	until := func(days int) {
		_, err := d.db.NewRaw("UPDATE mailings SET kind = 'representative', write_until = ? WHERE id = ?", d.clock.AddDate(0, 0, days).Format(time.DateOnly), m.ID).Exec(d.ctx)
		require.NoError(t, err)
	}
	launch := models.LaunchMailingPayload{Revision: 1, Expected: english, When: d.noon(2), AtNight: true}
	until(-1)
	require.Equal(t, "write_until", d.blamed(m, models.DecideLaunchMailing, launch).Path)
	until(1)
	late := d.blamed(m, models.DecideLaunchMailing, launch)
	require.Equal(t, "when.day", late.Path)
	require.Equal(t, "error.field.writing_over_later", late.Key, "the night has no part in it")
	until(2)
	d.decide(m.ID, models.DecideLaunchMailing, d.officer, nil, launch)
	until(-1)
	d.dueMailing(m.ID, 0)
	d.step("StartMailing", d.acts.StartMailing, Step{ProcessID: m.ID})
	require.Equal(t, models.MailingAsking, d.mailing(m.ID).State, "the last day was over when it came due")
}

func TestAnEventThatIsOverIsNotAnnounced(t *testing.T) {
	d := newDesk(t, nil)
	_, err := d.db.NewRaw("UPDATE recommendations SET published_at = ? WHERE id = ?", d.clock, d.rec.ID).Exec(d.ctx)
	require.NoError(t, err)
	says := func(m *models.Mailing, kind models.DecisionKind, payload any) {
		d.decide(m.ID, kind, d.officer, nil, payload)
	}
	launch := func(when *models.MailingTime) models.LaunchMailingPayload {
		return models.LaunchMailingPayload{Revision: 1, Expected: english, When: when, AtNight: true}
	}

	over := d.invitation(-1)
	field := d.blamed(over, models.DecideLaunchMailing, launch(nil))
	require.Equal(t, "event.end_time", field.Path)
	field = d.blamed(over, models.DecideLaunchMailing, launch(d.noon(2)))
	require.Equal(t, "event.end_time", field.Path)
	require.Zero(t, d.count((*models.OutboxMail)(nil), "mailing_id = ?", over.ID), "nobody is frozen")

	m := d.invitation(3)
	field = d.blamed(m, models.DecideLaunchMailing, launch(d.noon(3)))
	require.Equal(t, "when.day", field.Path, "it ends as the letters would leave")
	says(m, models.DecideLaunchMailing, launch(d.noon(2)))
	for _, atNight := range []bool{true, false} {
		field = d.blamed(m, models.DecideMoveMailing, models.MoveMailingPayload{When: d.noon(4), AtNight: atNight})
		require.Equal(t, "when.day", field.Path)
		require.Equal(t, "error.field.event_over_later", field.Key, "the night has no part in it")
	}
	evening := models.MailingTime{Day: d.noon(2).Day, Time: "23:00", Zone: "Europe/Sofia"}
	_, err = d.db.NewRaw("UPDATE mailing_events SET starts_at = starts_at - interval '8 hours', ends_at = ends_at - interval '8 hours' WHERE mailing_id = ?", m.ID).Exec(d.ctx)
	require.NoError(t, err)
	field = d.blamed(m, models.DecideMoveMailing, models.MoveMailingPayload{When: &evening})
	require.Equal(t, "error.field.event_over_then", field.Key, "it would leave in the morning, after an event in the night")
	_, err = d.db.NewRaw("UPDATE mailing_events SET starts_at = starts_at - interval '2 days', ends_at = ends_at - interval '2 days' WHERE mailing_id = ?", m.ID).Exec(d.ctx)
	require.NoError(t, err)
	d.dueMailing(m.ID, 0)
	d.step("StartMailing", d.acts.StartMailing, Step{ProcessID: m.ID})
	require.Equal(t, models.MailingAsking, d.mailing(m.ID).State, "its event is over when it comes due")
	require.Equal(t, d.officer.ID, *d.the(models.TaskDecideMailing).PersonID)
	require.Equal(t, english, d.count((*models.OutboxMail)(nil), "mailing_id = ? AND state = ?", m.ID, models.MailQueued), "nothing left")
	field = d.blamed(m, models.DecideMoveMailing, models.MoveMailingPayload{AtNight: true})
	require.Equal(t, "event.end_time", field.Path)
	says(m, models.DecideReviseMailing, models.NoPayload{})
	require.Equal(t, models.MailingDraft, d.mailing(m.ID).State)

	paused := d.invitation(3)
	says(paused, models.DecideLaunchMailing, launch(d.noon(2)))
	says(paused, models.DecidePauseMailing, models.NoPayload{})
	d.pass(4 * day)
	field = d.blamed(paused, models.DecideResumeMailing, models.NoPayload{})
	require.Equal(t, "event.end_time", field.Path)
	require.Equal(t, models.MailingPaused, d.mailing(paused.ID).State)
	says(paused, models.DecideCancelMailing, models.NoPayload{})
}

func TestAnEventThatEndsWhileItIsAnnouncedIsAnnouncedToNobodyElse(t *testing.T) {
	d := newDesk(t, nil)
	_, err := d.db.NewRaw("UPDATE recommendations SET published_at = ? WHERE id = ?", d.clock, d.rec.ID).Exec(d.ctx)
	require.NoError(t, err)
	d.acts.Mails = outbox{d}
	m := d.invitation(3)
	d.decide(m.ID, models.DecideLaunchMailing, d.officer, nil, models.LaunchMailingPayload{Revision: 1, Expected: english, AtNight: true})
	require.Equal(t, models.MailingSending, d.mailing(m.ID).State)
	step := Step{ProcessID: m.ID}
	d.notNow("RestMailing", d.acts.RestMailing, step)

	d.pass(4 * day) // servers were slow, and meanwhile it took place
	part, err := d.acts.SendMailing(d.ctx, m.ID)
	require.NoError(t, err)
	require.Equal(t, SendMailingResult{Pending: english, Rests: true}, part)
	require.Equal(t, english, d.count((*models.OutboxMail)(nil), "mailing_id = ? AND state = ?", m.ID, models.MailQueued), "nothing left")
	d.step("RestMailing", d.acts.RestMailing, step)
	asking := d.mailing(m.ID)
	require.Equal(t, models.MailingAsking, asking.State)
	require.WithinDuration(t, d.clock.Add(-4*day), *asking.NextAt, time.Second, "when what is left was to leave")
	require.Equal(t, d.officer.ID, *d.the(models.TaskDecideMailing).PersonID)
	require.Equal(t, "event.end_time", d.blamed(m, models.DecideMoveMailing, models.MoveMailingPayload{AtNight: true}).Path)
	d.notNow("RestMailing", d.acts.RestMailing, Step{ProcessID: m.ID, N: 2})
	d.decide(m.ID, models.DecideCancelMailing, d.officer, nil, models.NoPayload{})
	require.Zero(t, d.count((*models.Task)(nil), "kind = ? AND state = ?", models.TaskDecideMailing, models.TaskOpen))
}
