package models

import (
	"time"

	"tribuna/internal/apperr"
)

// LastDay is the last day to which anybody's deadline is moved: a year from now. Who needs longer is asked anew then, and a year that was
// typed wrong moves nothing.
func LastDay(now time.Time, zone *time.Location) time.Time {
	return DayOf(now.In(zone).AddDate(1, 0, 0), zone)
}

// FirstDay is the first day whose end gives who is asked more time than they have.
func (t Task) FirstDay(now time.Time, zone *time.Location) time.Time {
	from := t.DueAt
	if now.After(from) {
		from = now
	}
	day := DayOf(from, zone)
	if !EndOfDay(day, zone).After(from) {
		day = day.AddDate(0, 0, 1)
	}
	return day
}

// GivesMore reports whether the end of a day gives who is asked more time than they have.
func (t Task) GivesMore(day, now time.Time, zone *time.Location) bool {
	return !day.Before(t.FirstDay(now, zone))
}

// MovesTo refuses a day to which a deadline is not moved: one that gives nobody more time, and one that is beyond LastDay.
func (t Task) MovesTo(day, now time.Time, zone *time.Location) error {
	switch {
	case !t.GivesMore(day, now, zone):
		return apperr.Invalid("due_on", "not_past")
	case day.After(LastDay(now, zone)):
		return apperr.Invalid("due_on", "too_far")
	}
	return nil
}
