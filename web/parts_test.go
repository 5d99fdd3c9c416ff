package web

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"tribuna/internal/apperr"
	"tribuna/internal/i18n"
)

func TestAssets(t *testing.T) {
	assets, err := LoadAssets()
	require.NoError(t, err)
	css, err := assets.Path("app.css")
	require.NoError(t, err)
	get := func(path, encoding string) *httptest.ResponseRecorder {
		r := httptest.NewRequest("GET", path, nil)
		r.Header.Set("Accept-Encoding", encoding)
		w := httptest.NewRecorder()
		assets.ServeHTTP(w, r)
		return w
	}
	plain, zipped := get(css, "identity"), get(css, "br, gzip")
	require.Equal(t, "public, max-age=31536000, immutable", plain.Header().Get("Cache-Control"))
	require.Equal(t, "text/css; charset=utf-8", plain.Header().Get("Content-Type"))
	require.Equal(t, "gzip", zipped.Header().Get("Content-Encoding"))
	require.Less(t, zipped.Body.Len(), 30*1024, "the stylesheet stays small")
	unzip, err := gzip.NewReader(bytes.NewReader(zipped.Body.Bytes()))
	require.NoError(t, err)
	text, err := io.ReadAll(unzip)
	require.NoError(t, err)
	require.Equal(t, plain.Body.String(), string(text))
	require.Empty(t, get(css, "gzip;q=0").Header().Get("Content-Encoding"))
	require.Equal(t, "public, max-age=3600", get("/static/favicon.svg", "").Header().Get("Cache-Control"))
	for _, path := range []string{css + ".gz", "/static/dist/manifest.json", "/static/../page.go", "/static/", "/static/dist"} {
		require.Equal(t, http.StatusNotFound, get(path, "").Code, path)
	}
	_, err = assets.Path("app.exe")
	require.Error(t, err)
}

func TestAssetsNotBuilt(t *testing.T) {
	_, err := loadAssets(fstest.MapFS{"favicon.svg": {}})
	require.ErrorContains(t, err, "make assets")
}

func TestFormBlame(t *testing.T) {
	form := NewForm(url.Values{"title": {"typed"}})
	err := apperr.Invalid("title", "too_long", "max", 200).And("measures[1].text", "required")
	require.True(t, form.Blame(err, i18n.For("bg")))
	require.Equal(t, i18n.For("bg").T("error.field.too_long", "max", 200), form.Error("title"))
	require.Equal(t, "typed", form.Value("title"))
	require.Equal(t, "f-measures-1-text", form.Errors[1].ID())
	require.False(t, form.Blame(errors.New("other"), i18n.For("bg")))
	require.False(t, form.Blame(apperr.New(apperr.CodeForbidden), i18n.For("bg")))
}

func TestInput(t *testing.T) {
	form := NewForm(url.Values{"kind": {"brief"}})
	form.Errors = []FieldError{{Name: "kind", Text: "No."}}
	in, err := newInput(form, "kind", "Kind", "help", "Choose.", "value", "letter")
	require.NoError(t, err)
	require.Equal(t, "brief", in.Value, "what was typed stays")
	require.Equal(t, "f-kind-help f-kind-error", in.DescribedBy())
	require.True(t, in.Chosen("brief"))
	require.False(t, in.Chosen("letter"))
	fresh, err := newInput(NewForm(nil), "kind", "Kind", "value", "letter")
	require.NoError(t, err)
	require.True(t, fresh.Chosen("letter"))
	_, err = newInput(form, "kind", "Kind", "rows", "many")
	require.ErrorContains(t, err, `"rows" cannot be string`)
}

func TestRibbon(t *testing.T) {
	r := NewRibbon("signoff", "translation")
	var states []StepState
	for _, s := range r.Steps {
		states = append(states, s.State)
	}
	require.Equal(t, []StepState{StepDone, StepDone, StepSkipped, StepNow, StepNext, StepNext, StepNext}, states)
	require.Equal(t, 4, r.Position())
	require.Equal(t, "signoff", r.Now().Stage)
	require.Nil(t, r.Step("lunch"))

	require.Equal(t, StepNext, NewRibbon("").Steps[0].State)
	done := NewRibbon("closed")
	require.Nil(t, done.Now())
	require.Equal(t, StepDone, done.Steps[6].State)
	require.Equal(t, 7, done.Position())
}

func TestProgress(t *testing.T) {
	require.Equal(t, 33, Progress{Done: 1, Total: 3}.Percent())
	require.Equal(t, 0, Progress{}.Percent())
	require.Equal(t, 100, Progress{Done: 5, Total: 3}.Percent())
}
