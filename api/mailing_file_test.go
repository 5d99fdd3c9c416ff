package api

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/models"
)

func TestFilesGoAlongWithAMailing(t *testing.T) {
	h := newHouse(t)
	rec, _ := h.publish(t)
	officer := h.token(t, "officer-khc")
	in := models.MailingInput{FallbackLanguage: "en", Texts: []models.MailingText{{Language: "en", Subject: "News", Body: "B"}, {Language: "bg", Subject: "Новини", Body: "Б"}}}
	var m Mailing
	h.send(t, request{method: "POST", path: "/recommendations/" + rec.ID.String() + "/mailings", token: officer, body: in, header: key()}, http.StatusCreated, &m)
	path, sent := "/mailings/"+m.ID.String()+"/files", key()
	paper := part{"file", "Приложение.pdf", "%PDF-1.7 x"}
	var f, again MailingFile
	res := h.upload(t, path+"?language=bg", officer, sent, paper)
	require.Equal(t, http.StatusCreated, res.status, "%s", res.body)
	require.NoError(t, json.Unmarshal(res.body, &f))
	require.Equal(t, []any{"Приложение.pdf", "bg", models.PlaceAttached, "application/pdf", int64(10)}, []any{f.Name, f.Language, f.Place, f.MediaType, f.Size})
	require.True(t, strings.HasSuffix(res.header.Get("Location"), path+"/"+f.ID.String()))
	require.NoError(t, json.Unmarshal(h.upload(t, path+"?language=bg", officer, sent, paper).body, &again))
	require.Equal(t, f, again, "sent again it is the same")
	for query, status := range map[string]int{"?place=elsewhere": 422, "?language=xx": 422, "?language=bg": 422, "?place=picture": 422} {
		require.Equal(t, status, h.upload(t, path+query, officer, key(), paper).status, query)
	}
	large := part{"file", "large.pdf", "%PDF-1.7" + strings.Repeat("x", 4<<20)}
	require.Equal(t, "mailing_file_size", h.upload(t, path, officer, key(), large).problem.Errors[0].Code)

	var all list[MailingFile]
	h.read(t, officer, path, &all)
	require.Equal(t, []MailingFile{f}, all.Items)
	var preview Preview
	h.read(t, officer, "/mailings/"+m.ID.String()+"/preview?language=bg", &preview)
	require.Equal(t, []MailingFile{f}, preview.Letter.Files)
	with := preview.Letter.Size
	h.read(t, officer, "/mailings/"+m.ID.String()+"/preview?language=en", &preview)
	require.Empty(t, preview.Letter.Files)
	require.Greater(t, with, int64(1000))
	file := h.do(t, request{method: "GET", path: path + "/" + f.ID.String(), token: officer})
	require.Equal(t, "%PDF-1.7 x", string(file.body))
	require.Contains(t, file.header.Get("Content-Disposition"), "attachment")
	require.Equal(t, "outdated", h.send(t, request{method: "PUT", path: "/mailings/" + m.ID.String(), token: officer, body: in, header: map[string]string{"If-Match": `"1"`}},
		http.StatusPreconditionFailed, nil).problem.Code, "another revision")

	h.send(t, request{method: "DELETE", path: path + "/" + f.ID.String(), token: officer}, http.StatusNoContent, nil)
	for _, id := range []string{f.ID.String(), uuid.NewString(), "x"} {
		require.Equal(t, http.StatusNotFound, h.do(t, request{method: "GET", path: path + "/" + id, token: officer}).status)
	}
}
