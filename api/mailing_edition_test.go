package api

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/models"
)

// TestAMailingSaysWhichTextsNameWhatIsNotPublished: the brief is published in English and Bulgarian.
func TestAMailingSaysWhichTextsNameWhatIsNotPublished(t *testing.T) {
	h := newHouse(t)
	rec, _ := h.publish(t)
	officer := h.token(t, "officer-khc")
	in := models.MailingInput{Audience: models.Audience{Roles: []string{"reader"}}, FallbackLanguage: "en", Texts: []models.MailingText{
		{Language: "en", Subject: "{title}", Body: "{link}"}, {Language: "ro", Subject: "S", Body: "{link}", Plain: "{summary}"}, {Language: "sq", Subject: "S", Body: "Pa fusha"}}}
	var m, read Mailing
	h.send(t, request{method: "POST", path: "/recommendations/" + rec.ID.String() + "/mailings", token: officer, body: in, header: key()}, http.StatusCreated, &m)
	want := &EditionGap{Languages: []string{"ro"}, Fields: []models.MailingField{models.FieldSummary, models.FieldLink}, Given: "en"}
	require.Equal(t, want, m.EditionGap)
	h.read(t, officer, "/mailings/"+m.ID.String(), &read)
	require.Equal(t, want, read.EditionGap)
	var all list[Mailing]
	h.read(t, officer, "/recommendations/"+rec.ID.String()+"/mailings", &all)
	require.Nil(t, all.Items[0].EditionGap)

	in.Texts[1] = models.MailingText{Language: "ro", Subject: "S", Body: "{name}"}
	res := h.do(t, request{method: "PUT", path: "/mailings/" + m.ID.String(), token: officer, body: in, header: map[string]string{"If-Match": `"1"`}})
	require.Equal(t, http.StatusOK, res.status, string(res.body))
	read = Mailing{}
	h.read(t, officer, "/mailings/"+m.ID.String(), &read)
	require.Nil(t, read.EditionGap)
}
