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
