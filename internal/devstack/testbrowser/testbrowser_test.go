package testbrowser_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"tribuna/internal/devstack/testbrowser"
)

func TestMain(m *testing.M) {
	code := m.Run()
	testbrowser.Stop()
	os.Exit(code)
}

// A picture without words is critical, a word in light grey serious; a heading too far down is neither.
const bad = `<!doctype html><html lang="en"><title>Bad</title><main><h4>Deep</h4><img src="data:,">
	<p style="color: #bbb; background: #fff">hardly to be read</p></main></html>`

func TestBarriersAreFoundInWindowsOfTheirOwn(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser is not for the short tests")
	}
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		http.SetCookie(w, &http.Cookie{Name: "seen", Value: "yes"})
		_, _ = w.Write([]byte(bad))
	}))
	t.Cleanup(site.Close)
	one, other := testbrowser.Window(t), testbrowser.Window(t)
	require.NoError(t, chromedp.Run(one, chromedp.Navigate(site.URL)))
	for range 2 {
		found, err := testbrowser.Barriers(one)
		require.NoError(t, err)
		require.Len(t, found, 2)
		require.Regexp(t, "^color-contrast: .*hardly", found[0])
		require.Regexp(t, "^image-alt: ", found[1])
	}

	var mine, theirs string
	require.NoError(t, chromedp.Run(one, chromedp.Evaluate(`document.cookie`, &mine)))
	require.NoError(t, chromedp.Run(other, chromedp.Navigate(site.URL+"/#"), chromedp.Evaluate(`document.cookie = "other=yes"; document.cookie`, &theirs)))
	require.Equal(t, "seen=yes", mine)
	require.NoError(t, chromedp.Run(one, chromedp.Evaluate(`document.cookie`, &mine)))
	require.Equal(t, "seen=yes", mine, "a window knows no other's cookies")
	require.Contains(t, theirs, "other=yes")
}
