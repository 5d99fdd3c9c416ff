package api

import (
	"net/http"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/demo"
	"tribuna/models"
)

func TestMailingsOfOtherKindsAreDraftedAndEdited(t *testing.T) {
	h := newHouse(t)
	rec, _ := h.publish(t)
	officer := h.token(t, "officer-khc")
	all := "/recommendations/" + rec.ID.String() + "/mailings"
	in := models.MailingInput{Kind: models.MailingKindNewsletter, Audience: models.Audience{Roles: []string{"reader"}}, FallbackLanguage: "en",
		Texts: []models.MailingText{{Language: "en", Subject: "Spring", Body: "Hello."}},
		MailingContent: models.MailingContent{Items: []models.MailingItem{{RecommendationID: &rec.ID},
			{Link: "https://example.org", Texts: []models.MailingItemText{{Language: "en", Heading: "A meeting", Body: "Come."}}}}}}
	var m Mailing
	h.send(t, request{method: "POST", path: all, token: officer, body: in, header: key()}, http.StatusCreated, &m)
	require.Equal(t, models.MailingKindNewsletter, m.Kind)
	require.Len(t, m.Items, 2)
	require.Equal(t, "A meeting", m.Items[1].Texts[0].Heading)
	var preview Preview
	h.read(t, officer, "/mailings/"+m.ID.String()+"/preview?language=en", &preview)
	require.Contains(t, preview.Letter.HTML, "A meeting")
	in.Items[0], in.Items[1] = in.Items[1], in.Items[0]
	put := request{method: "PUT", path: "/mailings/" + m.ID.String(), token: officer, body: in, header: map[string]string{"If-Match": `"1"`}}
	h.send(t, put, http.StatusOK, &m)
	require.Equal(t, "https://example.org", m.Items[0].Link)
	in.Items = in.Items[:1]
	put.body, put.header = in, map[string]string{"If-Match": `"2"`}
	require.Equal(t, "newsletter_own", h.send(t, put, http.StatusUnprocessableEntity, nil).problem.Errors[0].Code)

	authority := models.NewID()
	_, err := h.db.NewRaw(`INSERT INTO authorities (id, slug, level, names, email) VALUES (?, 'k', 'european', '{"en":"Ministry"}', 'office@ministry.example')`, authority).Exec(t.Context())
	require.NoError(t, err)
	in.Kind, in.Items, in.Authorities = models.MailingKindRepresentative, nil, []uuid.UUID{authority}
	create := request{method: "POST", path: all, token: officer, body: in, header: key()}
	require.Equal(t, "letters", h.send(t, create, http.StatusUnprocessableEntity, nil).problem.Errors[0].Field)
	in.Letters = []models.PreparedLetter{{Language: "en", Subject: "Mentors", Body: "Dear Minister"}}
	until := models.Day(time.Date(2099, 5, 1, 0, 0, 0, 0, time.UTC))
	in.WriteUntil = &until
	create.body, create.header = in, key()
	h.send(t, create, http.StatusCreated, &m)
	require.Equal(t, []uuid.UUID{authority}, m.Authorities)
	require.Equal(t, "Dear Minister", m.Letters[0].Body)
	require.Equal(t, &until, m.WriteUntil)
	require.Zero(t, m.Written)
	require.NoError(t, models.SayWritten(t.Context(), h.db, m.ID, demo.ID("person", "reader"), true, time.Now()))
	h.read(t, officer, "/mailings/"+m.ID.String(), &m)
	require.Equal(t, 1, m.Written)
}

func TestAnEventIsAnnounced(t *testing.T) {
	h := newHouse(t)
	rec, _ := h.publish(t)
	officer := h.token(t, "officer-khc")
	in := models.MailingInput{Kind: models.MailingKindEvent, Audience: models.Audience{Roles: []string{"reader"}}, FallbackLanguage: "en",
		Texts:          []models.MailingText{{Language: "en", Subject: "Open day", Body: "Come."}},
		MailingContent: models.MailingContent{Event: &models.MailingEvent{Day: "2026-05-04", Time: "14:30", EndTime: "16:00", Zone: "Europe/Sofia", Place: "Hall 3"}}}
	create := request{method: "POST", path: "/recommendations/" + rec.ID.String() + "/mailings", token: officer, body: in, header: key()}
	var m Mailing
	h.send(t, create, http.StatusCreated, &m)
	require.Equal(t, in.Event, m.Event)
	var preview Preview
	h.read(t, officer, "/mailings/"+m.ID.String()+"/preview?language=en", &preview)
	require.Contains(t, preview.Letter.HTML, "Monday 4 May 2026, 14:30 – 16:00 (")
	for field, c := range map[string]struct {
		change func(*models.MailingEvent)
		code   string
	}{
		"event.day":      {func(e *models.MailingEvent) { e.Day = "" }, "required"},
		"event.end_day":  {func(e *models.MailingEvent) { e.EndDay = "tomorrow" }, "datetime"},
		"event.end_time": {func(e *models.MailingEvent) { e.EndTime = "14:00" }, "event_end"},
		"event.link":     {func(e *models.MailingEvent) { e.Link = "javascript:alert(1)" }, "url"},
		"event.place":    {func(e *models.MailingEvent) { e.Place = "a\r\nb" }, "one_line"},
	} {
		wrong, event := in, *in.Event
		c.change(&event)
		wrong.Event = &event
		create.body, create.header = wrong, key()
		said := h.send(t, create, http.StatusUnprocessableEntity, nil).problem.Errors
		require.Len(t, said, 1)
		require.Equal(t, field, said[0].Field)
		require.Equal(t, c.code, said[0].Code)
	}
	in.Event.EndDay = "2026-05-05"
	h.send(t, request{method: "PUT", path: "/mailings/" + m.ID.String(), token: officer, body: in, header: map[string]string{"If-Match": `"1"`}}, http.StatusOK, &m)
	require.Equal(t, "2026-05-05", m.Event.EndDay)
}
