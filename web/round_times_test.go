package web

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tribuna/internal/i18n"
	"tribuna/models"
)

// TestTheDayATextIsNeededByIsSaidOnce where the officer has until the same day to decide.
func TestTheDayATextIsNeededByIsSaidOnce(t *testing.T) {
	for _, tag := range i18n.Tags() {
		l := i18n.For(tag)
		require.Equal(t, 1, strings.Count(neededWords(l, "11 2 2027", "11 2 2027"), "11 2 2027"), tag)
		both := neededWords(l, "11 2 2027", "4 2 2027")
		require.Contains(t, both, " 11 2 2027", tag)
		require.Contains(t, both, " 4 2 2027", tag)
	}
}

// TestBothTimesOfARoundAreNamed says of the deadline and of the end of the time after it which is which, in every language.
func TestBothTimesOfARoundAreNamed(t *testing.T) {
	n := newOffice(t)
	due := time.Date(2026, 3, 12, 22, 23, 0, 0, time.UTC)
	at := func(shift time.Duration) *time.Time { then := due.Add(shift); return &then }
	for _, tag := range i18n.Tags() {
		l := i18n.For(tag)
		for name, c := range map[string]struct {
			round models.ReviewRound
			want  []time.Time
		}{
			"open":                     {models.ReviewRound{DueAt: due}, []time.Time{due}},
			"in its grace":             {models.ReviewRound{DueAt: due, ClosingAt: at(30 * time.Minute)}, []time.Time{due, *at(30 * time.Minute)}},
			"everybody answered early": {models.ReviewRound{DueAt: due, ClosingAt: at(-time.Hour)}, []time.Time{due, *at(-time.Hour)}},
			"closed":                   {models.ReviewRound{DueAt: due, ClosedAt: &due}, nil},
		} {
			said, err := n.server.closesWords(t.Context(), l, n.brief, &c.round, func(t time.Time) string { return l.Moment(t, time.UTC) })
			require.NoError(t, err)
			for _, when := range c.want {
				require.Contains(t, said, l.Moment(when, time.UTC), "%s, %s", tag, name)
			}
			require.Equal(t, len(c.want) == 0, said == "", "%s, %s", tag, name)
		}
	}
}
