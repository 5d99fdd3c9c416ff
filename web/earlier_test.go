package web

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/demo"
	"tribuna/internal/i18n"
	"tribuna/models"
)

// secondRound has the brief of roundCommented revised and asks experts about it anew.
func (h *house) secondRound(slugs ...string) map[string]*models.Task {
	h.t.Helper()
	h.rewrite(func(d *models.Draft) {
		d.Body += "\n\nA paragraph that came later."
		d.Measures[0].Text += " At once."
		d.Note = "It says when."
	})
	var err error
	h.brief, err = models.RecommendationByID(h.t.Context(), h.db, h.brief.ID)
	require.NoError(h.t, err)
	h.brief.Round = 2
	h.enter(models.StageReview)
	now := time.Now()
	round := &models.ReviewRound{RecommendationID: h.brief.ID, Number: 2, VersionID: *h.brief.CurrentVersionID, Invited: []uuid.UUID{}, Reserve: []uuid.UUID{},
		Enough: 1, DueAt: now.AddDate(0, 0, 9), OpenedAt: &now}
	require.NoError(h.t, round.Insert(h.t.Context(), h.db))
	asked := map[string]*models.Task{}
	for _, slug := range slugs {
		asked[slug] = h.askedIn(2, h.ask(models.TaskReview, h.person(slug).ID))
	}
	return asked
}

// askedIn puts a question into a round.
func (h *house) askedIn(round int, task *models.Task) *models.Task {
	h.t.Helper()
	task.Round = round
	require.NoError(h.t, task.Save(h.t.Context(), h.db))
	return task
}

// linked is who came by the personal link of a question.
func (h *house) linked(task *models.Task, person uuid.UUID, tag string) *reader {
	h.t.Helper()
	b := h.public(tag)
	b.header.Set("Cookie", linkCookie+"="+strings.TrimPrefix(h.linkFor(task, person), "/l/")+"; "+languageCookie+"="+tag)
	return b
}

func (h *house) answered(slug string) *models.Task {
	h.t.Helper()
	task := new(models.Task)
	require.NoError(h.t, h.db.NewSelect().Model(task).Where("t.kind = 'review' AND t.person_id = ? AND t.state = 'done'", h.person(slug).ID).Scan(h.t.Context()))
	return task
}

// TestWhoIsAskedAgainReadsWhatChangedAndWhatTheySaidBefore in every language, and what became of it once that is told.
func TestWhoIsAskedAgainReadsWhatChangedAndWhatTheySaidBefore(t *testing.T) {
	h := newHouse(t).roundCommented(models.CommentPayload{Block: 0, Body: "Name the *ministry*."})
	h.decided().answersAll("not_accepted", "The law says **otherwise**.")
	task, expert := h.secondRound("expert-02")["expert-02"], h.person("expert-02")
	path := taskPath(task.ID)
	for _, told := range []bool{false, true} {
		if told {
			_, status := h.sendsOutcome(nil)
			require.Equal(t, http.StatusSeeOther, status)
		}
		standing := h.standing()
		for _, tag := range i18n.Tags() {
			b, l := h.linked(task, expert.ID, tag), i18n.For(tag)
			asked := b.get(path)
			sound(t, asked)
			_, notice, _ := strings.Cut(asked.Body, `id="again"`)
			notice, _, _ = strings.Cut(notice, "</h2>")
			require.Contains(t, notice, l.T("mail.again.lead", "Round", "2"))
			require.Contains(t, asked.Body, `href="`+path+`/changes"`)
			require.Contains(t, asked.Body, `href="`+path+`/earlier"`)

			changes := b.get(path + "/changes")
			require.Equal(t, http.StatusOK, changes.StatusCode)
			sound(t, changes)
			unsaid(t, changes)
			require.Contains(t, changes.Body, l.T("earlier.changes", "Round", "1"))
			require.Contains(t, changes.Body, `</span> A paragraph that came later.</ins>`)
			require.Contains(t, changes.Body, "It says when.")
			require.Contains(t, changes.Body, `href="`+path+`?kept=continue"`, "and back to the form, with the words that were typed into it")

			earlier := b.get(path + "/earlier")
			require.Equal(t, http.StatusOK, earlier.StatusCode)
			sound(t, earlier)
			unsaid(t, earlier)
			for _, said := range []string{"It costs more.", "ministry", l.T("earlier.title"), `href="` + path + `/changes"`, `href="` + path + `?kept=continue"`} {
				require.Contains(t, earlier.Body, said)
			}
			require.Contains(t, earlier.Body, `<blockquote class="remark-quote"`, "what it is about, as it read then")
			require.NotContains(t, earlier.Body, "Who pays?", "a partner's comment")
			require.Equal(t, told, strings.Contains(earlier.Body, "<strong>otherwise</strong>"), "nothing is told here before it is told")
			require.Equal(t, told, !strings.Contains(earlier.Body, l.T("earlier.not_told")))
			for _, page := range []answer{changes, earlier} {
				require.NotContains(t, page.Body, h.person("partner-cyi").Name)
			}
		}
		h.stands(standing)
	}
}

// TestWhatWasTypedStaysWhileOneLooksBack: the form keeps it, and the way back goes on with it.
func TestWhatWasTypedStaysWhileOneLooksBack(t *testing.T) {
	h := newHouse(t).roundCommented().decided()
	task := h.secondRound("expert-02")["expert-02"]
	b, path := h.linked(task, *task.PersonID, "en"), taskPath(task.ID)
	f := form(t, b.get(path).Body, path+"/review")
	f.Set("reasons", "Words that I had typed.")
	f.Set("do", "keep")
	require.Equal(t, http.StatusSeeOther, b.post(path+"/review", f).StatusCode)
	for _, page := range []string{"/changes", "/earlier"} {
		_, back, _ := strings.Cut(b.get(path+page).Body, `<p class="eyebrow"><a href="`)
		back, _, _ = strings.Cut(back, `"`)
		require.Equal(t, path+"?kept=continue", back)
		require.Contains(t, b.get(back).Body, ">Words that I had typed.</textarea>")
	}
}

// TestWhoElseReadsWhatChanged: everybody asked in the round, and nobody's answers but their own.
func TestWhoElseReadsWhatChanged(t *testing.T) {
	h := newHouse(t).roundCommented(models.CommentPayload{Block: 0, Body: "Name the ministry."}).decided()
	tasks := h.secondRound("expert-02", "expert-12")
	first, again, alternate := h.answered("expert-02"), tasks["expert-02"], tasks["expert-12"]
	path := taskPath(alternate.ID)
	b := h.linked(alternate, *alternate.PersonID, "en")
	asked := b.get(path)
	require.Contains(t, asked.Body, path+"/changes")
	require.NotContains(t, asked.Body, "/earlier", "who was not asked before has nothing to look back at")
	changes := b.get(path + "/changes")
	require.Equal(t, http.StatusOK, changes.StatusCode)
	require.Contains(t, changes.Body, "A paragraph that came later.")
	require.NotContains(t, changes.Body, "/earlier")
	require.Equal(t, http.StatusNotFound, b.get(path+"/earlier").StatusCode)

	round1 := h.linked(first, *first.PersonID, "en")
	for _, page := range []string{"", "/thanks"} {
		require.NotContains(t, round1.get(taskPath(first.ID)+page).Body, "/changes", "a first round has none before it")
	}
	for _, page := range []string{"/changes", "/earlier"} {
		require.Equal(t, http.StatusNotFound, round1.get(taskPath(first.ID)+page).StatusCode)
		for who, status := range map[string]int{"officer-khc": http.StatusForbidden, "coordinator": http.StatusForbidden, "officer-tdh": http.StatusNotFound,
			"partner-cyi": http.StatusNotFound, "expert-01": http.StatusNotFound, "reader": http.StatusNotFound} {
			require.Equal(t, status, h.as(who, "en").get(taskPath(again.ID)+page).StatusCode, who+page)
		}
		for _, b := range []*reader{h.public("en"), b} {
			got := b.get(taskPath(again.ID) + page)
			require.NotEqual(t, http.StatusOK, got.StatusCode)
			require.NotContains(t, got.Body, "came later")
		}
	}

	h.end(alternate, models.TaskCancelled)
	withdrawn := b.get(path + "/changes")
	require.NotEqual(t, http.StatusOK, withdrawn.StatusCode, "an invitation that was taken back shows nothing of the text")
	require.NotContains(t, withdrawn.Body, "came later")
	theirs := h.linked(again, *again.PersonID, "en")
	require.Equal(t, http.StatusOK, theirs.get(taskPath(again.ID)+"/earlier").StatusCode)
	require.NoError(t, models.RevokeLinks(t.Context(), h.db, again.ID))
	for _, page := range []string{"/changes", "/earlier"} {
		ended := theirs.get(taskPath(again.ID) + page)
		require.Contains(t, []int{http.StatusGone, http.StatusSeeOther, http.StatusUnauthorized}, ended.StatusCode)
		require.NotContains(t, ended.Body, "Name the ministry.")
	}
}

// TestWhatWasSaidForAnOrganisationIsReadByWhoSaidIt: a colleague who speaks for it now reads what changed, and not that.
func TestWhatWasSaidForAnOrganisationIsReadByWhoSaidIt(t *testing.T) {
	h := newHouse(t).roundCommented().decided()
	asked := demo.ID("organisation", "cyi")
	h.exec(`UPDATE tasks SET person_id = NULL, organisation_id = ? WHERE kind = 'consult' AND recommendation_id = ?`, asked, h.brief.ID)
	h.secondRound()
	task := h.ask(models.TaskConsult, h.person("partner-cyi").ID)
	h.exec(`UPDATE tasks SET person_id = NULL, organisation_id = ?, round = 2 WHERE id = ?`, asked, task.ID)
	b, path := h.linked(task, h.person("partner-cyi").ID, "en"), taskPath(task.ID)
	require.Contains(t, b.get(path).Body, path+"/earlier")
	earlier := b.get(path + "/earlier")
	require.Equal(t, http.StatusOK, earlier.StatusCode)
	sound(t, earlier)
	require.Contains(t, earlier.Body, "=Who pays?")
	require.NotContains(t, earlier.Body, "It costs more.", "an expert's")
	require.Equal(t, http.StatusOK, b.get(path+"/changes").StatusCode)

	h.exec(`UPDATE reviews SET person_id = ? WHERE organisation_id = ?`, h.person("officer-tdh").ID, asked)
	require.NotContains(t, b.get(path).Body, "/earlier")
	require.Equal(t, http.StatusNotFound, b.get(path+"/earlier").StatusCode)
	require.Equal(t, http.StatusOK, b.get(path+"/changes").StatusCode)
}
