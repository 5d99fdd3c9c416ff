package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/demo"
	"tribuna/internal/links"
	"tribuna/models"
)

func (h *house) send(t *testing.T, r request, want int, into any) response {
	t.Helper()
	res := h.do(t, r)
	require.Equal(t, want, res.status, "%s %s: %s", r.method, r.path, res.body)
	if into != nil {
		require.NoError(t, json.Unmarshal(res.body, into))
	}
	return res
}

func newRecommendation(title string) models.RecommendationInput {
	return models.RecommendationInput{Kind: "analysis", Language: "en", OrganisationID: demo.ID("organisation", "khc"), Procedure: "fast",
		Languages: []string{"bg"}, Draft: models.Draft{Title: title, Body: "One two three.", Measures: []models.DraftMeasure{
			{Text: "Do it", AuthorityIDs: []uuid.UUID{demo.ID("authority", "bg-ministry-labour-social-policy")}}}}}
}

func TestTheSameKeyCreatesOnce(t *testing.T) {
	h := newHouse(t)
	officer, header := h.token(t, "officer-khc"), key()
	create := func(title string, want int) response {
		return h.send(t, request{method: "POST", path: "/recommendations", token: officer, body: newRecommendation(title), header: header}, want, nil)
	}
	first := create("A text", http.StatusCreated)
	again := create("A text", http.StatusCreated)
	require.Equal(t, first.header.Get("Location"), again.header.Get("Location"))
	require.JSONEq(t, string(first.body), string(again.body))
	require.Equal(t, "other_words", create("Another text", http.StatusConflict).problem.Code)
	n, err := h.db.NewSelect().Model((*models.Recommendation)(nil)).Where("title = 'A text'").Count(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 1, n)

	denied := h.do(t, request{method: "POST", path: "/recommendations", token: h.token(t, "officer-tdh"), body: newRecommendation("A text"), header: key()})
	require.Equal(t, http.StatusForbidden, denied.status)
}

func TestTwentyAtOnceCreateOnce(t *testing.T) {
	h := newHouse(t)
	officer, header := h.token(t, "officer-khc"), key()
	ids := make(chan string, 20)
	for range 20 {
		go func() {
			var rec Recommendation
			h.send(t, request{method: "POST", path: "/recommendations", token: officer, body: newRecommendation("At once"), header: header}, http.StatusCreated, &rec)
			ids <- rec.ID.String()
		}()
	}
	first := <-ids
	for range 19 {
		require.Equal(t, first, <-ids)
	}
}

func TestAnOutdatedDraftIsRefusedWithBothVersions(t *testing.T) {
	h := newHouse(t)
	officer := h.token(t, "officer-khc")
	rec := h.brief(t)
	path := "/recommendations/" + rec.ID.String() + "/draft"
	var seen Version
	etag := h.read(t, officer, path, &seen).header.Get("ETag")
	require.Equal(t, `"1"`, etag)

	mine := models.Draft{Title: seen.Title, Body: "A new body.\n\nIn two paragraphs.", Note: "shorter"}
	for _, m := range seen.Measures {
		mine.Measures = append(mine.Measures, models.DraftMeasure{ID: &m.ID, Text: m.Text, AuthorityIDs: m.AuthorityIDs})
	}
	put := request{method: "PUT", path: path, token: officer, body: mine, header: map[string]string{"If-Match": etag}}
	var saved Version
	require.Equal(t, `"2"`, h.send(t, put, http.StatusOK, &saved).header.Get("ETag"))
	require.Equal(t, seen.Measures, saved.Measures, "measures keep their ids")

	mine.Body = "Something else."
	put.body = mine
	res := h.send(t, put, http.StatusPreconditionFailed, nil)
	var both struct {
		Current Version
		Yours   models.Draft
	}
	require.NoError(t, json.Unmarshal(res.body, &both))
	require.Equal(t, 2, both.Current.Number)
	require.Contains(t, both.Current.Body, "In two paragraphs")
	require.Equal(t, "Something else.", both.Yours.Body)

	var c Comparison
	h.read(t, officer, "/recommendations/"+rec.ID.String()+"/versions/2/comparison", &c)
	require.Equal(t, []Segment{{"same", seen.Title}}, c.Title)
	require.Equal(t, saved.Body, joined(c.Body, "deleted"))
	require.Equal(t, seen.Body, joined(c.Body, "inserted"))

	var back Comparison
	base := "/recommendations/" + rec.ID.String() + "/comparison"
	h.read(t, officer, base+"?from=2&to=1", &back)
	require.Equal(t, []int{2, 1}, []int{back.From, back.To}, "any two, in either order")
	require.Equal(t, seen.Body, joined(back.Body, "deleted"))
	require.Equal(t, c.Paragraphs.Added, back.Paragraphs.Removed)
	require.NotZero(t, back.Paragraphs.Changed+back.Paragraphs.Removed+back.Paragraphs.Added)
	for query, status := range map[string]int{"": 422, "?from=1&to=x": 422, "?from=1&to=9": 404} {
		h.send(t, request{method: "GET", path: base + query, token: officer}, status, nil)
	}
}

// joined puts a comparison together without what came or went.
func joined(segments []Segment, without string) string {
	var b strings.Builder
	for _, s := range segments {
		if s.Change != without {
			b.WriteString(s.Text)
		}
	}
	return b.String()
}

func TestComparisonIsByWords(t *testing.T) {
	require.Equal(t, []Segment{{"same", "The "}, {"deleted", "ministry"}, {"inserted", "parliament"}, {"same", " acts, today."}},
		words("The ministry acts, today.", "The parliament acts, today."))
	require.Equal(t, []Segment{}, words("", ""))
	var many strings.Builder
	for i := range 60000 { // more different words than there are characters before the surrogates
		fmt.Fprintf(&many, "w%d ", i)
	}
	got := words(many.String(), many.String()+"end")
	require.Equal(t, many.String()+"end", joined(got, "deleted"))
}

func TestAttributesAreEditedOnTopOfWhatWasSeen(t *testing.T) {
	h := newHouse(t)
	officer := h.token(t, "officer-khc")
	path := "/recommendations/" + h.brief(t).ID.String()
	var rec Recommendation
	etag := h.read(t, officer, path, &rec).header.Get("ETag")
	require.Len(t, rec.Ribbon, 7)
	in := AttributesInput{Languages: []string{"bg", "ro"}, Countries: []string{"BG"}, Topics: rec.Topics, Challenges: rec.Challenges,
		GrantIDs: rec.GrantIDs, Consulted: rec.Consulted, NeededBy: rec.NeededBy}
	put := request{method: "PUT", path: path, token: officer, body: in, header: map[string]string{"If-Match": etag}}
	h.server.Now = func() time.Time { return noon.Add(time.Hour) }
	var changed Recommendation
	again := h.send(t, put, http.StatusOK, &changed)
	require.Equal(t, []string{"bg", "ro"}, changed.Languages)
	require.NotEqual(t, etag, again.header.Get("ETag"))
	in.Languages, in.NeededBy = []string{"sq"}, nil
	put.body = in
	refused := h.send(t, put, http.StatusPreconditionFailed, nil)
	require.Equal(t, "outdated", refused.problem.Code)
	require.Contains(t, string(refused.body), `"languages":["bg","ro"]`, "what is there now")
	require.Contains(t, string(refused.body), `"languages":["sq"]`, "and what was sent")
	h.read(t, officer, path, &changed)
	require.Equal(t, []string{"bg", "ro"}, changed.Languages)
}

func TestPagesOfAListLeadToEachOther(t *testing.T) {
	h := newHouse(t)
	officer := h.token(t, "officer-khc")
	for i := range 4 {
		h.send(t, request{method: "POST", path: "/recommendations", token: officer, body: newRecommendation(fmt.Sprint("Text ", i)), header: key()}, 201, nil)
	}
	seen, path := []string{}, "/recommendations?limit=2&q=Text"
	for path != "" {
		var page list[RecommendationSummary]
		res := h.read(t, officer, path, &page)
		require.LessOrEqual(t, len(page.Items), 2)
		for _, r := range page.Items {
			seen = append(seen, r.Title)
		}
		path = ""
		if next := res.header.Get("Link"); next != "" {
			u, err := url.Parse(strings.Trim(strings.Split(next, ";")[0], "<>"))
			require.NoError(t, err)
			require.Equal(t, page.Next, u.Query().Get("cursor"))
			path = strings.TrimPrefix(u.RequestURI(), Prefix)
		}
	}
	require.Equal(t, []string{"Text 3", "Text 2", "Text 1", "Text 0"}, seen)
}

func TestPublicListsAreCachedAndAskedAboutByTheirETag(t *testing.T) {
	h := newHouse(t)
	var all list[models.Language]
	res := h.read(t, "", "/languages", &all)
	require.NotEmpty(t, all.Items)
	require.Contains(t, res.header.Get("Cache-Control"), "public")
	unchanged := h.do(t, request{method: "GET", path: "/languages", header: map[string]string{"If-None-Match": res.header.Get("ETag")}})
	require.Equal(t, http.StatusNotModified, unchanged.status)
	require.Empty(t, unchanged.body)
}

func TestTranslatorsSaveByLinkOnTopOfWhatTheySaw(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	rec := h.brief(t)
	version, err := models.VersionByID(ctx, h.db, *rec.CurrentVersionID)
	require.NoError(t, err)
	rec.AcceptedVersionID = rec.CurrentVersionID
	rec.Enter(models.StageTranslation, noon)
	require.NoError(t, rec.Save(ctx, h.db, noon))
	tr, err := models.OpenTranslation(ctx, h.db, version, "bg")
	require.NoError(t, err)
	task := h.ask(t, rec, models.TaskTranslate, "translator-bg-1")
	_, err = h.db.NewUpdate().Model(task).Set("subject_id = ?", tr.ID).Set("language = 'bg'").WherePK().Exec(ctx)
	require.NoError(t, err)

	path := "/translations/" + tr.ID.String()
	link := h.links.Mint(links.KindTask, task.ID, *task.PersonID, 1)
	var view Translation
	etag := h.read(t, link, path, &view).header.Get("ETag")
	require.NotEmpty(t, view.Blocks)
	title := "Заглавие"
	patch := request{method: "PATCH", path: path, token: link, header: map[string]string{"If-Match": etag},
		body: models.TranslationInput{Title: &title, Blocks: []models.BlockInput{{Position: 1, Text: "Дума"}}}}
	var saved Translation
	h.send(t, patch, http.StatusOK, &saved)
	require.Equal(t, title, saved.Title)
	require.Equal(t, 1, saved.Done)
	require.Equal(t, "outdated", h.send(t, patch, http.StatusPreconditionFailed, nil).problem.Code)

	patch.header = map[string]string{"If-Match": `"2"`}
	patch.body = models.TranslationInput{Blocks: []models.BlockInput{{Position: 9999, Text: "x"}}}
	require.Equal(t, "blocks[0].position", h.send(t, patch, http.StatusUnprocessableEntity, nil).problem.Errors[0].Field)

	for who, want := range map[string]int{"officer-khc": 403, "translator-bg-2": 404, "reader": 404} {
		patch.token = h.token(t, who)
		require.Equal(t, want, h.do(t, patch).status, who)
	}
	h.read(t, h.token(t, "officer-khc"), path, &view)
}
