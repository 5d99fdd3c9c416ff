package web

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/internal/i18n"
	"tribuna/models"
)

func TestPagesSayWhatHappened(t *testing.T) {
	h := newHouse(t)
	b, l := h.as("officer-khc", "en"), i18n.For("en")
	home := recommendationPath(h.brief.ID)
	edit := home + "/edit"

	f := filled(t, b.get(edit).Body, edit)
	f.Set("do", "save")
	f.Set("needed_by", "2030-01-31")
	require.Equal(t, http.StatusSeeOther, b.post(edit, f).StatusCode)
	saved := b.get(home).Body
	require.Contains(t, saved, l.T("draft.saved_beside", "Number", 1), "the text did not change")
	require.Regexp(t, `Addressed to:[^<]*[^(]*\((Bulgaria|Croatia)\)`, saved, "there is such a ministry in every country")

	old := filled(t, b.get(edit).Body, edit)
	h.rewrite(func(d *models.Draft) { d.Body = "Theirs, saved." })
	old.Set("do", "save")
	old.Set("body", "Mine.")
	conflict := b.post(edit, old)
	require.Equal(t, http.StatusPreconditionFailed, conflict.StatusCode)
	require.Regexp(t, `Saved by [^<]+ on \d+ \w+ \d{4}, \d\d:\d\d`, conflict.Body)

	old.Set("consulted[0].people", "Care leavers")
	old.Set("consulted[0].method", "")
	unsaid := b.post(edit, old)
	require.Equal(t, http.StatusUnprocessableEntity, unsaid.StatusCode)
	require.Contains(t, unsaid.Body, "How they were asked – group 1")

	nonsense := h.public("en").get("/l/nonsense")
	require.Contains(t, nonsense.Body, l.T("error.link_damaged"))
	h.publish()
	public := "/published/" + h.brief.Slug
	require.Contains(t, b.get(public).Body, l.T("layout.to_desk"), "who is signed in finds the way back")
	require.NotContains(t, h.public("en").get(public).Body, l.T("layout.to_desk"))
}
