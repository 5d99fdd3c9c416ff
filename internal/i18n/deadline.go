package i18n

import "time"

// A deadline that a procedure sets in days is the last second of a day in the country of whoever is asked. It is told as
// that day everywhere: an hour further east its hour would read as the beginning of the next. Whose day it is, is said
// where the reader's clock shows another.

// countryClocks are zones by which the days of countries end, one for each clock. Several countries share each: what is
// named is the clock.
var countryClocks = []string{"Europe/London", "Europe/Brussels", "Europe/Sofia"}

// The clocks of Europe, the Azores and the Caucasus among them, lie between these hours of distance from universal time.
const westmost, eastmost = -1, 4

// DueDay returns a deadline as the clock shows it by whose day it counts: that of the country where it is the end of a
// day, else that of the given zone; nil means t's own.
func DueDay(t time.Time, zone *time.Location) time.Time {
	if day, ends := dayEnd(t, zone); ends {
		return day
	}
	return in(t, zone)
}

// dayEnd reports whether t is the end of a day, and returns it as the clock of that country shows it: by the reader's zone
// if their day ends there.
func dayEnd(t time.Time, zone *time.Location) (time.Time, bool) {
	local := in(t, zone)
	if isDayEnd(local) {
		return local, true
	}
	for _, name := range countryClocks {
		clock, err := time.LoadLocation(name)
		if err == nil && isDayEnd(t.In(clock)) {
			return t.In(clock), true
		}
	}
	for hours := westmost; hours <= eastmost; hours++ {
		clock := time.FixedZone(time.Unix(0, 0).In(time.FixedZone("", hours*3600)).Format("-07"), hours*3600)
		if hours == 0 {
			clock = time.UTC
		}
		if isDayEnd(t.In(clock)) {
			return t.In(clock), true
		}
	}
	return local, false
}

func isDayEnd(t time.Time) bool {
	h, m, s := t.Clock()
	return h == 23 && m == 59 && s == 59 && t.Nanosecond() == 0
}

// sameClock reports whether both show the same hour: then nobody need be told whose it is.
func sameClock(a, b time.Time) bool {
	_, x := a.Zone()
	_, y := b.Zone()
	return x == y
}

// Moment writes day and time of a deadline in the given zone, and whose clock that is; of the end of a day, which day's.
func (l *Localizer) Moment(t time.Time, zone *time.Location) string {
	return l.moment(t, zone, l.Clock)
}

// MomentHere is Moment for who reads it by the clock of their own country: it is not named to them.
func (l *Localizer) MomentHere(t time.Time, zone *time.Location) string {
	return l.moment(t, zone, l.Time)
}

// MomentWhole is Moment with the clock named in any case: for the place where all there is to say of a deadline stands.
func (l *Localizer) MomentWhole(t time.Time, zone *time.Location) string {
	if day, ends := dayEnd(t, zone); ends {
		return l.T("calendar.day_end.moment_zone", "Date", l.Date(day, nil), "Zone", l.zone(day))
	}
	return l.Moment(t, zone)
}

func (l *Localizer) moment(t time.Time, zone *time.Location, clock func(time.Time, *time.Location) string) string {
	day, ends := dayEnd(t, zone)
	switch {
	case !ends:
		return l.T("calendar.moment", "Date", l.Date(t, zone), "Clock", clock(t, zone))
	case sameClock(day, in(t, zone)):
		return l.T("calendar.day_end.moment", "Date", l.Date(day, nil))
	default:
		return l.T("calendar.day_end.moment_zone", "Date", l.Date(day, nil), "Zone", l.zone(day))
	}
}

// DeadlineWhole reports whether the words of Deadline say all there is to say: the deadline is today's, which is told by
// its hour, or the end of a day.
func DeadlineWhole(now, due time.Time, zone *time.Location) bool {
	_, ends := dayEnd(due, zone)
	return ends || calendarDays(in(now, zone), in(due, zone)) == 0
}

// Deadline says how far away an instant is and when: "in 3 days, Thursday 12 March", "today until 17:00 (…)",
// "2 days overdue, was due Monday 2 March". Days are those of the calendar in the given zone. The end of a day elsewhere
// is "in 3 days, until the end of Thursday 12 March (Central European Time, CET)".
func (l *Localizer) Deadline(now, due time.Time, zone *time.Location) string {
	return l.deadline(now, due, zone, l.Clock)
}

// DeadlineHere is Deadline for who reads it by the clock of their own country: it is not named to them.
func (l *Localizer) DeadlineHere(now, due time.Time, zone *time.Location) string {
	return l.deadline(now, due, zone, l.Time)
}

func (l *Localizer) deadline(now, due time.Time, zone *time.Location, clock func(time.Time, *time.Location) string) string {
	if day, ends := dayEnd(due, zone); ends {
		return l.dayEndDeadline(in(now, zone), day, !sameClock(day, in(due, zone)))
	}
	now, local := in(now, zone), in(due, zone)
	days := calendarDays(now, local)
	switch {
	case days == 0 && due.Before(now):
		return l.T("calendar.deadline.passed_today", "Clock", clock(local, nil))
	case days == 0:
		return l.T("calendar.deadline.today", "Clock", clock(local, nil))
	}
	return l.inDays(days, l.weekdayDate(now, local), l.weekdayDate(now, local))
}

// dayEndDeadline is Deadline for the end of a day, of another country's if it is elsewhere. While the reader's own day is
// another already, or still, what counts is whether it has ended.
func (l *Localizer) dayEndDeadline(now, day time.Time, elsewhere bool) string {
	named := l.weekdayDate(now, day)
	whole, until := named, l.T("calendar.day_end.until", "Day", named)
	if elsewhere {
		whole = l.T("calendar.day_end.zone", "Day", named, "Zone", l.zone(day))
		until = l.T("calendar.day_end.until_zone", "Day", named, "Zone", l.zone(day))
	}
	days := calendarDays(now, day)
	switch {
	case day.Before(now) && days >= 0:
		return l.T("calendar.day_end.passed", "Day", whole)
	case !day.Before(now) && days < 0:
		return until
	case days == 0 && elsewhere:
		return l.T("calendar.day_end.today_elsewhere", "Until", until)
	case days == 0:
		return l.T("calendar.day_end.today")
	case elsewhere:
		return l.inDays(days, until, whole)
	}
	return l.inDays(days, named, named)
}

// inDays says on which day something is due, or was.
func (l *Localizer) inDays(days int, due, was string) string {
	switch {
	case days == 1:
		return l.T("calendar.deadline.tomorrow", "Day", due)
	case days > 1:
		return l.N("calendar.deadline.in_days", days, "Day", due)
	default:
		return l.N("calendar.deadline.overdue", -days, "Day", was)
	}
}

// calendarDays counts midnights between two instants, whatever their hours and clock changes.
func calendarDays(from, to time.Time) int {
	day := func(t time.Time) time.Time {
		return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
	}
	return int(day(to).Sub(day(from)) / (24 * time.Hour))
}
