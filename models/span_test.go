package models_test

import (
	"encoding/json"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/stretchr/testify/require"

	"tribuna/models"
)

func TestSpanForms(t *testing.T) {
	for _, s := range []models.Span{"45s", "30m", "2h", "7d", "5wd", "9999d", "0d"} {
		require.True(t, s.Valid(), s)
	}
	for _, s := range []models.Span{"", "7", "d", "-1d", "1.5h", "7 d", "7D", "1w", "10000d", "7d ", "5wd3h", "١d"} {
		require.False(t, s.Valid(), s)
		require.True(t, s.IsZero(), s)
	}
	require.True(t, models.Span("0d").IsZero())
	require.False(t, models.Span("1s").IsZero())
}

func TestSpanJSON(t *testing.T) {
	var s models.Span
	require.NoError(t, json.Unmarshal([]byte(`"5wd"`), &s))
	require.Equal(t, models.Span("5wd"), s)
	require.NoError(t, json.Unmarshal([]byte(`""`), &s), "absent")
	require.ErrorContains(t, json.Unmarshal([]byte(`"soon"`), &s), "write 30s, 10m, 2h, 7d or 5wd")
	require.Error(t, json.Unmarshal([]byte(`7`), &s))
}

func TestSpanAfter(t *testing.T) {
	const form = "Mon 2006-01-02 15:04:05"
	for name, c := range map[string]struct {
		span models.Span
		zone string
		from string // RFC 3339
		want string // in zone
	}{
		"seconds are exact":                     {"45s", "UTC", "2026-06-05T23:59:30Z", "Sat 2026-06-06 00:00:15"},
		"hours are exact, weekend or not":       {"2h", "UTC", "2026-06-06T10:00:00Z", "Sat 2026-06-06 12:00:00"},
		"a day ends at its end":                 {"1d", "UTC", "2026-06-01T07:00:00Z", "Tue 2026-06-02 23:59:59"},
		"no days: today":                        {"0d", "UTC", "2026-06-01T07:00:00Z", "Mon 2026-06-01 23:59:59"},
		"a Saturday becomes Monday":             {"5d", "UTC", "2026-06-01T07:00:00Z", "Mon 2026-06-08 23:59:59"},
		"a Sunday becomes Monday":               {"6d", "UTC", "2026-06-01T07:00:00Z", "Mon 2026-06-08 23:59:59"},
		"working days leave weekends out":       {"5wd", "UTC", "2026-06-01T07:00:00Z", "Mon 2026-06-08 23:59:59"},
		"working days from a Friday":            {"1wd", "UTC", "2026-06-05T07:00:00Z", "Mon 2026-06-08 23:59:59"},
		"working days from a Saturday":          {"1wd", "UTC", "2026-06-06T07:00:00Z", "Mon 2026-06-08 23:59:59"},
		"the day is that of the place":          {"1d", "Europe/Sofia", "2026-06-01T22:30:00Z", "Wed 2026-06-03 23:59:59"},
		"a day in spring has 23 hours":          {"2d", "Europe/Sofia", "2026-03-28T10:00:00Z", "Mon 2026-03-30 23:59:59"},
		"a day in autumn has 25 hours":          {"2d", "Europe/Zagreb", "2026-10-24T10:00:00Z", "Mon 2026-10-26 23:59:59"},
		"over the end of February":              {"2d", "UTC", "2028-02-28T10:00:00Z", "Wed 2028-03-01 23:59:59"},
		"what cannot be read takes no time":     {"soon", "UTC", "2026-06-06T10:00:00Z", "Sat 2026-06-06 10:00:00"},
		"two working days over a weekend in XK": {"2wd", "Europe/Belgrade", "2026-06-05T20:00:00Z", "Tue 2026-06-09 23:59:59"},
	} {
		t.Run(name, func(t *testing.T) {
			zone, err := time.LoadLocation(c.zone)
			require.NoError(t, err)
			from, err := time.Parse(time.RFC3339, c.from)
			require.NoError(t, err)
			require.Equal(t, c.want, c.span.After(from, zone).In(zone).Format(form))
		})
	}
}

func TestSpanMorning(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Sofia")
	require.NoError(t, err)
	from := time.Date(2026, 6, 1, 7, 0, 0, 0, time.UTC)
	require.Equal(t, "2026-06-08 09:00", models.Span("5wd").Morning(from, zone).Format("2006-01-02 15:04"))
	require.Equal(t, from.Add(2*time.Hour), models.Span("2h").Morning(from, zone), "exact spans are for demonstrations")
}

func TestTaskLadder(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Sofia")
	require.NoError(t, err)
	opened := time.Date(2026, 6, 1, 7, 0, 0, 0, time.UTC)
	wait := models.Wait{Due: "10wd", RemindAfter: []models.Span{"5wd", "8wd", "14wd"}, LateFor: "1wd"}
	task := models.NewTask(models.TaskTranslate, wait, opened, zone)
	at := func(instant time.Time) string { return instant.In(zone).Format("01-02 15:04") }
	require.Equal(t, "06-15 23:59", at(task.DueAt))
	require.Equal(t, "06-16 23:59", at(task.GraceUntil))
	require.Equal(t, "06-08 09:00", at(*task.RemindAt))
	require.False(t, task.Late(task.DueAt))
	require.True(t, task.Late(task.DueAt.Add(time.Second)))

	task.Shift(opened, opened.Add(30*time.Second), models.Calendar{Zone: zone})
	require.Equal(t, "06-15 23:59", at(task.DueAt), "a moment's hold moves no day")
	task.Shift(opened, opened.Add(5*24*time.Hour), models.Calendar{Zone: zone})
	require.Equal(t, "06-22 23:59", at(task.DueAt), "past the weekend")
	task.Shift(opened, opened, models.Calendar{Zone: zone})
	require.Equal(t, "06-22 23:59", at(task.DueAt))
	require.Equal(t, "06-15 09:00", at(*task.RemindAt))
	task.Reminded(wait, time.UTC)
	require.Equal(t, "06-18 09:00", at(*task.RemindAt), "as far from the first as the ladder says, at nine where the person is")
	task.Reminded(wait, time.UTC)
	require.Nil(t, task.RemindAt, "nobody is reminded of what is over")
	require.Equal(t, 2, task.Reminders)

	task.Close(models.TaskDone, opened)
	require.Equal(t, opened, *task.ClosedAt)
}

func TestTaskShiftNeverTakesTime(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Sofia")
	require.NoError(t, err)
	const form = "2006-01-02 15:04"
	for name, c := range map[string]struct{ held, resumed, due, want string }{
		"two hours, far from the deadline": {"2026-06-01 10:00", "2026-06-01 12:00", "2026-06-10 23:59", "2026-06-11 23:59"},
		"two hours, over the deadline":     {"2026-06-10 23:00", "2026-06-11 01:00", "2026-06-10 23:59", "2026-06-11 23:59"},
		"half an hour, over the deadline":  {"2026-06-10 23:45", "2026-06-11 00:15", "2026-06-10 23:59", "2026-06-11 23:59"},
		"half an hour, before it":          {"2026-06-10 09:00", "2026-06-10 09:30", "2026-06-10 23:59", "2026-06-10 23:59"},
		"eleven hours, over the deadline":  {"2026-06-10 20:00", "2026-06-11 07:00", "2026-06-10 23:59", "2026-06-11 23:59"},
		"thirteen hours":                   {"2026-06-10 20:00", "2026-06-11 09:00", "2026-06-10 23:59", "2026-06-11 23:59"},
		"a day and an hour":                {"2026-06-08 10:00", "2026-06-09 11:00", "2026-06-16 23:59", "2026-06-18 23:59"},
		"over a Friday's deadline":         {"2026-06-12 20:00", "2026-06-13 07:00", "2026-06-12 23:59", "2026-06-15 23:59"},
		"three days":                       {"2026-06-08 10:00", "2026-06-11 10:00", "2026-06-16 23:59", "2026-06-19 23:59"},
		"onto a holiday after a weekend":   {"2026-08-31 10:00", "2026-09-01 09:00", "2026-09-04 23:59", "2026-09-08 23:59"},
		"far from a holiday it was set to": {"2026-09-14 10:00", "2026-09-14 10:30", "2026-09-22 23:59", "2026-09-22 23:59"},
		"over a holiday it was set to":     {"2026-09-22 23:45", "2026-09-23 00:15", "2026-09-22 23:59", "2026-09-23 23:59"},
		"three days with an hour less":     {"2026-03-27 10:00", "2026-03-30 10:00", "2026-03-31 23:59", "2026-04-03 23:59"},
		"three days with an hour more":     {"2026-10-23 10:00", "2026-10-26 10:00", "2026-10-27 23:59", "2026-10-30 23:59"},
	} {
		t.Run(name, func(t *testing.T) {
			at := func(clock string) time.Time {
				instant, err := time.ParseInLocation(form, clock, zone)
				require.NoError(t, err)
				return instant
			}
			task := models.Task{DueAt: at(c.due).Add(59 * time.Second), GraceUntil: at(c.due).Add(59 * time.Second)}
			task.Shift(at(c.held), at(c.resumed), models.Calendar{Zone: zone, Off: map[string]bool{"2026-09-07": true, "2026-09-22": true}})
			require.Equal(t, c.want, task.DueAt.In(zone).Format(form))
			require.Equal(t, task.DueAt, task.GraceUntil)
		})
	}
}
