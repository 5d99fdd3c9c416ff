package models

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"time"
)

// Span is a length of time as a procedure says it: "45s", "30m" and "2h" are exact; "7d" means until the end of the
// seventh day, "5wd" until the end of the fifth working day, in the time zone where the deadline is counted.
// A day span that would end on a Saturday or Sunday ends on the Monday after, as Regulation (EEC, Euratom)
// No 1182/71, Article 3(4), has it for periods of the European Union.
type Span string

var spanForm = regexp.MustCompile(`^(\d{1,4})(s|m|h|d|wd)$`)

func (s Span) parts() (n int, unit string, ok bool) {
	m := spanForm.FindStringSubmatch(string(s))
	if m == nil {
		return 0, "", false
	}
	n, _ = strconv.Atoi(m[1])
	return n, m[2], true
}

// Valid reports whether the span can be read.
func (s Span) Valid() bool { _, _, ok := s.parts(); return ok }

// Weeks returns a number of weeks as a span, which counts days; what is no number stays as it is.
func Weeks(number string) string {
	n, err := strconv.Atoi(number)
	if err != nil {
		return number
	}
	return strconv.Itoa(7*n) + "d"
}

// IsZero reports whether the span is empty or of no length.
func (s Span) IsZero() bool { n, _, ok := s.parts(); return !ok || n == 0 }

// UnmarshalJSON refuses a span that cannot be read.
func (s *Span) UnmarshalJSON(b []byte) error {
	var v string
	if err := json.Unmarshal(b, &v); err != nil {
		return err
	}
	if v != "" && !Span(v).Valid() {
		return fmt.Errorf("%q is no length of time: write 30s, 10m, 2h, 7d or 5wd", v)
	}
	*s = Span(v)
	return nil
}

// After returns the instant the span ends when it begins at from, counted in zone.
func (s Span) After(from time.Time, zone *time.Location) time.Time {
	n, unit, ok := s.parts()
	if !ok {
		return from
	}
	switch unit {
	case "s":
		return from.Add(time.Duration(n) * time.Second)
	case "m":
		return from.Add(time.Duration(n) * time.Minute)
	case "h":
		return from.Add(time.Duration(n) * time.Hour)
	}
	day := from.In(zone)
	if unit == "wd" {
		for left := n; left > 0; {
			day = day.AddDate(0, 0, 1)
			if !weekend(day) {
				left--
			}
		}
	} else {
		day = day.AddDate(0, 0, n)
	}
	for weekend(day) {
		day = day.AddDate(0, 0, 1)
	}
	return time.Date(day.Year(), day.Month(), day.Day(), 23, 59, 59, 0, zone)
}

// Morning is After for something that is sent rather than due: a day span ends at nine in the morning.
func (s Span) Morning(from time.Time, zone *time.Location) time.Time {
	t := s.After(from, zone)
	if _, unit, ok := s.parts(); ok && (unit == "d" || unit == "wd") {
		return time.Date(t.Year(), t.Month(), t.Day(), 9, 0, 0, 0, zone)
	}
	return t
}

// MorningBefore is Morning counted back from a deadline: "2d" is nine in the morning two days before its day.
func (s Span) MorningBefore(due time.Time, zone *time.Location) time.Time {
	n, unit, ok := s.parts()
	if !ok {
		return due
	}
	day := due.In(zone)
	switch unit {
	case "d":
		day = day.AddDate(0, 0, -n)
	case "wd":
		for left := n; left > 0; {
			day = day.AddDate(0, 0, -1)
			if !weekend(day) {
				left--
			}
		}
	default:
		return due.Add(due.Sub(s.After(due, zone)))
	}
	return time.Date(day.Year(), day.Month(), day.Day(), 9, 0, 0, 0, zone)
}

func weekend(t time.Time) bool { return t.Weekday() == time.Saturday || t.Weekday() == time.Sunday }
