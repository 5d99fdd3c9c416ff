package web

import (
	"html"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/internal/i18n"
)

// TestWhatIsWrongWithAStepIsCalledAsItsFormCallsIt: elsewhere a title is a title, here it is what a step is about.
func TestWhatIsWrongWithAStepIsCalledAsItsFormCallsIt(t *testing.T) {
	h := newHouse(t)
	h.published()
	campaign := h.campaignOf(h.as("officer-khc", "en"), "Spring")
	path := campaign + "/steps/new"
	for _, tag := range i18n.Tags() {
		l, b := i18n.For(tag), h.as("officer-khc", tag)
		f := filled(t, b.get(path+"?kind=call").Body, path)
		f.Set("title", "")
		f.Set("day", "2099-05-04")
		wrong := b.post(path, f)
		require.Equal(t, http.StatusUnprocessableEntity, wrong.StatusCode)
		sound(t, wrong)
		require.Contains(t, html.UnescapeString(wrong.Body), `<a href="#f-title">`+l.T("campaign.step_title")+": ")
	}
}
