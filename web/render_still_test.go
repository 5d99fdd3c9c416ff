package web

import (
	"bytes"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

func TestWordsThatAlwaysStandThereAreWrittenOnce(t *testing.T) {
	views := fstest.MapFS{
		"one.html":        {Data: []byte(`<p title="{{t "responses.pick"}}">{{- t "responses.answer" -}}</p>{{if true}}{{template "shared" .}}{{end}}{{template "args" .}}`)},
		"shared/two.html": {Data: []byte(`{{define "shared"}}{{range .List}}{{icon "check"}}{{t "responses.pick"}}{{else}}{{t "responses.change"}}{{end}}{{end}}{{define "args"}}{{t "responses.round" "Number" 3}}{{end}}`)},
	}
	assets, err := LoadAssets()
	require.NoError(t, err)
	e, err := newEngine(views, EngineOptions{Assets: assets})
	require.NoError(t, err)
	page := e.pages["en"]["one"]
	var out bytes.Buffer
	require.NoError(t, page.Execute(&out, struct{ List []int }{[]int{1}}))
	icon, err := e.icon("check")
	require.NoError(t, err)
	require.Equal(t, `<p title="Choose">Answer</p>`+string(icon)+`ChooseRound 3`, out.String())
	require.Contains(t, page.Lookup("shared").Tree.Root.String(), "Change the answer", "nothing is looked up")
	require.Contains(t, page.Lookup("args").Tree.Root.String(), "responses.round", "what is left open is filled in")
}
