package web

import (
	"archive/zip"
	"bytes"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/internal/devstack/testbrowser"
	"tribuna/internal/i18n"
	"tribuna/internal/word"
	"tribuna/models"
)

// withWord lets a house read and write Word files with the real pandoc, and print where Chromium is asked for.
func (h *house) withWord(chromium string) *house {
	h.t.Helper()
	var err error
	h.server.Word, err = word.Find(h.t.Context(), word.Options{Pandoc: "pandoc", Chromium: chromium})
	require.NoError(h.t, err, "scripts/ensure pandoc installs it")
	return h
}

// wordFile has pandoc make a Word file.
func wordFile(t *testing.T, source string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "pandoc", "--from=markdown", "--to=docx", "--output=-")
	cmd.Stdin = strings.NewReader(source)
	file, err := cmd.Output()
	require.NoError(t, err)
	return string(file)
}

const broughtSource = "---\ntitle: A roof and a person\n---\n\n## Why\n\nWords.[^1] See [there](https://example.org/a).\n\n| A | B |\n|---|---|\n| 1 | 2 |\n\n" +
	"## Recommendations\n\n1. Extend care to 21.\n2. Pay for it.\n\n[^1]: A note.\n"

func TestAWordFileBecomesTheNextVersion(t *testing.T) {
	t.Parallel()
	h := newHouse(t).withWord("off")
	b, words := h.as("officer-khc", "en"), i18n.For("en")
	home := recommendationPath(h.brief.ID)
	require.Contains(t, b.get(home+"/edit").Body, `name="do" value="word"`)
	page := b.get(home + "/word")
	require.Equal(t, http.StatusOK, page.StatusCode)
	before := h.current()
	form := url.Values{"seen": {"1"}, "measures": {"yes"}}

	got := b.postFile(home+"/word", form, "brief.docx", wordFile(t, broughtSource))
	require.Equal(t, http.StatusOK, got.StatusCode)
	for _, want := range []string{words.T("word.read.title"), "1 heading", "1 table", "1 footnote", "1 link", "2 measures", "A roof and a person", "Extend care to 21."} {
		require.Contains(t, got.Body, want)
	}
	require.Equal(t, before.ID, h.current().ID, "nothing is saved by reading a file")

	f := filled(t, got.Body, home+"/edit")
	known := len(before.Measures)
	require.Equal(t, "Extend care to 21.", f.Get(rowField("measures", known, "text")))
	require.Equal(t, words.T("word.note"), f.Get("note"))
	for i := range 2 {
		f.Set(rowField("measures", known+i, "authority_ids"), before.Measures[0].AuthorityIDs[0].String())
	}
	f.Set("do", "save")
	require.Equal(t, http.StatusSeeOther, b.post(home+"/edit", f).StatusCode)
	after := h.current()
	require.Equal(t, 2, after.Number)
	require.Equal(t, "A roof and a person", after.Title)
	require.Contains(t, after.Body, "| 1")
	require.Contains(t, after.Body, "[^1]: A note.")
	require.NotContains(t, after.Body, "Pay for it")
	require.Len(t, after.Measures, known+2)

	// Whoever began before that save is shown both texts.
	late := b.postFile(home+"/word", form, "brief.docx", wordFile(t, "Other words."))
	f = filled(t, late.Body, home+"/edit")
	f.Set("do", "save")
	refused := b.post(home+"/edit", f)
	require.Equal(t, http.StatusPreconditionFailed, refused.StatusCode)
	require.Contains(t, refused.Body, words.T("draft.theirs.title", "Number", 2))
	require.Equal(t, 2, h.current().Number)
}

func TestANewRecommendationBeginsWithAWordFile(t *testing.T) {
	t.Parallel()
	h := newHouse(t).withWord("off")
	b := h.as("officer-khc", "bg")
	begun := filled(t, b.get("/recommendations/new").Body, "/recommendations/new")
	begun.Set("do", "word")
	begun.Set("body", "Typed before the file.")
	begun.Set("measures[0].text", "A measure typed before.")
	leads := b.post("/recommendations/new", begun)
	require.Equal(t, "/recommendations/new/word", leads.Header.Get("Location"))
	require.Contains(t, b.get("/recommendations/new/word").Body, `href="/recommendations/new?kept=continue"`, "the way back goes on with it")
	require.Contains(t, b.get("/recommendations/new?kept=continue").Body, "Typed before the file.")
	require.Equal(t, http.StatusOK, b.get("/recommendations/new/word").StatusCode)
	got := b.postFile("/recommendations/new/word", nil, "нов.docx", wordFile(t, broughtSource))
	f := filled(t, got.Body, "/recommendations/new")
	require.Equal(t, "A roof and a person", f.Get("title"))
	require.Contains(t, f.Get("body"), "Pay for it.", "measures are taken only where that was asked for")
	require.Equal(t, "A measure typed before.", f.Get("measures[0].text"), "what was typed stays")
	require.Equal(t, "Typed before the file.", f.Get("before"), "and what the file took the place of can be read")
	require.Equal(t, http.StatusForbidden, h.as("partner-khc", "en").get("/recommendations/new/word").StatusCode)
}

func TestWhatIsNoWordFileLeavesTheForm(t *testing.T) {
	t.Parallel()
	h := newHouse(t).withWord("off")
	b, words := h.as("officer-khc", "en"), i18n.For("en")
	path := recommendationPath(h.brief.ID) + "/word"
	for name, given := range map[string]struct{ file, name, key string }{
		"a text":    {"Dear all", "a.docx", "word_type"},
		"nothing":   {"", "", "word_none"},
		"empty":     {"", "a.docx", "file_empty"},
		"too large": {strings.Repeat("x", word.MaxFile+1), "a.docx", "word_size"},
		"a bomb":    {bomb(t), "a.docx", "word_much"},
	} {
		got := b.postFile(path, url.Values{"seen": {"1"}, "measures": {"yes"}}, given.name, given.file)
		require.Equal(t, http.StatusUnprocessableEntity, got.StatusCode, name)
		require.Contains(t, got.Body, words.T("error.field."+given.key, "megabytes", 20), name)
		require.Contains(t, got.Body, `name="seen" value="1"`, name)
		require.Regexp(t, `name="measures" value="yes" checked`, got.Body, name)
	}
	for _, tag := range i18n.Tags() {
		page := h.as("officer-khc", tag).get(path)
		require.Equal(t, http.StatusOK, page.StatusCode)
		require.Contains(t, page.Body, i18n.For(tag).T("word.lead"))
	}
	require.Equal(t, http.StatusNotFound, h.as("officer-sc-nwb", "en").get(path).StatusCode)
	h.enter(models.StageReview)
	require.Equal(t, http.StatusConflict, b.get(path).StatusCode)
}

// bomb is a small file that unfolds to a large one.
func bomb(t *testing.T) string {
	t.Helper()
	var file bytes.Buffer
	w := zip.NewWriter(&file)
	part, err := w.Create("word/document.xml")
	require.NoError(t, err)
	for range 50 {
		_, err = part.Write(bytes.Repeat([]byte(" "), 1<<20))
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return file.String()
}

func TestWithoutProgramsNothingIsOffered(t *testing.T) {
	h := newHouse(t)
	h.publish()
	b := h.as("officer-khc", "en")
	for _, page := range []string{recommendationPath(h.brief.ID) + "/versions/1", publishedPath + h.brief.Slug + "/en", "/recommendations/new"} {
		got := b.get(page).Body
		require.NotContains(t, got, "/docx")
		require.NotContains(t, got, "/pdf")
		require.NotContains(t, got, "/word")
	}
	for path, program := range map[string]string{"/recommendations/new/word": "pandoc", publishedPath + h.brief.Slug + "/en/docx": "pandoc", publishedPath + h.brief.Slug + "/en/pdf": "chromium"} {
		got := b.get(path)
		require.Equal(t, http.StatusNotImplemented, got.StatusCode, path)
		require.Contains(t, got.Body, program)
	}
}

func TestWhoMayReadAVersionMayTakeItOut(t *testing.T) {
	t.Parallel()
	h := newHouse(t).withWord("off")
	path := recommendationPath(h.brief.ID) + "/versions/1"
	b := h.as("officer-khc", "en")
	require.Contains(t, b.get(path).Body, `href="`+path+`/docx"`)
	got := b.get(path + "/docx")
	require.Equal(t, http.StatusOK, got.StatusCode)
	require.Equal(t, word.DOCX.MediaType(), got.Header.Get("Content-Type"))
	require.Equal(t, "private, no-cache", got.Header.Get("Cache-Control"))
	require.Contains(t, got.Header.Get("Content-Disposition"), h.brief.Slug+"-1.docx")
	text, err := h.server.Word.Read(t.Context(), []byte(got.Body))
	require.NoError(t, err)
	version := h.current()
	require.Equal(t, version.Title, text.Title)
	require.Contains(t, text.Body, "not published")
	for _, m := range version.Measures {
		require.Contains(t, strings.Join(strings.Fields(text.Body), " "), strings.Join(strings.Fields(m.Text), " "))
	}
	require.Equal(t, http.StatusNotFound, h.as("partner-khc", "en").get(path+"/docx").StatusCode, "it is still drafted")
	require.Equal(t, http.StatusSeeOther, h.public("en").get(path+"/docx").StatusCode)
	require.Equal(t, http.StatusNotFound, b.get(recommendationPath(h.brief.ID)+"/versions/7/docx").StatusCode)
}

func TestEverybodyMayTakeAPublicationOutInEachLanguage(t *testing.T) {
	t.Parallel()
	chromium := testbrowser.Chromium()
	if testing.Short() {
		chromium = "off"
	}
	h := newHouse(t).withWord(chromium)
	h.publish()
	b := h.public("en")
	for _, tag := range []string{"en", "bg"} {
		address := publishedPath + h.brief.Slug + "/" + tag
		require.Contains(t, b.get(address).Body, `href="`+address+`/docx"`)
		got := b.get(address + "/docx")
		require.Equal(t, http.StatusOK, got.StatusCode)
		require.Equal(t, "public, max-age=300", got.Header.Get("Cache-Control"))
		text, err := h.server.Word.Read(t.Context(), []byte(got.Body))
		require.NoError(t, err)
		words := i18n.For(tag)
		for _, key := range []string{"published.what_is_asked", "published.funding", "published.cite", "published.signed_off", "word.languages"} {
			require.Contains(t, text.Body, words.T(key))
		}
		require.Contains(t, text.Body, "https://tribuna.example"+address)
		require.NotContains(t, text.Body, h.person("expert-03").Name, "who did not agree to be named is not")

		b.header.Set("If-None-Match", got.Header.Get("ETag"))
		require.Equal(t, http.StatusNotModified, b.get(address+"/docx").StatusCode)
		b.header.Del("If-None-Match")
	}
	require.Equal(t, http.StatusNotFound, b.get(publishedPath+h.brief.Slug+"/ro/docx").StatusCode)
	require.Equal(t, http.StatusNotFound, b.get(publishedPath+h.brief.Slug+"/en/odt").StatusCode)
	if testing.Short() {
		return
	}
	pdf := b.get(publishedPath + h.brief.Slug + "/bg/pdf")
	require.Equal(t, http.StatusOK, pdf.StatusCode)
	require.Regexp(t, `/MarkInfo\s*<<[^>]*/Marked true`, pdf.Body)
	require.Contains(t, pdf.Body, "/StructTreeRoot")
	require.Contains(t, pdf.Body, "/Lang (bg)")
	if keep := os.Getenv("TRIBUNA_TEST_KEEP_PDF"); keep != "" {
		require.NoError(t, os.WriteFile(keep, []byte(pdf.Body), 0o600))
	}
	for n := range conversionsEach {
		got := b.get(publishedPath + h.brief.Slug + "/bg/pdf")
		require.Equal(t, http.StatusOK, got.StatusCode, "what lies ready counts against nobody: %d", n)
	}
}
