package models

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tribuna/internal/apperr"
)

// A deadline moves to a later day, a year from now at most, by the calendar of who is asked.
func TestDeadlinesMoveForwardAndAYearAtMost(t *testing.T) {
	sofia, err := time.LoadLocation("Europe/Sofia")
	require.NoError(t, err)
	now := time.Date(2026, 11, 28, 22, 30, 0, 0, time.UTC) // the 29th there
	day := func(text string) time.Time {
		d, err := time.Parse(time.DateOnly, text)
		require.NoError(t, err)
		return d
	}
	for name, c := range map[string]struct {
		due  time.Time
		to   string
		want string
	}{
		"the day it is due, to whose end it counts": {EndOfDay(day("2026-12-04"), sofia), "2026-12-04", "error.field.not_past"},
		"the day after":                         {EndOfDay(day("2026-12-04"), sofia), "2026-12-05", ""},
		"the same day, where it ends within it": {time.Date(2026, 12, 4, 9, 0, 0, 0, sofia), "2026-12-04", ""},
		"yesterday, where it is over":           {EndOfDay(day("2026-11-20"), sofia), "2026-11-28", "error.field.not_past"},
		"today, where it is over":               {EndOfDay(day("2026-11-20"), sofia), "2026-11-29", ""},
		"a year from now":                       {EndOfDay(day("2026-12-04"), sofia), "2027-11-29", ""},
		"a day more":                            {EndOfDay(day("2026-12-04"), sofia), "2027-11-30", "error.field.too_far"},
		"a year that was typed wrong":           {EndOfDay(day("2026-12-04"), sofia), "2035-11-29", "error.field.too_far"},
	} {
		err := Task{DueAt: c.due}.MovesTo(day(c.to), now, sofia)
		if c.want == "" {
			require.NoError(t, err, name)
			continue
		}
		var bad *apperr.Error
		require.ErrorAs(t, err, &bad, name)
		require.Equal(t, c.want, bad.Fields[0].Key, name)
	}
	require.Equal(t, day("2026-12-05"), Task{DueAt: EndOfDay(day("2026-12-04"), sofia)}.FirstDay(now, sofia))
}
