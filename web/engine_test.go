package web

import (
	"io/fs"
	"net/http"
	"net/http/httptest"
	"path"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"tribuna/internal/i18n"
)

var testNow = time.Date(2026, 3, 9, 10, 0, 0, 0, time.UTC)

// stoppedEngine renders at testNow.
var stoppedEngine = sync.OnceValues(func() (*Engine, error) {
	assets, err := LoadAssets()
	if err != nil {
		return nil, err
	}
	return NewEngine(EngineOptions{Assets: assets, Now: func() time.Time { return testNow }})
})

func testEngine(t *testing.T) *Engine {
	t.Helper()
	e, err := stoppedEngine()
	require.NoError(t, err)
	return e
}

// in asks for a page in a language.
func in(tag, method, target string) *http.Request {
	r := httptest.NewRequest(method, target, nil)
	return r.WithContext(WithLanguage(r.Context(), tag))
}

func TestStylePageInEveryLanguage(t *testing.T) {
	e := testEngine(t)
	for _, tag := range i18n.Tags() {
		t.Run(tag, func(t *testing.T) {
			w := httptest.NewRecorder()
			e.Style(w, in(tag, "GET", "/dev/style"))
			body := w.Body.String()
			require.Equal(t, http.StatusOK, w.Code, body)
			require.Equal(t, tag, w.Header().Get("Content-Language"))
			require.Contains(t, body, `<html lang="`+tag+`">`)
			require.Contains(t, body, i18n.For(tag).T("style.title"))
			require.NotContains(t, body, "<no value>")
			require.NotContains(t, body, "ZgotmplZ")
			require.Empty(t, bareKey.FindString(body), "a key is shown instead of its words")
		})
	}
}

// bareKey finds a catalog key that reached the page as text.
var bareKey = regexp.MustCompile(`>(layout|style|ribbon|form|error)\.[a-z_.]+<`)

func TestLanguagesDoNotMix(t *testing.T) {
	e := testEngine(t)
	var wait sync.WaitGroup
	for i := range 40 {
		wait.Go(func() {
			tag := i18n.Tags()[i%len(i18n.Tags())]
			w := httptest.NewRecorder()
			e.Style(w, in(tag, "GET", "/dev/style"))
			if !strings.Contains(w.Body.String(), "<h1>"+i18n.For(tag).T("style.title")) {
				t.Errorf("a page in %s is in another language", tag)
			}
		})
	}
	wait.Wait()
}

func TestHeadHasNoBody(t *testing.T) {
	w := httptest.NewRecorder()
	testEngine(t).Style(w, in("en", "HEAD", "/dev/style"))
	require.Equal(t, http.StatusOK, w.Code)
	require.Zero(t, w.Body.Len())
}

func TestBrokenTemplateIsNeverHalfAPage(t *testing.T) {
	assets, err := LoadAssets()
	require.NoError(t, err)
	e, err := newEngine(fstest.MapFS{
		"layout/a.html": {Data: []byte(`{{define "frame"}}begun {{template "content" .}}{{end}}`)},
		"broken.html":   {Data: []byte(`{{template "frame" .}}{{define "content"}}{{.Missing.Field}}{{end}}`)},
	}, EngineOptions{Assets: assets})
	require.NoError(t, err)
	w := httptest.NewRecorder()
	r := in("bg", "GET", "/")
	e.Render(w, r, http.StatusOK, "broken", NewPage(r, "x"))
	require.Equal(t, http.StatusInternalServerError, w.Code)
	require.NotContains(t, w.Body.String(), "begun")
	require.Contains(t, w.Body.String(), i18n.For("bg").T("error.title.internal"))
}

func TestUnknownPageIsAnError(t *testing.T) {
	w := httptest.NewRecorder()
	r := in("en", "GET", "/")
	testEngine(t).Render(w, r, http.StatusOK, "no-such-page", NewPage(r, "x"))
	require.Equal(t, http.StatusInternalServerError, w.Code)
}

// The Content-Security-Policy forbids all of these; a template that has one would look right in no browser.
var inline = regexp.MustCompile(`(?i)\sstyle="|\son[a-z]+="|<script(?:>|\s+[^>]*>[^<])|<style|javascript:|https?://`)

func TestTemplatesHoldNothingInline(t *testing.T) {
	found := 0
	err := fs.WalkDir(viewFiles, "views", func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(file) != ".html" {
			return err
		}
		found++
		text, err := fs.ReadFile(viewFiles, file)
		require.NoError(t, err)
		require.Empty(t, inline.FindString(string(text)), file)
		return nil
	})
	require.NoError(t, err)
	require.NotZero(t, found)
}

func TestTemplateFunctions(t *testing.T) {
	assets, err := LoadAssets()
	require.NoError(t, err)
	e, err := newEngine(fstest.MapFS{
		"layout/a.html": {Data: []byte(`{{define "a"}}{{end}}`)},
		"zone.html":     {Data: []byte(`{{datetime .At .Zone}}|{{datetime .At "Europe/Sofia"}}|{{datetime .At}}`)},
		"names.html":    {Data: []byte(`{{name .Names}}`)},
		"query.html":    {Data: []byte(`{{query "/list?a=1&b=2" "b" "" "c" "x y"}}`)},
		"icon.html":     {Data: []byte(`{{icon "no-such-icon"}}`)},
		"setting.html":  {Data: []byte(`{{(input nil "a" "A" "tpye" "email").Name}}`)},
		"markdown.html": {Data: []byte(`{{markdown "# A\n\n<b>x</b>"}}`)},
	}, EngineOptions{Assets: assets, Zone: time.FixedZone("", 3600)})
	require.NoError(t, err)
	v := struct {
		Page
		At    time.Time
		Zone  *time.Location
		Names map[string]string
	}{Page{Language: "bg"}, testNow, time.FixedZone("", 7200), map[string]string{"en": "A <b>", "sq": "B"}}
	for page, want := range map[string]string{
		"zone":     "9 март 2026 г., 12:00 ч.|9 март 2026 г., 12:00 ч.|9 март 2026 г., 11:00 ч.",
		"names":    `<span lang="en">A &lt;b&gt;</span>`,
		"query":    "/list?a=1&amp;c=x&#43;y",
		"markdown": "<h2 id=\"t-a\">A</h2>\n<p>x</p>\n",
	} {
		got, err := e.execute(page, page, v)
		require.NoError(t, err)
		require.Equal(t, want, string(got), page)
	}
	for page, says := range map[string]string{"icon": "no icon", "setting": `no setting "tpye"`} {
		_, err := e.execute(page, page, v)
		require.ErrorContains(t, err, says)
	}
}
