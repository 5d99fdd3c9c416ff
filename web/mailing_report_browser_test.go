package web

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"tribuna/internal/i18n"
)

// TestTheReportOfAMailingInABrowser shows the report, all of it unfolded, and the page that asks before the rest is written to, in
// every language: nobody has to move them sideways on a phone, nothing is in the way of who reads by ear or by keyboard, and the
// report can be printed.
func TestTheReportOfAMailingInABrowser(t *testing.T) {
	h := newHouse(t)
	b := newBrowser(t)
	h.publish()
	m, _ := h.sentMailing()
	require.NoError(t, chromedp.Run(b.ctx, h.signIn("coordinator")))
	for _, tag := range i18n.Tags() {
		b.printsPage(t, h, tag, mailingPath(m.ID)+"/report") // has the pages speak the language from here on
		for _, page := range []string{"/report", "/rest"} {
			b.inspect(t, h.front.URL+mailingPath(m.ID)+page, fewLooks)
		}
	}
	require.Empty(t, b.complaints)
}
