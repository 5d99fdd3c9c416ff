package api

import (
	"bytes"
	"encoding/json"
	"mime/multipart"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/demo"
	"tribuna/models"
)

// part is one field of a form: with a file's name it is a file.
type part struct{ field, file, content string }

func (h *house) upload(t *testing.T, path, token string, header map[string]string, parts ...part) response {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, p := range parts {
		if p.file == "" {
			require.NoError(t, w.WriteField(p.field, p.content))
			continue
		}
		f, err := w.CreateFormFile(p.field, p.file)
		require.NoError(t, err)
		_, err = f.Write([]byte(p.content))
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	headers := map[string]string{"Content-Type": w.FormDataContentType()}
	for k, v := range header {
		headers[k] = v
	}
	return h.do(t, request{method: http.MethodPost, path: path, token: token, body: b.String(), header: headers})
}

func letter(content string) part { return part{"file", "Писмо 3.txt", content} }

func TestAFileIsTakenWithinItsLimits(t *testing.T) {
	h := newHouse(t)
	rec := h.brief(t)
	h.inReview(t, rec)
	path, officer := "/recommendations/"+rec.ID.String()+"/attachments", h.token(t, "officer-khc")
	header := key()
	res := h.upload(t, path, officer, header, letter("We agree."))
	require.Equal(t, http.StatusCreated, res.status, "%s", res.body)
	var a, again Attachment
	require.NoError(t, json.Unmarshal(res.body, &a))
	require.Equal(t, "Писмо 3.txt", a.Name)
	require.Equal(t, "text/plain", a.MediaType)
	require.Equal(t, "http://tribuna.example"+Prefix+"/attachments/"+a.ID.String(), res.header.Get("Location"))
	require.NoError(t, json.Unmarshal(h.upload(t, path, officer, header, letter("We agree.")).body, &again))
	require.Equal(t, a.ID, again.ID, "sent again it is the same")
	require.Equal(t, "other_words", h.upload(t, path, officer, header, letter("We do not.")).problem.Code)

	large := strings.Repeat("a", models.MaxAttachment+1)
	for name, c := range map[string]struct {
		parts  []part
		status int
		field  string
	}{
		"nothing":         {nil, 422, "file"},
		"no file":         {[]part{{"file", "", "words"}}, 422, "file"},
		"empty":           {[]part{letter("")}, 422, "file"},
		"too large":       {[]part{letter(large)}, 422, "file"},
		"far too large":   {[]part{letter(large + large)}, 413, ""},
		"another type":    {[]part{{"file", "a.exe", "MZ"}}, 422, "file"},
		"another content": {[]part{{"file", "a.pdf", "<html>"}}, 422, "file"},
		"two":             {[]part{letter("a"), letter("b")}, 422, "file"},
		"something else":  {[]part{letter("a"), {"colour", "", "red"}}, 422, "colour"},
	} {
		res := h.upload(t, path, officer, key(), c.parts...)
		require.Equal(t, c.status, res.status, "%s: %s", name, res.body)
		if c.field != "" {
			require.Equal(t, c.field, res.problem.Errors[0].Field, name)
		}
	}
	require.Equal(t, 415, h.do(t, request{method: "POST", path: path, token: officer, body: "{}", header: key()}).status)
	require.Equal(t, 428, h.upload(t, path, officer, nil, letter("a")).status)
	for who, want := range map[string]int{"partner-khc": 403, "officer-tdh": 404, "reader": 404, "coordinator": 201} {
		require.Equal(t, want, h.upload(t, path, h.token(t, who), key(), letter("a")).status, who)
	}
	require.Equal(t, 401, h.upload(t, path, "", key(), letter("a")).status)
}

// TestTheOriginalIsAttached records for an expert what came by letter, with the letter.
func TestTheOriginalIsAttached(t *testing.T) {
	h := newWorkingHouse(t)
	officer, rec := h.token(t, "officer-khc"), h.brief(t)
	home, expert, other := "/recommendations/"+rec.ID.String(), demo.ID("person", "expert-01"), demo.ID("person", "expert-02")
	start := models.StartReviewPayload{VersionID: *rec.CurrentVersionID, Invite: []uuid.UUID{expert, other}, Enough: 2}
	h.send(t, request{method: "POST", path: home + "/reviews", token: officer, body: start, header: key()}, http.StatusOK, nil)
	h.waitingFor(t, h.token(t, "expert-01"), models.TaskReview)
	task := h.taskOf(t, rec, expert)
	var view Task
	h.read(t, h.token(t, "expert-01"), "/tasks/"+task.String(), &view)

	upload := func(content string) string {
		res := h.upload(t, home+"/attachments", officer, key(), letter(content))
		require.Equal(t, http.StatusCreated, res.status, "%s", res.body)
		var a Attachment
		require.NoError(t, json.Unmarshal(res.body, &a))
		return a.ID.String()
	}
	id := upload("We agree.")
	body := map[string]any{"version_hash": view.Version.Hash, "answer": "support", "reasons": "By letter.", "on_behalf_of": expert,
		"behalf_note": "Letter of 3 March", "attachment_id": id}
	answer := request{method: "POST", path: "/tasks/" + task.String() + "/review", token: officer, body: body, header: key()}
	unspoken := answer
	unspoken.body = without(body, "on_behalf_of", "behalf_note")
	require.Equal(t, "on_behalf_of", h.send(t, unspoken, 422, nil).problem.Errors[0].Field)
	unknown := answer
	unknown.header, unknown.body = key(), with(body, "attachment_id", uuid.NewString())
	require.Equal(t, "attachment_id", h.send(t, unknown, 422, nil).problem.Errors[0].Field)

	h.send(t, answer, http.StatusOK, nil)
	h.send(t, answer, http.StatusOK, nil)
	answer.body = with(body, "attachment_id", upload("We agree."))
	h.send(t, answer, http.StatusOK, nil)
	answer.body = with(body, "attachment_id", upload("We do not."))
	require.Equal(t, "other_words", h.send(t, answer, http.StatusConflict, nil).problem.Code)
	require.Equal(t, 1, h.entries(t, rec, "review.answered"))

	res := h.do(t, request{method: "GET", path: "/attachments/" + id, token: officer})
	require.Equal(t, "We agree.", string(res.body))
	require.Equal(t, "text/plain", res.header.Get("Content-Type"))
	require.Equal(t, "attachment; filename*=utf-8''%D0%9F%D0%B8%D1%81%D0%BC%D0%BE%203.txt", res.header.Get("Content-Disposition"))
	require.Equal(t, "nosniff", res.header.Get("X-Content-Type-Options"))
	require.Equal(t, "no-store", res.header.Get("Cache-Control"))
	require.Contains(t, res.header.Get("Content-Security-Policy"), "sandbox")
	for who, want := range map[string]int{"coordinator": 200, "expert-01": 200, "expert-02": 404, "partner-khc": 404, "officer-tdh": 404, "reader": 404} {
		require.Equal(t, want, h.do(t, request{method: "GET", path: "/attachments/" + id, token: h.token(t, who)}).status, who)
	}
	require.Equal(t, 401, h.do(t, request{method: "GET", path: "/attachments/" + id}).status)
	require.Equal(t, 200, h.do(t, request{method: "GET", path: "/attachments/" + id, token: h.links.Mint("tl_", task, expert, 1)}).status, "by the link")
	require.Equal(t, 404, h.do(t, request{method: "GET", path: "/attachments/" + id, token: h.links.Mint("tl_", h.taskOf(t, rec, other), other, 1)}).status)
	h.read(t, h.token(t, "expert-01"), "/tasks/"+task.String(), &view)
	require.Equal(t, id, view.Original.ID.String())

	var entries list[Entry]
	h.read(t, officer, home+"/record", &entries)
	entry := entries.Items[len(entries.Items)-1]
	require.Equal(t, id, entry.Attachment.ID.String())
	require.Equal(t, entry.Attachment.SHA256, entry.Facts["attachment_sha256"])
	redact := request{method: "POST", path: home + "/record/" + strconv.FormatInt(entry.Seq, 10) + "/redact", token: h.token(t, "coordinator"),
		body: RedactionInput{Field: "attachment", Reason: "It names a child."}}
	h.send(t, redact, http.StatusOK, nil)
	require.Equal(t, "field", h.send(t, redact, 422, nil).problem.Errors[0].Field)
	require.Equal(t, 404, h.do(t, request{method: "GET", path: "/attachments/" + id, token: officer}).status)
	var v Verification
	h.read(t, officer, home+"/record/verify", &v)
	require.True(t, v.OK, "%v", v.Faults)
}

func with(body map[string]any, field string, value any) map[string]any {
	all := without(body)
	all[field] = value
	return all
}
