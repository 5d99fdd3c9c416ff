package web

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tribuna/internal/demo"
	"tribuna/internal/i18n"
	"tribuna/models"
)

// looksAtConsultation sees in every language what a partner is about to send, goes back to change it, looks again, and returns the form
// that sends it.
func (o *office) looksAtConsultation(t *testing.T, path string, f url.Values) url.Values {
	t.Helper()
	f.Set("do", "look")
	var look answer
	for _, tag := range i18n.Tags() {
		l := i18n.For(tag)
		look = looks(t, o.as("partner-cyi", tag), path+"/consultation", f)
		sound(t, look)
		unsaid(t, look)
		for _, words := range []string{l.T("summary.title"), "На два реда.", "Добавете срок.", "Centre for Youth Integration Serbia", o.person("partner-cyi").Name,
			l.T("summary.in_name"), l.T("review.send_consultation"), l.T("summary.kept") + " " + l.T("asked.label.until") + ": <span"} {
			require.Contains(t, look.Body, words, tag)
		}
		require.NotContains(t, look.Body, l.T("summary.naming"), "nobody chooses how an organisation is named")
	}
	b := o.as("partner-cyi", "bg")
	back := form(t, look.Body, path+"/consultation")
	back.Set("do", "change")
	again := looks(t, b, path+"/consultation", back)
	f = filled(t, again.Body, path+"/consultation")
	require.Equal(t, "Добавете срок.", f.Get("comment-5"), "what was typed is there still")
	f.Set("do", "look")
	return form(t, looks(t, b, path+"/consultation", f).Body, path+"/consultation")
}

// changesConsultation opens the form with what was sent in it: it is sent again only by who says that they are sure.
func (o *office) changesConsultation(t *testing.T, path string) {
	t.Helper()
	b := o.as("partner-cyi", "en")
	f := filled(t, b.get(path).Body, path+"/consultation")
	f.Set("reasons", "Changed.")
	f.Set("do", "look")
	look := looks(t, b, path+"/consultation", f)
	require.Contains(t, look.Body, i18n.For("en").T("review.send_changed"))
	f = form(t, look.Body, path+"/consultation")
	f.Set("do", "send")
	refused := b.post(path+"/consultation", f)
	require.Equal(t, http.StatusUnprocessableEntity, refused.StatusCode, "the box is not ticked")
	require.Contains(t, refused.Body, `id="f-sure-error"`)
	f = form(t, refused.Body, path+"/consultation")
	f.Set("do", "send")
	f.Set("sure", "yes")
	require.Equal(t, http.StatusSeeOther, b.post(path+"/consultation", f).StatusCode)
	reviews, err := models.Reviews(t.Context(), o.db, o.brief.ID, 1)
	require.NoError(t, err)
	require.Len(t, reviews, 1)
	require.Equal(t, "Changed.", reviews[0].Reasons)
}

// TestPagesSayWhichTimeOfAConsultationIsWhich: the deadline, and until when a late comment is taken, at the desk of the round and where it
// is decided, in every language.
func TestPagesSayWhichTimeOfAConsultationIsWhich(t *testing.T) {
	h := newHouse(t)
	h.reviewing("expert-02")
	now := h.server.Now()
	partner := demo.ID("organisation", "cyi")
	task := &models.Task{ID: models.NewID(), ProcessID: h.brief.ID, RecommendationID: h.brief.ID, Kind: models.TaskConsult, Round: 1, OrganisationID: &partner, Alone: true,
		VersionID: h.brief.CurrentVersionID, State: models.TaskOpen, OpenedAt: now, DueAt: now.Add(40 * time.Minute), GraceUntil: now.Add(70 * time.Minute), Generation: 1}
	require.NoError(t, task.Insert(t.Context(), h.db))
	decide := h.ask(models.TaskDecideReview, h.person("officer-khc").ID)
	zone, err := h.server.zoneOf(t.Context(), h.person("officer-khc"))
	require.NoError(t, err)
	for _, tag := range i18n.Tags() {
		b, l := h.as("officer-khc", tag), i18n.For(tag)
		page := b.get(recommendationPath(h.brief.ID) + "/decide-review?task=" + decide.ID.String())
		sound(t, page)
		require.Contains(t, page.Body, l.Moment(task.DueAt, zone), tag)
		require.Contains(t, page.Body, l.Moment(task.GraceUntil, zone), tag)
		desk := b.get(recommendationPath(h.brief.ID) + "/round")
		sound(t, desk)
		require.Contains(t, desk.Body, l.T("round.late_until", "When", l.Moment(task.GraceUntil, zone)), tag)
	}
}
