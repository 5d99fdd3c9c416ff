package models_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tribuna/internal/apperr"
	"tribuna/models"
)

func announcement() models.MailingInput {
	return models.MailingInput{Kind: models.MailingKindEvent, FallbackLanguage: "en", Audience: models.Audience{Roles: []string{models.RoleReader}},
		Texts: []models.MailingText{{Language: "en", Subject: "Spring meeting", Body: "Come."}},
		MailingContent: models.MailingContent{Event: &models.MailingEvent{Day: "2026-10-24", Time: "14:00", EndDay: "2026-10-25", EndTime: "03:30", Zone: "Europe/Sofia",
			Place: " Hall 3, Sofia ", Link: "https://example.org/meeting"}}}
}

func TestAnEventIsKeptByItsOwnClock(t *testing.T) {
	k := newKinds(t)
	m := k.create(t, announcement())
	require.Equal(t, &models.MailingEvent{Day: "2026-10-24", Time: "14:00", EndDay: "2026-10-25", EndTime: "03:30", Zone: "Europe/Sofia",
		Place: "Hall 3, Sofia", Link: "https://example.org/meeting", ID: m.ID}, m.Event)
	from, until, err := m.Event.Span()
	require.NoError(t, err)
	require.Equal(t, "2026-10-24T14:00:00+03:00", from.Format(time.RFC3339))
	require.Equal(t, "2026-10-25T03:30:00+03:00", until.Format(time.RFC3339), "of what the clock shows twice, the first")

	in := announcement()
	in.Event.EndDay, in.Event.EndTime, in.Event.Place = "", "16:30", ""
	_, err = models.EditMailing(t.Context(), k.db, m.ID, 1, in, noon)
	require.NoError(t, err)
	m, err = models.MailingByID(t.Context(), k.db, m.ID)
	require.NoError(t, err)
	require.Equal(t, &models.MailingEvent{Day: "2026-10-24", Time: "14:00", EndTime: "16:30", Zone: "Europe/Sofia",
		Link: "https://example.org/meeting", ID: m.ID, Sequence: 1}, m.Event, "it is a newer state of the same event")

	none, err := models.EventOf(t.Context(), k.db, k.mailing)
	require.NoError(t, err)
	require.Nil(t, none)
}

func TestAnEventThatIsOverIsNotAnnounced(t *testing.T) {
	m := &models.Mailing{MailingContent: announcement().MailingContent}
	end := time.Date(2026, 10, 25, 0, 30, 0, 0, time.UTC)
	before, still := end.Add(-time.Hour), end.Add(-time.Second)
	require.NoError(t, m.CheckOver(before, still, still))
	require.Equal(t, []string{"event.end_time"}, fieldsOf(t, m.CheckOver(end, end, end)), "it is over")
	require.Equal(t, []string{"when.day"}, fieldsOf(t, m.CheckOver(before, end, end)), "it is over when the last is to leave")
	require.Equal(t, "event_over_later", ruleOf(t, m.CheckOver(before, end, end.Add(time.Hour))), "by the time that was said")
	require.Equal(t, "event_over_then", ruleOf(t, m.CheckOver(before, still, end)), "by the night alone")
	for at, over := range map[time.Time]bool{end.Add(-time.Second): false, end: true} {
		is, err := m.EventOver(at)
		require.NoError(t, err)
		require.Equal(t, over, is)
	}
	require.NoError(t, (&models.Mailing{}).CheckOver(end, end, end), "what announces none is never over")
}

func TestTheRestAreToldOfTheSameEvent(t *testing.T) {
	k := newKinds(t)
	m := k.create(t, announcement())
	_, err := models.EditMailing(t.Context(), k.db, m.ID, 1, announcement(), noon)
	require.NoError(t, err)
	k.exec(t, `UPDATE mailings SET state = 'sent', launched_at = now() WHERE id = ?`, m.ID)
	m, err = models.MailingByID(t.Context(), k.db, m.ID)
	require.NoError(t, err)
	rest, err := models.CreateRest(t.Context(), k.db, m, k.rec, models.Again{}, k.officer.ID, noon)
	require.NoError(t, err)
	rest, err = models.MailingByID(t.Context(), k.db, rest.ID)
	require.NoError(t, err)
	require.NotEqual(t, m.ID, rest.ID)
	require.Equal(t, m.Event, rest.Event, "in a calendar it is one event")
	_, err = models.EditMailing(t.Context(), k.db, rest.ID, 1, announcement(), noon)
	require.NoError(t, err)
	rest, err = models.MailingByID(t.Context(), k.db, rest.ID)
	require.NoError(t, err)
	require.Equal(t, m.ID, rest.Event.ID)
	require.Equal(t, 2, rest.Event.Sequence, "and what is changed for the rest is newer")
}

func TestWhatAnEventCannotBe(t *testing.T) {
	k := newKinds(t)
	for name, c := range map[string]struct {
		change      func(*models.MailingInput)
		field, code string
	}{
		"nothing":            {func(in *models.MailingInput) { in.Event = nil }, "event", "required"},
		"in a campaign":      {func(in *models.MailingInput) { in.Kind = "" }, "event", "must_be_empty"},
		"no day":             {func(in *models.MailingInput) { in.Event.Day = "2026-02-30" }, "event.day", "date"},
		"no time":            {func(in *models.MailingInput) { in.Event.EndTime = "25:00" }, "event.end_time", "time"},
		"no zone":            {func(in *models.MailingInput) { in.Event.Zone = "Local" }, "event.zone", "zone"},
		"jumped over":        {func(in *models.MailingInput) { in.Event.Day, in.Event.Time = "2026-03-29", "03:30" }, "event.time", "mailing_gap"},
		"end jumped over":    {func(in *models.MailingInput) { in.Event.EndDay, in.Event.EndTime = "2027-03-28", "03:30" }, "event.end_time", "mailing_gap"},
		"over as it begins":  {func(in *models.MailingInput) { in.Event.EndDay, in.Event.EndTime = "", "14:00" }, "event.end_time", "event_end"},
		"over before":        {func(in *models.MailingInput) { in.Event.EndDay = "2026-10-23" }, "event.end_time", "event_end"},
		"long ago":           {func(in *models.MailingInput) { in.Event.Day = "0206-10-24" }, "event.day", "range"},
		"without end":        {func(in *models.MailingInput) { in.Event.EndDay = "9026-10-24" }, "event.end_day", "range"},
		"nowhere":            {func(in *models.MailingInput) { in.Event.Place, in.Event.Link = " ", "" }, "event.place", "event_place"},
		"an open connection": {func(in *models.MailingInput) { in.Event.Link = "http://example.org" }, "event.link", "url"},
	} {
		t.Run(name, func(t *testing.T) {
			in := announcement()
			c.change(&in)
			_, err := models.CreateMailing(t.Context(), k.db, k.rec, in, k.officer.ID, noon)
			var e *apperr.Error
			require.ErrorAs(t, err, &e)
			require.Len(t, e.Fields, 1)
			require.Equal(t, c.field, e.Fields[0].Path)
			require.Equal(t, "error.field."+c.code, e.Fields[0].Key)
		})
	}
}
