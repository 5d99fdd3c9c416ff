package models

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// How a day may be written in a file of contacts: year first, or day first with dots as all the network's countries write
// it, with the sign for "year" or the full stop that some put after it. With strokes or hyphens some begin with the day and
// some with the month.
var (
	yearFirst  = regexp.MustCompile(`^(\d{4})\s*[-./]\s*(\d{1,2})\s*[-./]\s*(\d{1,2})\.?$`)
	dayDotted  = regexp.MustCompile(`^(\d{1,2})\.\s*(\d{1,2})\.\s*(\d{4})\.?(?:\s*(?:г|g|god)\.?)?$`)
	dayUnclear = regexp.MustCompile(`^(\d{1,2})\s*[-/]\s*(\d{1,2})\s*[-/]\s*(\d{4})\.?$`)
	serialDay  = regexp.MustCompile(`^\d{5}$`)
)

// Spreadsheets count days from one of two beginnings (ECMA-376, part 1, 18.17.4.1); a year has fewer digits than any day of
// our time.
var (
	countedFrom1900 = time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	countedFrom1904 = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
)

// contactDay reads a day, and returns it as isoDate writes it; else the rule that it breaks: what could be two different days
// is neither.
func contactDay(text string, counted time.Time) (day, broken string) {
	text = strings.TrimSpace(text)
	if m := yearFirst.FindStringSubmatch(text); m != nil {
		return dayWritten(m[1], m[2], m[3])
	}
	if m := dayDotted.FindStringSubmatch(text); m != nil {
		return dayWritten(m[3], m[2], m[1])
	}
	if m := dayUnclear.FindStringSubmatch(text); m != nil {
		first, second := m[1], m[2]
		day, broken = dayWritten(m[3], second, first)
		other, impossible := dayWritten(m[3], first, second)
		switch {
		case broken == "" && impossible == "" && day != other:
			return "", "day_unclear"
		case broken != "":
			return other, impossible
		}
		return day, ""
	}
	if serialDay.MatchString(text) {
		n, err := strconv.Atoi(text)
		if err == nil {
			return counted.AddDate(0, 0, n).Format(time.DateOnly), ""
		}
	}
	return "", "date"
}

func dayWritten(year, month, day string) (written, broken string) {
	pad := func(s string) string { return strings.Repeat("0", 2-len(s)) + s }
	written = year + "-" + pad(month) + "-" + pad(day)
	if _, err := time.Parse(time.DateOnly, written); err != nil {
		return "", "date"
	}
	return written, ""
}
