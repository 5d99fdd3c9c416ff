package web

import (
	"strconv"
	"time"

	"tribuna/internal/i18n"
)

// monthGrid is a month as a calendar on the wall, weeks beginning on Monday.
type monthGrid struct {
	Title          string
	Weekdays       []string
	Weeks          [][7]gridDay
	Previous, Next string // addresses of the months beside it
	ToToday        string // address of the month that has today; "" where it is this one

	previous, next string // as the address names them
	current        bool   // today is in it
}

// gridDay is one day of it.
type gridDay struct {
	Number int
	Full   string // the day in words
	Out    bool   // it belongs to the month before or after
	Today  bool
	Items  []seriesItem
}

// gridMonth is the first day of the month to show: the one asked for, else today's.
func gridMonth(asked string, today time.Time) time.Time {
	if t, err := time.Parse("2006-01", asked); err == nil && t.Year() >= 2000 && t.Year() <= 2100 {
		return t
	}
	return time.Date(today.Year(), today.Month(), 1, 0, 0, 0, 0, time.UTC)
}

func gridOf(l *i18n.Localizer, items []seriesItem, first, today time.Time) *monthGrid {
	g := &monthGrid{Title: monthTitle(l, first), previous: first.AddDate(0, -1, 0).Format("2006-01"), next: first.AddDate(0, 1, 0).Format("2006-01"),
		current: first.Year() == today.Year() && first.Month() == today.Month()}
	for i := 1; i <= 7; i++ {
		g.Weekdays = append(g.Weekdays, l.T("calendar.weekday."+strconv.Itoa(i%7)))
	}
	on := map[string][]seriesItem{}
	for _, item := range items {
		on[item.ISO()] = append(on[item.ISO()], item)
	}
	monday := first.AddDate(0, 0, -(int(first.Weekday())+6)%7)
	for day := monday; day.Before(first.AddDate(0, 1, 0)); {
		var week [7]gridDay
		for i := range week {
			week[i] = gridDay{Number: day.Day(), Full: l.Date(day, time.UTC), Out: day.Month() != first.Month(), Today: day.Equal(today)}
			if !week[i].Out {
				week[i].Items = on[day.Format(time.DateOnly)]
			}
			day = day.AddDate(0, 0, 1)
		}
		g.Weeks = append(g.Weeks, week)
	}
	return g
}
