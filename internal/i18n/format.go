package i18n

import (
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/number"
)

// Number writes a whole number with the language's separators.
func (l *Localizer) Number(n int) string {
	return l.printer.Sprint(number.Decimal(n))
}

// Percent writes a share (0.25) as a percentage without decimals. What is not nothing is never said to be 0 %, and what is
// not all never 100 %.
func (l *Localizer) Percent(share float64) string {
	whole := func(share float64) string {
		return l.printer.Sprint(number.Percent(share, number.MaxFractionDigits(0)))
	}
	switch {
	case share > 0 && share < 0.005:
		return l.T("share.under", "Share", whole(0.01))
	case share < 1 && share >= 0.995:
		return l.T("share.over", "Share", whole(0.99))
	default:
		return whole(share)
	}
}

// Date writes the day of t in the given zone ("12 March 2026"); nil means t's own zone.
func (l *Localizer) Date(t time.Time, zone *time.Location) string {
	t = in(t, zone)
	return l.T("calendar.date", "Day", t.Day(), "Month", l.month(t.Month()), "Year", t.Year())
}

// DateTime writes day and time of t in the given zone ("12 March 2026, 17:00").
func (l *Localizer) DateTime(t time.Time, zone *time.Location) string {
	t = in(t, zone)
	return l.T("calendar.datetime", "Date", l.Date(t, nil), "Time", t.Format("15:04"))
}

// Time writes the time of day of t in the given zone.
func (l *Localizer) Time(t time.Time, zone *time.Location) string {
	return l.T("calendar.time", "Time", in(t, zone).Format("15:04"))
}

// Clock writes the time of day of t in the given zone and whose clock that is: "17:00 (Eastern European Time, EET)".
func (l *Localizer) Clock(t time.Time, zone *time.Location) string {
	t = in(t, zone)
	return l.T("calendar.clock", "Time", l.Time(t, nil), "Zone", l.zone(t))
}

// Span writes when something begins and ends, by the day of the week, and whose clock that is: "Thursday 12 March 2026, 17:00 – 19:00
// (Eastern European Time, EET)". Where the clock is changed in between, each is told by its own.
func (l *Localizer) Span(from, until time.Time, zone *time.Location) string {
	from, until = in(from, zone), in(until, zone)
	begins := l.Time(from, nil)
	if !sameClock(from, until) {
		begins = l.Clock(from, nil)
	}
	day, last := l.weekdayDate(time.Time{}, from), l.weekdayDate(time.Time{}, until)
	if day == last {
		return l.T("calendar.span", "Day", day, "From", begins, "Until", l.Clock(until, nil))
	}
	return l.T("calendar.span_days", "Day", day, "From", begins, "Last", last, "Until", l.Clock(until, nil))
}

// zone names the clock by which t is told: in words where there are any, else by its abbreviation or its distance from
// universal time.
func (l *Localizer) zone(t time.Time) string {
	name, _ := t.Zone()
	if key := "calendar.zone." + name; l.Has(key) {
		return l.T(key)
	}
	if strings.HasPrefix(name, "+") || strings.HasPrefix(name, "-") {
		return "UTC" + name
	}
	return name
}

// weekdayDate writes "Thursday 12 March", with the year when it is not the current one.
func (l *Localizer) weekdayDate(now, t time.Time) string {
	key := "calendar.weekday_date"
	if now.Year() != t.Year() {
		key = "calendar.weekday_date_year"
	}
	return l.T(key, "Weekday", l.T("calendar.weekday."+strconv.Itoa(int(t.Weekday()))),
		"Day", t.Day(), "Month", l.month(t.Month()), "Year", t.Year())
}

func (l *Localizer) month(m time.Month) string {
	return l.T("calendar.month." + strconv.Itoa(int(m)))
}

// ListAnd joins words as a sentence does: "a, b and c".
func (l *Localizer) ListAnd(items []string) string {
	switch len(items) {
	case 0:
		return ""
	case 1:
		return items[0]
	}
	last := len(items) - 1
	return l.T("list.and", "Others", strings.Join(items[:last], ", "), "Last", items[last])
}

func in(t time.Time, zone *time.Location) time.Time {
	if zone == nil {
		return t
	}
	return t.In(zone)
}
