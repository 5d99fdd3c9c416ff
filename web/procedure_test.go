package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/models"
)

// procedureFields are the values of a procedure's form as it stands.
func (h *house) procedureFields(slug string) url.Values {
	h.t.Helper()
	p, err := models.ProcedureBySlug(h.t.Context(), h.db, slug)
	require.NoError(h.t, err)
	form, err := procedureForm{newest: *p}.asItStands()
	require.NoError(h.t, err)
	return form.Values
}

func TestProcedureReadsAsSentencesInEveryLanguage(t *testing.T) {
	h := newHouse(t)
	require.Equal(t, http.StatusForbidden, h.as("officer-khc", "en").get(proceduresPath).StatusCode)
	c := h.as("coordinator", "en")
	page := c.get(proceduresPath + "/default")
	for _, says := range []string{"10 working days", "7 days and 2 days before the deadline; once 2 days after it", "7 working days and 12 working days after being asked", "Who is silent is replaced by the next in line.",
		"At least one organisation has to approve", "The lead organisation is asked in place of a missing partner.", "It is offered first and cannot be removed."} {
		require.Contains(t, page.Body, says)
	}
	require.NotContains(t, page.Body, proceduresPath+"/default/remove")
	require.Contains(t, c.get(proceduresPath+"/"+h.procedureOfBrief().Slug).Body, "/recommendations/"+h.brief.ID.String(), "what goes by it")
	for _, tag := range []string{"en", "bg", "sq", "ro", "sr-Latn"} {
		b := h.as("coordinator", tag)
		for _, path := range []string{"", "/default", "/default/edit", "/default/yaml", "/fast/copy", "/fast/remove"} {
			got := b.get(proceduresPath + path)
			require.Equal(t, http.StatusOK, got.StatusCode, path)
			require.NotContains(t, got.Body, "procedure.says.", "%s in %s", path, tag)
			require.NotContains(t, got.Body, "procedure.choice.", "%s in %s", path, tag)
		}
	}
	require.Equal(t, http.StatusNotFound, c.get(proceduresPath+"/none").StatusCode)
	require.Equal(t, http.StatusNotFound, c.get(proceduresPath+"/default?version=9").StatusCode)
}

func (h *house) procedureOfBrief() *models.Procedure {
	h.t.Helper()
	p, err := models.ProcedureByID(h.t.Context(), h.db, h.brief.ProcedureID)
	require.NoError(h.t, err)
	return p
}

func TestProcedureFormMakesTheNextVersion(t *testing.T) {
	h := newHouse(t)
	c, form := h.as("coordinator", "en"), h.procedureFields("fast")
	form.Set("review.enough", "two")
	form.Set("review.remind_after", "soon")
	form.Del("names.en")
	bad := c.post(proceduresPath+"/fast/edit", form)
	require.Equal(t, http.StatusUnprocessableEntity, bad.StatusCode)
	for _, blamed := range []string{"f-review-enough", "f-review-remind_after", "f-names-en"} {
		require.Contains(t, bad.Body, `href="#`+blamed+`"`)
	}
	require.Contains(t, bad.Body, `value="two"`, "what was typed stays")

	form = h.procedureFields("fast")
	form.Set("review.enough", "7")
	require.Equal(t, http.StatusSeeOther, c.post(proceduresPath+"/fast/edit", form).StatusCode)
	p, err := models.ProcedureBySlug(t.Context(), h.db, "fast")
	require.NoError(t, err)
	require.Equal(t, [2]int{2, 7}, [2]int{p.Version, p.Document.Review.Enough})
	require.Contains(t, c.get(proceduresPath+"/fast?version=2&compare=1").Body, "What version 2 changed against version 1")
	require.Contains(t, withoutLinks.ReplaceAllString(c.get("/administration/journal").Body, ""), "changed the procedure Fast procedure for demonstrations: version 2")

	form.Set("review.enough", "8") // still seen from version 1
	late := c.post(proceduresPath+"/fast/edit", form)
	require.Equal(t, http.StatusPreconditionFailed, late.StatusCode)
	require.Contains(t, late.Body, "What somebody else changed meanwhile")
	require.Contains(t, late.Body, `name="base" value="2"`)

	same := h.procedureFields("fast")
	require.Equal(t, http.StatusSeeOther, c.post(proceduresPath+"/fast/edit", same).StatusCode)
	p, err = models.ProcedureBySlug(t.Context(), h.db, "fast")
	require.NoError(t, err)
	require.Equal(t, 2, p.Version, "nothing was changed")
}

// TestProcedureFormCountsInUnits says lengths of time as people do; what is stored is as the text has it.
func TestProcedureFormCountsInUnits(t *testing.T) {
	h := newHouse(t)
	c := h.as("coordinator", "en")
	page := c.get(proceduresPath + "/default/edit").Body
	require.Regexp(t, `(?s)name="sign_off.remind_after" value="7, 12".*?<select class="form-select" name="sign_off.remind_after.unit"[^>]*>.*?value="wd" selected>working days`, page)
	require.NotContains(t, page, ">seconds</option>", "nobody means them")
	require.Contains(t, c.get(proceduresPath+"/fast/edit").Body, `<option value="s" selected>seconds</option>`, "where they stand they stay")

	form := h.procedureFields("default")
	for name, value := range map[string]string{"review.due": "3", "review.due.unit": "w", "review.respond": "36", "review.respond.unit": "h",
		"review.remind_before": "", "review.remind_late": "", "review.respond_remind_after": "",
		"review.remind_after": "1 ;4", "review.remind_after.unit": "d", "review.late_for": "", "sign_off.remind_after": "2d, 12wd"} {
		form.Set(name, value)
	}
	saved := c.post(proceduresPath+"/default/edit", form)
	require.Equal(t, http.StatusSeeOther, saved.StatusCode, saved.Body)
	p, err := models.ProcedureBySlug(t.Context(), h.db, "default")
	require.NoError(t, err)
	require.Equal(t, models.Wait{Due: "21d", RemindAfter: []models.Span{"1d", "4d"}}, p.Document.Review.Wait)
	require.Equal(t, models.Span("36h"), p.Document.Review.Respond)
	require.Equal(t, []models.Span{"2d", "12wd"}, p.Document.SignOff.RemindAfter)
	require.Contains(t, c.get(proceduresPath+"/default/edit").Body, `name="sign_off.remind_after" value="2d, 12wd"`, "what shares no unit is shown as it is written")

	form = h.procedureFields("default")
	for name, value := range map[string]string{"review.respond": "5", "review.respond.unit": "w", "sign_off.quorum": "99", "sign_off.remind_after": "20, 12",
		"sign_off.remind_after.unit": "wd", "publication.deliver.due": "ten"} {
		form.Set(name, value)
	}
	bad := c.post(proceduresPath+"/default/edit", form)
	require.Equal(t, http.StatusUnprocessableEntity, bad.StatusCode)
	for _, says := range []string{`href="#f-review-respond"`, "must not be longer than the time to answer", `href="#f-sign_off-remind_after"`,
		"when the time to answer is over", `href="#f-publication-deliver-due"`, "a whole number, and choose what is counted",
		`name="review.respond" value="5"`, `<option value="w" selected>weeks</option>`, `name="publication.deliver.due" value="ten"`} {
		require.Contains(t, bad.Body, says)
	}
	form = h.procedureFields("default")
	form.Set("sign_off.quorum", "99")
	require.Contains(t, c.post(proceduresPath+"/default/edit", form).Body, "There are fewer votes in the network than that: 4.")
	text := strings.Replace(form.Get("document"), "quorum: 2", "quorum: 99", 1)
	require.Contains(t, c.post(proceduresPath+"/default/yaml", url.Values{"base": {"2"}, "names.en": {"Ours"}, "document": {text}}).Body, "There are fewer votes", "and as text")
}

func TestAnEarlierVersionIsMadeTheCurrentOneAgain(t *testing.T) {
	h := newHouse(t)
	c, form := h.as("coordinator", "en"), h.procedureFields("fast")
	require.NotContains(t, c.get(proceduresPath+"/fast").Body, "/restore", "there is nothing to go back to")
	form.Set("review.enough", "7")
	require.Equal(t, http.StatusSeeOther, c.post(proceduresPath+"/fast/edit", form).StatusCode)

	restore := proceduresPath + "/fast/restore?version=1"
	require.Contains(t, c.get(proceduresPath+"/fast").Body, `href="`+restore+`"`)
	old := c.get(proceduresPath + "/fast?version=1").Body
	require.Contains(t, old, `href="`+restore+`"`)
	require.Contains(t, old, proceduresPath+"/fast?version=2&amp;compare=1#changes")
	asked := c.get(restore).Body
	require.Regexp(t, `(?s)Answers that are enough.*7.*2`, asked)
	require.Contains(t, asked, "saved as version 3")
	require.Contains(t, c.get(proceduresPath+"/fast/restore?version=2").Body, "nothing to bring back")
	require.Equal(t, http.StatusNotFound, c.get(proceduresPath+"/fast/restore?version=9").StatusCode)

	require.Equal(t, http.StatusPreconditionFailed, c.post(restore, url.Values{"base": {"1"}}).StatusCode, "it was changed since it was looked at")
	require.Equal(t, http.StatusSeeOther, c.post(restore, url.Values{"base": {"2"}}).StatusCode)
	p, err := models.ProcedureBySlug(t.Context(), h.db, "fast")
	require.NoError(t, err)
	require.Equal(t, [2]int{3, 2}, [2]int{p.Version, p.Document.Review.Enough})
	require.Contains(t, plainWords(c.get("/administration/journal").Body), "made version 1 of the procedure "+p.Names["en"]+" the current one again: version 3")

	_, err = h.db.NewRaw(`UPDATE procedures SET document = jsonb_set(document, '{review,respond}', '"30d"') WHERE slug = 'fast' AND version = 2`).Exec(t.Context())
	require.NoError(t, err)
	unfit := c.post(proceduresPath+"/fast/restore?version=2", url.Values{"base": {"3"}})
	require.Equal(t, http.StatusUnprocessableEntity, unfit.StatusCode)
	require.Contains(t, unfit.Body, "Time for an expert to react: This must not be longer than the time to answer.")
}

func TestProcedureAsTextGoesByTheSameRules(t *testing.T) {
	h := newHouse(t)
	c, form := h.as("coordinator", "en"), h.procedureFields("fast")
	good := form.Get("document")
	form.Set("document", strings.Replace(good, "grace:", "grase:", 1))
	bad := c.post(proceduresPath+"/fast/yaml", form)
	require.Equal(t, http.StatusUnprocessableEntity, bad.StatusCode)
	require.Regexp(t, `<a href="#f-document">Line \d+, review.grase: There is no rule of this name.</a>`, bad.Body)
	require.Contains(t, bad.Body, "grase:", "what was typed stays")

	form.Set("document", strings.Replace(good, "hour:", "hour: 99 #", 1))
	require.Regexp(t, `Line \d+, digest.hour: This must be between 0 and 23.`, c.post(proceduresPath+"/fast/yaml", form).Body)

	form.Set("document", strings.Replace(good, "consult_partners: true", "consult_partners: false", 1))
	require.Equal(t, http.StatusSeeOther, c.post(proceduresPath+"/fast/yaml", form).StatusCode)
	require.Contains(t, c.get(proceduresPath+"/fast").Body, "Partners are not asked before the sign-off.")
}

func TestProcedureIsCopiedAndRemoved(t *testing.T) {
	h := newHouse(t)
	c, form := h.as("coordinator", "en"), h.procedureFields("default")
	form.Set("slug", "fast")
	require.Contains(t, c.post(proceduresPath+"/default/copy", form).Body, "This is taken already", "the name is another's")
	form.Set("slug", "urgent")
	form.Set("names.en", "Urgent matters")
	require.Equal(t, http.StatusSeeOther, c.post(proceduresPath+"/default/copy", form).StatusCode)
	require.Contains(t, c.get(proceduresPath).Body, "Urgent matters")
	require.Equal(t, http.StatusSeeOther, c.post(proceduresPath+"/urgent/remove", url.Values{}).StatusCode)
	require.NotContains(t, c.get(proceduresPath).Body, "Urgent matters")

	refused := c.post(proceduresPath+"/default/remove", url.Values{})
	require.Equal(t, http.StatusConflict, refused.StatusCode)
	require.Contains(t, refused.Body, "New recommendations begin with it.")
	require.Equal(t, http.StatusForbidden, h.as("officer-khc", "en").post(proceduresPath+"/fast/edit", h.procedureFields("fast")).StatusCode)
}
