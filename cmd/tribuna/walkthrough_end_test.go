package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/internal/walkthrough"
)

func TestWalkthroughThatCannotBeginSaysSoToPrograms(t *testing.T) {
	p := launch(t, map[string]string{"DATABASE_URL": "postgres://a@127.0.0.1:1/b", "TRIBUNA_URL": "http://127.0.0.1:1"}, "walkthrough", "--json", "--data", t.TempDir())
	p.ended(1)
	require.Contains(t, p.output(), `"stages":[]`)
}

func TestWalkthroughEndsWithWhatDiffers(t *testing.T) {
	var out strings.Builder
	require.NoError(t, conclude(&out, walkthrough.Result{Seconds: 43}))
	require.Contains(t, out.String(), "43 s, and everything is as expected")

	out.Reset()
	err := conclude(&out, walkthrough.Result{Differences: []string{"sign-offs: 1, expected 2", "mails delivered: 999, expected 1000"}})
	require.EqualError(t, err, "2 things are not as expected")
	require.Equal(t, 1, exitCode(err))
	require.Equal(t, "  differs: sign-offs: 1, expected 2\n  differs: mails delivered: 999, expected 1000\n", out.String())
}
