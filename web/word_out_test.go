package web

import (
	"archive/zip"
	"bytes"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/internal/demo"
	"tribuna/internal/devstack/testbrowser"
	"tribuna/internal/i18n"
	"tribuna/models"
)

// packed is what a Word file is made of, by name.
func packed(t *testing.T, file string) map[string]string {
	t.Helper()
	archive, err := zip.NewReader(strings.NewReader(file), int64(len(file)))
	require.NoError(t, err)
	parts := map[string]string{}
	for _, f := range archive.File {
		r, err := f.Open()
		require.NoError(t, err)
		content, err := io.ReadAll(r)
		require.NoError(t, err)
		parts[f.Name] = string(content)
	}
	return parts
}

// shows reports whether one of the parts is a picture.
func shows(parts map[string]string, picture []byte) bool {
	for name, content := range parts {
		if strings.HasPrefix(name, "word/media/") && content == string(picture) {
			return true
		}
	}
	return false
}

// withEmblems gives the grant of the brief an emblem of its own in Bulgarian, and one for all other languages.
func (h *house) withEmblems() (all, bulgarian []byte) {
	h.t.Helper()
	h.exec(`DELETE FROM grant_emblems`)
	all, bulgarian = picture(h.t, 50), picture(h.t, 60)
	c, page := h.as("coordinator", "en"), grantPath(demo.ID("grant", "daphne"))
	require.Equal(h.t, http.StatusSeeOther, c.upload(page+"/emblem", "all.png", all).StatusCode)
	require.Equal(h.t, http.StatusSeeOther, c.upload(page+"/emblem/bg", "bg.png", bulgarian).StatusCode)
	return all, bulgarian
}

// TestFilesShowAndSayWhatThePageDoes in a language in which the grant says who paid and does not name Kosovo: the emblem, the
// words, whom nobody asked, and which passages are in another language.
func TestFilesShowAndSayWhatThePageDoes(t *testing.T) {
	chromium := testbrowser.Chromium()
	if testing.Short() {
		chromium = "off"
	}
	h := newHouse(t).withWord(chromium)
	h.exec(`INSERT INTO recommendation_countries VALUES (?, 'XK') ON CONFLICT DO NOTHING`, h.brief.ID)
	h.publish()
	h.exec(`INSERT INTO publication_texts (publication_id, language, translation_id, title, body, measures)
		SELECT publication_id, 'ro', translation_id, 'Un titlu', body, measures FROM publication_texts WHERE language = 'bg'`)
	h.exec(`DELETE FROM grant_designations WHERE language NOT IN ('en', 'bg')`)
	all, bulgarian := h.withEmblems()
	b, l := h.public("en"), i18n.For("ro")
	croatia, err := models.CountryByCode(t.Context(), h.db, "HR")
	require.NoError(t, err)
	uncovered := l.T("published.uncovered_lead", "Countries", croatia.Names["ro"])
	address := publishedPath + h.brief.Slug + "/"

	page := b.get(address + "ro").Body
	for _, want := range []string{`<span lang="en">Kosovo*</span>`, `<p class="fine footnote" lang="en">* This designation`, uncovered, "Finanțat de Uniunea Europeană."} {
		require.Contains(t, page, want)
	}
	docx := packed(t, b.get(address+"ro/docx").Body)
	text := docx["word/document.xml"]
	require.Contains(t, text, `<w:lang w:val="en"/></w:rPr><w:t xml:space="preserve">Kosovo</w:t>`)
	require.Contains(t, docx["word/footnotes.xml"], `<w:lang w:val="en"/></w:rPr><w:t xml:space="preserve">This designation is without prejudice`)
	require.Contains(t, docx["word/styles.xml"], `w:val="ro"`)
	require.Contains(t, docx["docProps/core.xml"], "<dc:language>ro</dc:language>")
	require.Contains(t, plainWords(text), uncovered)
	require.Contains(t, plainWords(text), "Finanțat de Uniunea Europeană.")
	require.Contains(t, text, `descr="European Commission (DAPHNE programme)"`)
	require.NotContains(t, text, "\uE000")
	require.True(t, shows(docx, all), "the emblem of all languages without their own")
	require.True(t, shows(packed(t, b.get(address+"bg/docx").Body), bulgarian), "the emblem of its language")
	draft := packed(t, h.as("officer-khc", "en").get(recommendationPath(h.brief.ID)+"/versions/1/docx").Body)
	require.True(t, shows(draft, all), "a version shows it, too")

	if testing.Short() {
		return
	}
	pdf := b.get(address + "ro/pdf").Body
	if keep := os.Getenv("TRIBUNA_TEST_KEEP_PDF"); keep != "" {
		require.NoError(t, os.WriteFile(keep, []byte(pdf), 0o600))
	}
	require.Contains(t, pdf, "/Lang (ro)")
	require.Contains(t, pdf, "/Lang (en)", "a passage says its own language")
	require.True(t, bytes.Contains([]byte(pdf), []byte("/Subtype /Image")), "the emblem")
}

// plainWords are the words of a part, without its marks.
func plainWords(part string) string {
	var out strings.Builder
	for _, piece := range strings.Split(part, "<") {
		if _, words, found := strings.Cut(piece, ">"); found {
			out.WriteString(words)
		}
	}
	return out.String()
}
