package models_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tribuna/models"
)

func zoneNamed(t *testing.T, name string) *time.Location {
	t.Helper()
	zone, err := models.ZoneNamed(name)
	require.NoError(t, err)
	return zone
}

// Clocks in Zagreb are put forward on 29 March 2026 at two and back on 25 October at three, in Chisinau an hour later by the
// wall: the whole of Europe does it at the same instant.
func TestMailingTimeIsAnInstantInEachZone(t *testing.T) {
	for name, c := range map[string]struct {
		day, clock, zone, at string
		exists               bool
	}{
		"summer":                        {"2026-06-03", "15:00", "Europe/Zagreb", "2026-06-03T13:00:00Z", true},
		"winter":                        {"2026-12-03", "15:00", "Europe/Zagreb", "2026-12-03T14:00:00Z", true},
		"an hour ahead":                 {"2026-06-03", "15:00", "Europe/Sofia", "2026-06-03T12:00:00Z", true},
		"before clocks are put forward": {"2026-03-29", "01:59", "Europe/Zagreb", "2026-03-29T00:59:00Z", true},
		"the first that is not there":   {"2026-03-29", "02:00", "Europe/Zagreb", "2026-03-29T01:00:00Z", false}, // 03:00
		"in the gap":                    {"2026-03-29", "02:30", "Europe/Zagreb", "2026-03-29T01:30:00Z", false}, // 03:30
		"after it":                      {"2026-03-29", "03:00", "Europe/Zagreb", "2026-03-29T01:00:00Z", true},
		"in no gap elsewhere":           {"2026-03-29", "02:30", "Europe/Sofia", "2026-03-29T00:30:00Z", true},
		"the first of two":              {"2026-10-25", "02:30", "Europe/Zagreb", "2026-10-25T00:30:00Z", true},
		"after the second":              {"2026-10-25", "03:00", "Europe/Zagreb", "2026-10-25T02:00:00Z", true},
		"a day without midnight":        {"2026-04-24", "00:30", "Africa/Cairo", "2026-04-23T22:30:00Z", false}, // 01:30
	} {
		t.Run(name, func(t *testing.T) {
			at, exists, err := models.MailingTime{Day: c.day, Time: c.clock}.At(zoneNamed(t, c.zone))
			require.NoError(t, err)
			require.Equal(t, c.exists, exists)
			require.Equal(t, c.at, at.UTC().Format(time.RFC3339))
		})
	}
	for _, wrong := range []models.MailingTime{{Day: "2026-02-30", Time: "12:00"}, {Day: "2026-02-03", Time: "24:00"}, {Day: "soon", Time: "12:00"}, {}} {
		_, _, err := wrong.At(time.UTC)
		require.Error(t, err, wrong)
	}
}

func TestByDayIsNineInTheMorningWhereItIsNight(t *testing.T) {
	zagreb := models.Calendar{Zone: zoneNamed(t, "Europe/Zagreb")}
	for at, want := range map[string]string{
		"2026-06-06T04:59:00Z": "2026-06-06T07:00:00Z", // a Saturday, a minute to seven
		"2026-06-06T05:00:00Z": "2026-06-06T05:00:00Z", // seven
		"2026-06-06T18:59:00Z": "2026-06-06T18:59:00Z",
		"2026-06-06T19:00:00Z": "2026-06-07T07:00:00Z", // nine in the evening: Sunday's morning
		"2026-06-06T23:00:00Z": "2026-06-07T07:00:00Z", // one in the night
		"2026-10-24T20:00:00Z": "2026-10-25T08:00:00Z", // clocks are put back that night
	} {
		from, err := time.Parse(time.RFC3339, at)
		require.NoError(t, err)
		require.Equal(t, want, zagreb.ByDay(from).UTC().Format(time.RFC3339), at)
	}
}

func TestMailingIsLateAfterItsGrace(t *testing.T) {
	due := time.Date(2026, 6, 3, 12, 0, 0, 0, time.UTC)
	require.False(t, models.MailingRules{}.Late(due, due.Add(6*time.Hour)))
	require.True(t, models.MailingRules{}.Late(due, due.Add(6*time.Hour+time.Second)), "six hours where nothing is said")
	end := time.Date(2026, 6, 5, 23, 59, 59, 0, time.UTC)
	require.False(t, models.MailingRules{Grace: "2d"}.Late(due, end), "days are whole ones")
	require.True(t, models.MailingRules{Grace: "2d"}.Late(due, end.Add(time.Second)))
}
