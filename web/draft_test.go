package web

import (
	"context"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"tribuna/internal/demo"
	"tribuna/internal/i18n"
	"tribuna/models"
)

var (
	textareaOf = regexp.MustCompile(`(?s)<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>`)
	checkedOf  = regexp.MustCompile(`<input[^>]*type="(?:checkbox|radio)"[^>]*name="([^"]+)" value="([^"]*)" checked`)
	inputOf    = regexp.MustCompile(`<input class="form-control"[^>]*name="([^"]+)" value="([^"]*)"`)
	selectOf   = regexp.MustCompile(`(?s)<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>`)
	chosenOf   = regexp.MustCompile(`<option value="([^"]*)"(?: lang="[^"]*")? selected`)
)

// filled returns everything a browser would send from the form that posts to action, as it stands.
func filled(t testing.TB, body, action string) url.Values {
	t.Helper()
	values := form(t, body, action)
	_, rest, _ := strings.Cut(body, `action="`+action+`"`)
	rest, _, _ = strings.Cut(rest, "</form>")
	for _, list := range []*regexp.Regexp{textareaOf, checkedOf, inputOf} {
		for _, m := range list.FindAllStringSubmatch(rest, -1) {
			values.Add(html.UnescapeString(m[1]), html.UnescapeString(m[2]))
		}
	}
	for _, m := range selectOf.FindAllStringSubmatch(rest, -1) {
		if chosen := chosenOf.FindStringSubmatch(m[2]); chosen != nil {
			values.Add(html.UnescapeString(m[1]), html.UnescapeString(chosen[1]))
		}
	}
	return values
}

func (h *house) current() *models.Version {
	h.t.Helper()
	rec, err := models.RecommendationByID(h.t.Context(), h.db, h.brief.ID)
	require.NoError(h.t, err)
	v, err := models.VersionByID(h.t.Context(), h.db, *rec.CurrentVersionID)
	require.NoError(h.t, err)
	return v
}

func TestDraftGrowsByRowsWithoutSaving(t *testing.T) {
	h := newHouse(t)
	b, edit := h.as("officer-khc", "bg"), recommendationPath(h.brief.ID)+"/edit"
	first := b.get(edit)
	require.Equal(t, http.StatusOK, first.StatusCode)
	f := filled(t, first.Body, edit)
	require.Equal(t, h.current().Body, strings.ReplaceAll(f.Get("body"), "\r\n", "\n"), "the form holds the whole text")
	require.Len(t, f["countries"], 2)

	f.Set("title", "Typed and not saved")
	f.Set("do", "add_measure")
	more := b.post(edit, f)
	require.Equal(t, http.StatusOK, more.StatusCode)
	g := filled(t, more.Body, edit)
	require.Equal(t, "Typed and not saved", g.Get("title"))
	require.True(t, g.Has("measures[6].text"), "there is room for a seventh measure")
	require.Equal(t, f["measures[5].authority_ids"], g["measures[5].authority_ids"], "what was chosen stays chosen")

	g.Set("do", "remove_measure:0")
	fewer := filled(t, b.post(edit, g).Body, edit)
	require.Equal(t, f.Get("measures[1].text"), fewer.Get("measures[0].text"))
	fewer.Set("do", "raise_measure:1")
	raised := filled(t, b.post(edit, fewer).Body, edit)
	require.Equal(t, f.Get("measures[2].text"), raised.Get("measures[0].text"))
	raised.Set("do", "add_group")
	require.True(t, filled(t, b.post(edit, raised).Body, edit).Has("consulted[2].people"))
	require.Equal(t, 1, h.current().Number, "nothing was saved")
}

func TestDraftIsSavedAsANewVersion(t *testing.T) {
	h := newHouse(t)
	b, edit := h.as("officer-khc", "en"), recommendationPath(h.brief.ID)+"/edit"
	f := filled(t, b.get(edit).Body, edit)
	f.Set("body", "One paragraph pasted.\r\n•\tfirst\u00a0point\r\n•\tsecond point\r\n\r\n“Quoted” – and kept.")
	f.Set("note", "Shorter")
	f.Set("do", "save")
	f.Set("measures[6].text", "")
	f.Set("kind", "analysis") // stays as it began, whatever a form says
	saved := b.post(edit, f)
	require.Equal(t, http.StatusSeeOther, saved.StatusCode, saved.Body)
	v := h.current()
	require.Equal(t, 2, v.Number)
	require.Equal(t, "Shorter", v.Note)
	require.Contains(t, v.Body, "- first point\n- second point")
	require.Contains(t, v.Body, "“Quoted” – and kept.")
	require.Len(t, v.Measures, 6, "an empty row keeps nobody from saving")
	rec, err := models.RecommendationByID(t.Context(), h.db, h.brief.ID)
	require.NoError(t, err)
	require.Equal(t, "policy_brief", rec.Kind)
	require.Equal(t, h.brief.Countries, rec.Countries)
}

func TestDraftSaysWhatIsWrongAndKeepsTheWords(t *testing.T) {
	h := newHouse(t)
	edit := recommendationPath(h.brief.ID) + "/edit"
	for _, tag := range i18n.Tags() {
		b := h.as("officer-khc", tag)
		f := filled(t, b.get(edit).Body, edit)
		f.Set("do", "save")
		f.Set("title", "  ")
		f.Set("needed_by", "soon")
		f.Set("measures[0].authority_ids", "no id")
		f.Set("consulted[0].number", "many")
		wrong := b.post(edit, f)
		require.Equal(t, http.StatusUnprocessableEntity, wrong.StatusCode)
		for field, rule := range map[string]string{"f-title": "required", "f-needed_by": "date", "f-consulted-0-number": "number",
			"f-measures-0-authority_ids": "unknown"} {
			require.Contains(t, wrong.Body, `href="#`+field+`"`)
			require.Contains(t, wrong.Body, `id="`+field+`"`, "the link leads to a field")
			require.Contains(t, wrong.Body, i18n.For(tag).T("error.field."+rule))
		}
		require.Equal(t, f.Get("body"), filled(t, wrong.Body, edit).Get("body"))
		require.Contains(t, wrong.Body, `value="soon"`)
	}
	require.Equal(t, 1, h.current().Number)
}

func TestTwoWritersLoseNothing(t *testing.T) {
	h := newHouse(t)
	edit := recommendationPath(h.brief.ID) + "/edit"
	mine, theirs := h.as("officer-khc", "en"), h.as("coordinator", "en")
	f, g := filled(t, mine.get(edit).Body, edit), filled(t, theirs.get(edit).Body, edit)
	g.Set("title", "Their title")
	g.Set("do", "save")
	require.Equal(t, http.StatusSeeOther, theirs.post(edit, g).StatusCode)
	f.Set("title", "My title")
	f.Set("do", "save")
	refused := mine.post(edit, f)
	require.Equal(t, http.StatusPreconditionFailed, refused.StatusCode)
	require.Contains(t, refused.Body, `id="theirs"`)
	require.Regexp(t, `<del>.*Their.*</del> <ins>.*My.*</ins>`, refused.Body, "both are shown")
	again := filled(t, refused.Body, edit)
	require.Equal(t, "My title", again.Get("title"))
	require.Equal(t, 2, h.current().Number)
	again.Set("do", "save")
	require.Equal(t, http.StatusSeeOther, mine.post(edit, again).StatusCode)
	require.Equal(t, "My title", h.current().Title)
	require.Equal(t, 3, h.current().Number)
}

func TestWhatStandsBesideTheTextIsNotLostEither(t *testing.T) {
	h := newHouse(t)
	edit := recommendationPath(h.brief.ID) + "/edit"
	mine, theirs := h.as("officer-khc", "en"), h.as("coordinator", "en")
	f, g := filled(t, mine.get(edit).Body, edit), filled(t, theirs.get(edit).Body, edit)
	version := h.current().Number
	g.Set("needed_by", "2031-05-06")
	g["countries"] = append(g["countries"], "MD")
	g.Set("do", "save")
	require.Equal(t, http.StatusSeeOther, theirs.post(edit, g).StatusCode)

	f.Set("needed_by", "2031-01-02")
	f.Set("do", "save")
	refused := mine.post(edit, f)
	require.Equal(t, http.StatusPreconditionFailed, refused.StatusCode)
	require.NotContains(t, refused.Body, `id="theirs"`, "the text is the same")
	require.Contains(t, refused.Body, `id="beside"`)
	for _, shown := range []string{"6 May 2031", "2 January 2031", "Moldova"} {
		require.Contains(t, refused.Body, shown)
	}
	rec, err := models.RecommendationByID(t.Context(), h.db, h.brief.ID)
	require.NoError(t, err)
	require.Equal(t, "2031-05-06", rec.NeededBy.Format(time.DateOnly))
	require.Contains(t, rec.Countries, "MD", "nothing was overwritten")

	again := filled(t, refused.Body, edit)
	require.Equal(t, "2031-01-02", again.Get("needed_by"), "the form is still filled")
	again["countries"] = g["countries"]
	again.Set("do", "save")
	require.Equal(t, http.StatusSeeOther, mine.post(edit, again).StatusCode)
	rec, err = models.RecommendationByID(t.Context(), h.db, h.brief.ID)
	require.NoError(t, err)
	require.Equal(t, "2031-01-02", rec.NeededBy.Format(time.DateOnly))
	require.Contains(t, rec.Countries, "MD")
	require.Equal(t, version, h.current().Number)
}

func TestDraftThatLeftTheDeskIsNotSaved(t *testing.T) {
	h := newHouse(t)
	b, edit := h.as("officer-khc", "en"), recommendationPath(h.brief.ID)+"/edit"
	f := filled(t, b.get(edit).Body, edit)
	h.enter(models.StageReview)
	f.Set("title", "Too late")
	f.Set("do", "save")
	refused := b.post(edit, f)
	require.Equal(t, http.StatusConflict, refused.StatusCode)
	require.Equal(t, "Too late", filled(t, refused.Body, edit).Get("title"), "the words are not lost")
	require.Equal(t, 1, h.current().Number)
	require.Equal(t, http.StatusConflict, b.get(edit).StatusCode)
}

// enter moves the brief to a stage.
func (h *house) enter(stage models.Stage) {
	h.t.Helper()
	h.brief.Enter(stage, time.Now())
	require.NoError(h.t, h.db.RunInTx(h.t.Context(), nil, func(ctx context.Context, tx bun.Tx) error {
		return h.brief.Save(ctx, tx, time.Now())
	}))
}

func TestNewRecommendation(t *testing.T) {
	n := newOffice(t)
	b := n.as("officer-khc", "bg")
	page := b.get("/recommendations/new")
	require.Equal(t, http.StatusOK, page.StatusCode)
	f := filled(t, page.Body, "/recommendations/new")
	require.Equal(t, "bg", f.Get("language"))
	require.Equal(t, []string{"BG"}, f["countries"], "the officer's own country is proposed")
	f.Set("title", "Нова препоръка")
	f.Set("body", "Текст.")
	f.Set("measures[0].text", "Да се направи нещо.")
	f.Set("measures[0].authority_ids", demo.ID("authority", "hr-ministry-labour-family-social-policy").String())
	f.Set("do", "save")
	f.Set("organisation_id", demo.ID("organisation", "cyi").String())
	foreign := b.post("/recommendations/new", f)
	require.Equal(t, http.StatusUnprocessableEntity, foreign.StatusCode, "nobody writes in another organisation's name")
	f.Set("organisation_id", demo.ID("organisation", "khc").String())
	created := b.post("/recommendations/new", f)
	require.Equal(t, http.StatusSeeOther, created.StatusCode, created.Body)
	again := b.post("/recommendations/new", f)
	require.Equal(t, created.Header.Get("Location"), again.Header.Get("Location"), "a second click creates nothing")
	f.Set("title", "Още една")
	other := b.post("/recommendations/new", f)
	require.Equal(t, http.StatusConflict, other.StatusCode)
	require.Contains(t, other.Body, "Още една")
	shown := b.get(created.Header.Get("Location"))
	require.Equal(t, http.StatusOK, shown.StatusCode)
	require.Contains(t, shown.Body, "Нова препоръка")
	require.Contains(t, shown.Body, "Хърватия", "the authority's country is added")
	n.waitFor("the process to be started", func() bool {
		waiting, err := models.OpenProcesses(t.Context(), n.db, 0)
		require.NoError(t, err)
		for _, p := range waiting {
			if strings.HasSuffix(created.Header.Get("Location"), p.ID.String()) {
				return p.StartedAt != nil
			}
		}
		return false
	})
}

func TestOnlyThoseWhoWritePreviewAndNotWithoutEnd(t *testing.T) {
	h := newHouse(t)
	words := url.Values{"body": {"**words**"}}
	require.Equal(t, http.StatusUnauthorized, h.public("en").post("/preview?field=body", words).StatusCode)
	officer := h.as("officer-khc", "en")
	require.Contains(t, officer.post("/preview?field=body", words).Body, "<strong>words</strong>")
	require.Equal(t, http.StatusRequestEntityTooLarge,
		officer.post("/preview?field=body", url.Values{"body": {strings.Repeat("a", bodyLimit+1)}}).StatusCode)
	at := h.stopClock()
	for range previewsEach {
		_, err := models.Allow(t.Context(), h.db, "preview:"+h.person("officer-khc").ID.String(), previewsEach, previewWindow, at)
		require.NoError(t, err)
	}
	require.Equal(t, http.StatusTooManyRequests, officer.post("/preview?field=body", words).StatusCode)
}
