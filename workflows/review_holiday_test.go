package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tribuna/models"
)

// feasts puts public holidays into the calendar of an expert's country.
func (o *office) feasts(expert models.Person, days ...string) {
	for _, d := range days {
		o.exec("INSERT INTO country_holidays (country_code, day, names) VALUES (?, ?, '{\"en\": \"A feast\"}') ON CONFLICT DO NOTHING", expert.CountryCode, d)
	}
}

// As at Orthodox Easter: asked on a Monday, and Friday and the next Monday are holidays.
func TestReviewNobodyIsSilentUnremindedOverAFeast(t *testing.T) {
	o := newOffice(t, nil)
	expert := o.experts[0]
	o.feasts(expert, "2026-06-05", "2026-06-08")
	o.startReview(0, o.experts[:1], o.experts[1:2])
	o.at(time.Hour, func() {
		asked := o.taskOf(models.TaskReview, expert)
		zone := zoneIn(t, o, expert)
		require.Equal(t, "2026-06-09 23:59", asked.RespondBy.In(zone).Format("2006-01-02 15:04"), "not on the holiday")
		require.Equal(t, "2026-06-09 09:00", asked.RemindAt.In(zone).Format("2006-01-02 15:04"))
	})
	o.at(10*day-time.Hour, func() {
		asked := o.taskOf(models.TaskReview, expert)
		require.Equal(t, models.TaskOpen, asked.State, "who was reminded on the last day has two more")
		require.Equal(t, 1, asked.RespondReminders)
	})
	cutOff(t, o.run(12*day))
	require.Equal(t, models.TaskExpired, o.taskOf(models.TaskReview, expert).State, "and is silent then")
	require.Equal(t, 1, o.mailsTo(models.MailDigest, expert.ID))
	require.Len(t, o.tasksOf(models.TaskReview), 2)
}

// A round closes at the end of a day, and three feasts follow: who answered, who did not and the officer are written to on a working morning
// of theirs, and the officer's time is not over by then.
func TestReviewClosingIsToldOnAWorkingMorning(t *testing.T) {
	o := newOffice(t, func(d *models.ProcedureDocument) {
		d.Review.Enough, d.Review.Grace, d.Review.Decide = 1, "1d", models.Wait{Due: "2wd"}
	})
	o.feasts(o.officer, "2026-06-03", "2026-06-04", "2026-06-05")
	o.startReview(0, o.experts[:2], nil)
	o.answer(time.Hour, o.experts[0])
	cutOff(t, o.run(2*day))
	closed := *o.round(1).ClosedAt
	require.Equal(t, "2026-06-02 23:59", closed.In(zoneIn(t, o, o.officer)).Format("2006-01-02 15:04"))
	for kind, who := range map[models.MailKind]models.Person{models.MailReviewCopy: o.experts[0], models.MailTaskWithdrawn: o.experts[1], models.MailOfficerTask: o.officer} {
		cal, err := models.CalendarOf(o.ctx, o.db, who.CountryCode, closed)
		require.NoError(t, err)
		goes := o.goes(kind, who)
		require.True(t, goes.Equal(cal.Awake(closed)), "%s: %s", kind, goes)
		if kind == models.MailOfficerTask {
			require.Equal(t, "2026-06-08 09:00", goes.In(cal.Zone).Format("2006-01-02 15:04"))
			require.Equal(t, "2026-06-10 23:59", o.taskOf(models.TaskDecideReview, who).DueAt.In(cal.Zone).Format("2006-01-02 15:04"), "counted from then")
		}
	}
}

// goes is when the one mail of a kind to somebody goes.
func (o *office) goes(kind models.MailKind, to models.Person) (at time.Time) {
	o.t.Helper()
	require.NoError(o.t, o.db.NewSelect().Model((*models.OutboxMail)(nil)).Column("not_before").Where("kind = ? AND person_id = ?", kind, to.ID).Scan(o.ctx, &at))
	return at
}

// A holiday that the coordinator enters after the question was asked moves no deadline: the reminder comes first all the same.
func TestReviewWhoWasNotRemindedIsBeforeBeingSilent(t *testing.T) {
	o := newOffice(t, nil)
	expert := o.experts[0]
	o.startReview(0, o.experts[:1], o.experts[1:2])
	o.at(time.Hour, func() { // as if its reminder had been passed over
		o.exec("UPDATE tasks SET remind_at = NULL, remind_step = '' WHERE id = ?", o.taskOf(models.TaskReview, expert).ID)
		o.tell(models.DecideHold, o.officer, nil, models.ReasonPayload{Reason: "A pause."})
	})
	o.at(2*time.Hour, func() { o.tell(models.DecideResume, o.officer, nil, models.NoPayload{}) })
	var promised time.Time
	o.at(3*time.Hour, func() { promised = *o.taskOf(models.TaskReview, expert).RespondBy })
	o.at(9*day, func() {
		asked := o.taskOf(models.TaskReview, expert)
		require.Equal(t, models.TaskOpen, asked.State)
		require.Equal(t, 1, asked.RespondReminders)
		require.False(t, asked.RespondBy.Before(promised.Add(48*time.Hour)), "with time to answer it")
	})
	cutOff(t, o.run(14*day))
	require.Equal(t, models.TaskExpired, o.taskOf(models.TaskReview, expert).State)
	require.Equal(t, 1, o.entries("task.reminded"))
	require.Equal(t, 1, o.entries("review.silent"))
}
