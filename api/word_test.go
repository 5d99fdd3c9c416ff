package api

import (
	"encoding/json"
	"net/http"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/internal/demo"
	"tribuna/internal/word"
	"tribuna/models"
)

// withWord lets the API read and write Word files with the real pandoc, and nothing be printed.
func (h *house) withWord(t *testing.T) *house {
	t.Helper()
	var err error
	h.server.Word, err = word.Find(t.Context(), word.Options{Pandoc: "pandoc", Chromium: "off"})
	require.NoError(t, err, "scripts/ensure pandoc installs it")
	return h
}

func TestAWordFileIsReadAndATextGivenOut(t *testing.T) {
	h := newHouse(t).withWord(t)
	rec, officer := h.brief(t), h.token(t, "officer-khc")
	home := "/recommendations/" + rec.ID.String()
	cmd := exec.CommandContext(t.Context(), "pandoc", "--from=markdown", "--to=docx", "--output=-")
	cmd.Stdin = strings.NewReader("# A roof\n\nWords.[^1]\n\n[^1]: A note.\n")
	file, err := cmd.Output()
	require.NoError(t, err)

	res := h.upload(t, home+"/draft/word", officer, nil, part{"file", "a.docx", string(file)})
	require.Equal(t, http.StatusOK, res.status, "%s", res.body)
	var text WordText
	require.NoError(t, json.Unmarshal(res.body, &text))
	require.Equal(t, "A roof", text.Title)
	require.Equal(t, "Words.[^1]\n\n[^1]: A note.", text.Body)
	require.Equal(t, 1, text.Footnotes)

	res = h.upload(t, home+"/draft/word", officer, nil, part{"file", "a.docx", "no Word file"})
	require.Equal(t, http.StatusUnprocessableEntity, res.status)
	require.Equal(t, "word_type", res.problem.Errors[0].Code)
	require.Equal(t, http.StatusNotFound, h.upload(t, home+"/draft/word", h.token(t, "partner-khc"), nil, part{"file", "a.docx", string(file)}).status)

	got := h.do(t, request{method: http.MethodGet, path: home + "/versions/1/docx", token: officer})
	require.Equal(t, http.StatusOK, got.status)
	require.Equal(t, word.DOCX.MediaType(), got.header.Get("Content-Type"))
	back, err := h.server.Word.Read(t.Context(), got.body)
	require.NoError(t, err)
	require.Equal(t, rec.Title, back.Title)
	tag := map[string]string{"If-None-Match": got.header.Get("ETag")}
	require.Equal(t, http.StatusNotModified, h.do(t, request{method: http.MethodGet, path: home + "/versions/1/docx", token: officer, header: tag}).status)
	require.Equal(t, http.StatusNotFound, h.do(t, request{method: http.MethodGet, path: home + "/versions/1/docx", token: h.token(t, "partner-khc")}).status)
	require.Equal(t, http.StatusUnauthorized, h.do(t, request{method: http.MethodGet, path: home + "/versions/1/docx"}).status)
	require.Equal(t, http.StatusNotFound, h.do(t, request{method: http.MethodGet, path: "/published/" + rec.Slug + "/en/docx"}).status)

	missing := h.do(t, request{method: http.MethodGet, path: home + "/versions/1/pdf", token: officer})
	require.Equal(t, http.StatusNotImplemented, missing.status)
	require.Equal(t, "not_installed", missing.problem.Code)
	require.Equal(t, "chromium", missing.problem.What)
	require.Contains(t, missing.problem.Detail, "chromium")

	h.server.Word = nil
	require.Equal(t, http.StatusNotImplemented, h.upload(t, home+"/draft/word", officer, nil, part{"file", "a.docx", string(file)}).status)
}

func TestConversionsAreLimitedForEachPerson(t *testing.T) {
	h := newHouse(t).withWord(t)
	rec, officer := h.brief(t), h.token(t, "officer-khc")
	path := "/recommendations/" + rec.ID.String() + "/draft/word"
	for range conversionsEach {
		_, err := models.Allow(t.Context(), h.db, "conversion:"+demo.ID("person", "officer-khc").String(), conversionsEach, conversionWindow, noon)
		require.NoError(t, err)
	}
	res := h.upload(t, path, officer, nil, part{"file", "a.docx", "x"})
	require.Equal(t, http.StatusTooManyRequests, res.status)
}

func TestAnAnswerInAWordFileIsRead(t *testing.T) {
	h := newHouse(t).withWord(t)
	rec := h.brief(t)
	h.inReview(t, rec)
	task := h.ask(t, rec, models.TaskReview, "expert-02")
	expert, path := h.token(t, "expert-02"), "/tasks/"+task.ID.String()
	text := h.do(t, request{method: http.MethodGet, path: path + "/docx", token: expert})
	require.Equal(t, http.StatusOK, text.status, "%s", text.body)
	res := h.upload(t, path+"/word", expert, nil, part{"file", "a.docx", string(text.body)})
	require.Equal(t, http.StatusOK, res.status, "%s", res.body)
	require.JSONEq(t, `{"comments":[],"reasons":"","commented":0,"suggested":0,"beside":0,"missing":0}`, string(res.body))
	for file, code := range map[string]string{"no Word file": "word_type", "": "file_empty"} {
		res = h.upload(t, path+"/word", expert, nil, part{"file", "a.docx", file})
		require.Equal(t, http.StatusUnprocessableEntity, res.status)
		require.Equal(t, code, res.problem.Errors[0].Code)
	}
	require.Equal(t, http.StatusNotFound, h.upload(t, path+"/word", h.token(t, "expert-03"), nil, part{"file", "a.docx", string(text.body)}).status)
}
