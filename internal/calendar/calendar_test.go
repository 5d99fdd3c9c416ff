package calendar_test

import (
	"bytes"
	"testing"
	"time"

	ics "github.com/arran4/golang-ical"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/calendar"
)

func TestASeriesIsReadAsItWasWritten(t *testing.T) {
	day := time.Date(2026, 3, 29, 0, 0, 0, 0, time.UTC)
	at := time.Date(2026, 3, 30, 7, 30, 0, 0, time.UTC)
	first, second := uuid.New(), uuid.New()
	file := calendar.File("Spring; and more", []calendar.Entry{
		{ID: first, Revision: 2, Day: day, Summary: "Letter: To the minister, again", Address: "https://example.org/a", About: "one\ntwo"},
		{ID: second, Day: at, At: &at, Summary: "Call", Cancelled: true}}, at)
	cal, err := ics.ParseCalendar(bytes.NewReader(file))
	require.NoError(t, err)
	events := cal.Events()
	require.Len(t, events, 2)
	require.Equal(t, first.String()+"@tribuna", events[0].Id())
	value := func(i int, p ics.ComponentProperty) string { return events[i].GetProperty(p).Value }
	require.Equal(t, "20260329", value(0, ics.ComponentPropertyDtStart))
	require.Equal(t, "20260330", value(0, ics.ComponentPropertyDtEnd))
	require.Equal(t, "2", value(0, ics.ComponentPropertySequence))
	require.Equal(t, "Letter: To the minister, again", value(0, ics.ComponentPropertySummary))
	require.Equal(t, "one\ntwo", value(0, ics.ComponentPropertyDescription))
	require.Equal(t, "20260330T073000Z", value(1, ics.ComponentPropertyDtStart))
	require.Equal(t, "CANCELLED", value(1, ics.ComponentPropertyStatus))
}
