package web

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

func TestAPageBorrowsWhatItLeadsToAndNoMore(t *testing.T) {
	assets, err := LoadAssets()
	require.NoError(t, err)
	e, err := newEngine(fstest.MapFS{
		"layout/a.html": {Data: []byte(`{{define "frame"}}[{{with .Title}}{{template "title" .}}{{else}}{{template "untitled"}}{{end}}` +
			`{{range 2}}{{template "each"}}{{end}}{{block "foot" .}}foot{{end}}]{{end}}{{define "title"}}<b>{{.}}</b>{{end}}{{define "untitled"}}none{{end}}`)},
		"parts/b.html": {Data: []byte(`{{define "each"}}.{{if false}}{{template "each"}}{{end}}{{end}}{{define "alone"}}{{template "each"}}{{end}}`)},
		"plain.html":   {Data: []byte(`{{template "frame" .}}`)},
		"own.html":     {Data: []byte(`{{template "frame" .}}{{define "foot"}}own {{template "alone"}}{{end}}`)},
	}, EngineOptions{Assets: assets})
	require.NoError(t, err)
	for page, want := range map[string]string{"plain": "[<b>A &amp; B</b>..foot]", "own": "[<b>A &amp; B</b>..own .]"} {
		w, r := httptest.NewRecorder(), in("en", "GET", "/")
		e.Render(w, r, http.StatusOK, page, NewPage(r, "A & B"))
		require.Equal(t, want, w.Body.String())
	}
	for name, has := range map[string]bool{"frame": true, "title": true, "untitled": true, "each": true, "foot": true, "alone": false} {
		require.Equal(t, has, e.pages["en"]["plain"].Lookup(name) != nil, name)
	}
	require.NotSame(t, e.pages["en"]["plain"].Lookup("title").Tree, e.pages["en"]["own"].Lookup("title").Tree, "escaping changes a tree")
}
