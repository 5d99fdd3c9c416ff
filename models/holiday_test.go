package models_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tribuna/models"
)

func TestCalendarRemindsByDayOnWorkingDays(t *testing.T) {
	n := newNetwork(t)
	calendar := func(country string, at string) models.Calendar {
		day, err := time.Parse(time.DateOnly, at)
		require.NoError(t, err)
		c, err := models.CalendarOf(t.Context(), n.db, country, day)
		require.NoError(t, err)
		return c
	}
	for _, c := range []struct{ country, at, sent string }{
		{"BG", "2026-06-01 23:30", "2026-06-02 09:00"}, // at night: in the morning
		{"BG", "2026-06-02 05:00", "2026-06-02 09:00"},
		{"BG", "2026-06-02 14:00", "2026-06-02 14:00"}, // by day: at once
		{"BG", "2026-06-05 22:00", "2026-06-08 09:00"}, // over the weekend
		{"BG", "2026-04-10 10:00", "2026-04-14 09:00"}, // Orthodox Good Friday to Easter Monday
		{"BG", "2026-12-24 10:00", "2026-12-29 09:00"}, // Christmas, and the day in lieu of its Saturday
		{"BG", "2027-04-30 10:00", "2027-05-05 09:00"}, // Orthodox Easter on 2 May, Labour Day in lieu after it
	} {
		cal := calendar(c.country, c.at[:10])
		at, err := time.ParseInLocation("2006-01-02 15:04", c.at, cal.Zone)
		require.NoError(t, err)
		require.Equal(t, c.sent, cal.Awake(at).In(cal.Zone).Format("2006-01-02 15:04"), "%s %s", c.country, c.at)
	}
	nowhere := calendar("", "2026-12-24")
	require.False(t, nowhere.Free(time.Date(2026, 12, 24, 12, 0, 0, 0, time.UTC)), "without a country there are weekends only")
}

// TestCalendarKnowsTheFeasts compares the days that move with those in the calendars of the region.
func TestCalendarKnowsTheFeasts(t *testing.T) {
	n := newNetwork(t)
	for country, days := range map[string][]string{
		"HR": {"2026-04-06", "2026-06-04", "2027-03-29", "2027-05-27"}, // Easter Monday, Corpus Christi
		"RO": {"2026-04-10", "2026-04-13", "2026-06-01", "2027-04-30", "2027-05-03", "2027-06-21"},
		"RS": {"2026-04-10", "2026-04-13", "2026-02-17", "2027-04-30", "2027-05-03"},
		"MD": {"2026-04-13", "2026-04-20", "2027-05-03", "2027-05-10"},
		"AL": {"2026-03-20", "2026-05-27", "2026-04-06", "2026-04-13", "2027-03-09", "2027-05-17"},
		"XK": {"2026-03-20", "2026-05-27", "2027-03-09"},
		"BA": {"2026-03-20", "2026-05-27", "2026-11-25"},
		"BG": {"2026-03-03", "2026-04-13", "2026-09-07", "2027-05-24"},
	} {
		list, err := models.Holidays(t.Context(), n.db, country)
		require.NoError(t, err)
		known := map[string]bool{}
		for _, d := range list {
			known[d.Day.Format(time.DateOnly)] = true
			require.NotEmpty(t, d.Names["en"])
		}
		for _, day := range days {
			require.True(t, known[day], "%s %s", country, day)
		}
	}
}

// TestCalendarEndsNoTimeOnAFreeDay: what falls on one ends with the next working day.
func TestCalendarEndsNoTimeOnAFreeDay(t *testing.T) {
	n := newNetwork(t)
	cal, err := models.CalendarOf(t.Context(), n.db, "BG", time.Date(2027, 4, 26, 0, 0, 0, 0, time.UTC))
	require.NoError(t, err)
	for at, ends := range map[string]string{
		"2027-04-29 23:59": "2027-04-29 23:59", // a working day stays
		"2027-04-30 23:59": "2027-05-05 23:59", // Good Friday to Labour Day in lieu
		"2027-05-03 12:00": "2027-05-05 23:59",
		"2027-05-08 23:59": "2027-05-10 23:59", // a Saturday
	} {
		day, err := time.ParseInLocation("2006-01-02 15:04", at, cal.Zone)
		require.NoError(t, err)
		require.Equal(t, ends, cal.WorkingDay(day).In(cal.Zone).Format("2006-01-02 15:04"), at)
		require.Equal(t, at, models.AnyHour(cal.Zone).WorkingDay(day).In(cal.Zone).Format("2006-01-02 15:04"), "demonstrations know no free days")
	}
}

func TestTimeTakenAtOnceEndsBeforeTheOfficerDecides(t *testing.T) {
	zone := time.UTC
	due := models.EndOfDay(time.Date(2026, 6, 22, 0, 0, 0, 0, zone), zone)
	rules := models.ReviewRules{ExtendUpTo: "14d", Decide: models.Wait{Due: "5wd"}}
	needed := func(day int) *time.Time { d := time.Date(2026, 7, day, 0, 0, 0, 0, zone); return &d }
	for name, c := range map[string]struct {
		needed *time.Time
		until  string
		may    bool
	}{
		"needed by no day":           {nil, "2026-07-06", true},
		"needed long after":          {needed(30), "2026-07-06", true},
		"needed soon after":          {needed(3), "2026-06-26", true}, // a Friday, five working days before
		"needed sooner still":        {needed(1), "2026-06-24", true},
		"no day is left to be taken": {&due, "2026-06-15", false},
	} {
		limit, may := models.Task{DueAt: due}.Limit(rules, c.needed, zone)
		require.Equal(t, c.until, limit.Format(time.DateOnly), name)
		require.Equal(t, c.may, may, name)
	}
	_, may := models.Task{DueAt: due}.Limit(models.ReviewRules{Decide: rules.Decide}, nil, zone)
	require.False(t, may, "the procedure leaves it to the officer")
}
