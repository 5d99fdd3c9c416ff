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
	for _, says := range []string{"10 working days", "2 working days, 5 working days and 8 working days", "Who is silent is replaced by the next in line.",
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
