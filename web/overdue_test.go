package web

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tribuna/internal/i18n"
	"tribuna/models"
)

// escalate asks the coordinator to look into a question whose deadline passed two days ago.
func (h *house) escalate(late *models.Task) *models.Task {
	h.t.Helper()
	passed := time.Now().Add(-48 * time.Hour)
	late.DueAt, late.OverdueAt, late.Reminders = passed, &passed, 2
	require.NoError(h.t, late.Save(h.t.Context(), h.db))
	t := h.ask(models.TaskEscalation, h.person("coordinator").ID)
	t.SubjectID = &late.ID
	require.NoError(h.t, t.Save(h.t.Context(), h.db))
	return t
}

func overduePath(escalation *models.Task) string {
	return recommendationPath(escalation.RecommendationID) + "/overdue?task=" + escalation.ID.String()
}

// TestOverduePageSaysAllAndOffersWhatFits: what is late, who was asked, how often reminded; and for every kind of question
// the pages on which it can be settled.
func TestOverduePageSaysAllAndOffersWhatFits(t *testing.T) {
	h := newHouse(t)
	c := h.as("coordinator", "en")
	officer, translator := h.person("officer-khc"), h.person("translator-bg-1")
	home := recommendationPath(h.brief.ID)
	unit := *h.ask(models.TaskSignOff, officer.ID)
	owner := h.brief.OrganisationID
	unit.PersonID, unit.OrganisationID = nil, &owner
	require.NoError(t, unit.Save(t.Context(), h.db))
	publish := h.ask(models.TaskPublish, officer.ID)
	translate := h.ask(models.TaskTranslate, translator.ID)
	var escalations []*models.Task
	for _, of := range []struct {
		late  *models.Task
		who   string
		leads []string
	}{
		{&unit, h.brief.Organisation.Name, []string{home + "/on-behalf?task=" + unit.ID.String(), organisationPath(owner)}},
		{publish, officer.Name, []string{home + "/publish?task=" + publish.ID.String(), personPath(officer.ID) + "/hand-over"}},
		{translate, translator.Name, []string{personPath(translator.ID) + "/hand-over"}},
	} {
		escalation := h.escalate(of.late)
		page := c.get(overduePath(escalation))
		require.Equal(t, http.StatusOK, page.StatusCode, page.Body)
		words := i18n.For("en")
		for _, what := range append(of.leads, of.who, words.N("recommendation.reminders", 2), words.T("recommendation.awaited."+string(of.late.Kind)),
			words.T("overdue.remind.button"), words.T("overdue.extend.button"), words.T("overdue.leave.button")) {
			require.Contains(t, page.Body, what, of.late.Kind)
		}
		escalations = append(escalations, escalation)
	}
	for _, tag := range i18n.Tags() {
		b := h.as("coordinator", tag)
		for _, escalation := range escalations {
			sound(t, b.get(overduePath(escalation)))
		}
	}
}

// TestOverduePageSaysHowItEnded: an escalation that is gone is no dead end.
func TestOverduePageSaysHowItEnded(t *testing.T) {
	h := newHouse(t)
	c := h.as("coordinator", "en")
	late := h.ask(models.TaskPublish, h.person("officer-khc").ID)
	escalation := h.escalate(late)
	ends := func() {
		_, err := models.EndEscalations(t.Context(), h.db, late.ID, time.Now())
		require.NoError(t, err)
	}
	ends()
	words := i18n.For("en")
	shows := func(key string, args ...any) {
		t.Helper()
		body := c.get(overduePath(escalation)).Body
		require.Contains(t, body, words.T(key, args...))
		require.NotContains(t, body, `name="do"`, "nothing is left to decide")
	}
	shows("overdue.over.left")
	late.Extend(models.Wait{}, time.Now().AddDate(0, 0, 9), time.Now(), time.UTC)
	require.NoError(t, late.Save(t.Context(), h.db))
	require.Contains(t, c.get(overduePath(escalation)).Body, "There is more time now")
	late.Close(models.TaskDone, time.Now())
	require.NoError(t, late.Save(t.Context(), h.db))
	require.Contains(t, c.get(overduePath(escalation)).Body, "It was answered on")
	require.Equal(t, http.StatusForbidden, h.as("officer-khc", "en").get(overduePath(escalation)).StatusCode)
}

// looksInto has the coordinator remind of a question, give it more time and find it answered later.
func (c *office) looksInto(late *models.Task) (over func()) {
	c.t.Helper()
	path := overduePath(c.escalate(late))
	action := recommendationPath(c.brief.ID) + "/overdue"
	b, words := c.as("coordinator", "en"), i18n.For("en")
	reminded := b.decideAt(path, url.Values{"do": {"remind"}})
	require.Equal(c.t, path, reminded.Header.Get("Location"), reminded.Body)
	again := b.get(path).Body
	require.Contains(c.t, again, words.N("recommendation.reminders", 3))
	require.Contains(c.t, again, words.T("round.nudge.done_now"), "what this procedure says")
	require.Contains(c.t, again, words.T("overdue.remind.text_now"), "as the page said before")
	past := b.decideAt(path, url.Values{"do": {"extend"}, "due_on": {"2020-01-01"}, "reason": {"The minister resigned."}})
	require.Equal(c.t, http.StatusUnprocessableEntity, past.StatusCode)
	require.Contains(c.t, past.Body, words.T("error.field.not_past"))
	require.Contains(c.t, past.Body, "The minister resigned.", "what was typed stays")
	far := b.decideAt(path, url.Values{"do": {"extend"}, "due_on": {"2035-01-01"}})
	require.Contains(c.t, far.Body, words.T("error.field.too_far"))
	moved := b.decideAt(path, url.Values{"do": {"extend"}, "due_on": {time.Now().AddDate(0, 0, 9).Format(time.DateOnly)}})
	require.Equal(c.t, http.StatusSeeOther, moved.StatusCode, moved.Body)
	require.True(c.t, c.task(late.ID).DueAt.After(time.Now().AddDate(0, 0, 8)))
	require.Contains(c.t, b.get(path).Body, "There is more time now")
	require.Equal(c.t, http.StatusConflict, b.post(action, url.Values{"decision_id": {NewDecisionID()}, "do": {"leave"}, "task": {path[len(path)-36:]}}).StatusCode)
	return func() {
		c.t.Helper()
		require.Contains(c.t, b.get(path).Body, "It was answered on")
	}
}
