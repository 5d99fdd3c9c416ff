// Package deadline writes a deadline as a file for calendars (iCalendar, RFC 5545). It is the same event in every mail and on
// every page; when the deadline moves it is a newer one of the same, and when nothing is asked any more a cancelled one.
package deadline

import (
	"time"

	ics "github.com/arran4/golang-ical"
	"github.com/google/uuid"

	"tribuna/internal/i18n"
)

// MediaType is what the file is in a header: it names the same method as the file does (RFC 6047, 2.4).
func (e Event) MediaType() string {
	return "text/calendar; charset=utf-8; method=" + string(e.method())
}

// method says that the event is there, or that it is there no more (RFC 5546, 3.2.1 and 3.2.5).
func (e Event) method() ics.Method {
	if e.Cancelled {
		return ics.MethodCancel
	}
	return ics.MethodPublish
}

// FileName is what the file is called.
const FileName = "tribuna.ics"

// Event is a deadline.
type Event struct {
	Task      uuid.UUID // whose deadline it is
	Moved     int       // how often it was moved, or asked for again
	Cancelled bool
	Summary   string // the one line that a calendar shows
	Address   string // where to answer, without what opens it
	Due       time.Time
	Zone      *time.Location
}

// File is the event as it stands.
func (e Event) File(now time.Time) []byte {
	cal := ics.NewCalendarFor("Tribuna")
	cal.SetMethod(e.method())
	event := cal.AddEvent(e.Task.String() + "@tribuna")
	event.SetDtStampTime(now)
	event.SetSummary(e.Summary)
	event.SetURL(e.Address)
	event.SetSequence(e.sequence())
	if due := e.Due.In(e.Zone); i18n.DeadlineWhole(now, e.Due, e.Zone) {
		event.SetAllDayStartAt(time.Date(due.Year(), due.Month(), due.Day(), 0, 0, 0, 0, time.UTC))
		event.SetAllDayEndAt(time.Date(due.Year(), due.Month(), due.Day()+1, 0, 0, 0, 0, time.UTC))
	} else {
		event.SetStartAt(due)
		event.SetEndAt(due)
	}
	if e.Cancelled {
		event.SetStatus(ics.ObjectStatusCancelled)
	}
	return []byte(cal.Serialize(ics.WithNewLineWindows))
}

// sequence is higher with every change that somebody should see: a cancellation stands between what it cancels and what follows
// when the same is asked for again.
func (e Event) sequence() int {
	if e.Cancelled {
		return 2*e.Moved + 1
	}
	return 2 * e.Moved
}
