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
	create.body, create.header = in, key()
	h.send(t, create, http.StatusCreated, &m)
	require.Equal(t, []uuid.UUID{authority}, m.Authorities)
	require.Equal(t, "Dear Minister", m.Letters[0].Body)
	require.Zero(t, m.Written)
	require.NoError(t, models.SayWritten(t.Context(), h.db, m.ID, demo.ID("person", "reader"), true, time.Now()))
	h.read(t, officer, "/mailings/"+m.ID.String(), &m)
	require.Equal(t, 1, m.Written)
}
