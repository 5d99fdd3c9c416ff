// Package calendar writes a series of appointments as one file for calendars (iCalendar, RFC 5545). An appointment keeps its name
// in every file, so that a calendar that reads a newer one changes what it has and adds nothing twice.
package calendar

import (
	"time"

	ics "github.com/arran4/golang-ical"
	"github.com/google/uuid"
)

// MediaType is what the file is in a header.
const MediaType = "text/calendar; charset=utf-8; method=PUBLISH"

// Entry is one appointment.
type Entry struct {
	ID        uuid.UUID
	Revision  int        // higher with every change that somebody should see
	Day       time.Time  // midnight UTC
	At        *time.Time // when it begins; nil: the day alone is known
	Until     *time.Time // when it ends; nil: nobody said
	Summary   string     // the one line that a calendar shows
	Place     string     // "" for none
	About     string     // more lines; "" for none
	Address   string     // where it is read
	Cancelled bool
}

// hour is how long what has a time is said to last: nobody says how long, and a calendar shows no line of no length.
const hour = time.Hour

// File is the series under a name, written now; without a name they are appointments for any calendar.
func File(name string, entries []Entry, now time.Time) []byte {
	cal := ics.NewCalendarFor("Tribuna")
	cal.SetMethod(ics.MethodPublish)
	if name != "" {
		cal.SetXWRCalName(name)
	}
	for _, e := range entries {
		e.add(cal, now)
	}
	return []byte(cal.Serialize(ics.WithNewLineWindows))
}

func (e Entry) end() time.Time {
	if e.Until == nil {
		return e.At.Add(hour)
	}
	return *e.Until
}

func (e Entry) add(cal *ics.Calendar, now time.Time) {
	event := cal.AddEvent(e.ID.String() + "@tribuna")
	event.SetDtStampTime(now)
	event.SetSequence(e.Revision)
	event.SetSummary(e.Summary)
	event.SetURL(e.Address)
	if e.About != "" {
		event.SetDescription(e.About)
	}
	if e.Place != "" {
		event.SetLocation(e.Place)
	}
	if e.At == nil {
		event.SetAllDayStartAt(e.Day)
		event.SetAllDayEndAt(e.Day.AddDate(0, 0, 1))
	} else {
		event.SetStartAt(*e.At)
		event.SetEndAt(e.end())
	}
	event.SetStatus(ics.ObjectStatusConfirmed)
	if e.Cancelled {
		event.SetStatus(ics.ObjectStatusCancelled)
	}
}
