package web

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"tribuna/internal/annotation"
	"tribuna/internal/i18n"
	"tribuna/models"
)

// commented has an expert comment on the text as it is.
func (h *house) commented(slug string, comments ...models.CommentPayload) {
	h.t.Helper()
	task, version := h.reviewing(slug), h.current()
	answer := models.AnswerSupport
	rv := &models.Review{TaskID: task.ID, RecommendationID: h.brief.ID, VersionID: version.ID, Round: 1, PersonID: h.person(slug).ID,
		Answer: &answer, Naming: models.NamingNone, DecisionID: NewDecisionID(), AnsweredAt: h.server.Now()}
	require.NoError(h.t, h.db.RunInTx(h.t.Context(), nil, func(ctx context.Context, tx bun.Tx) error { return rv.Put(ctx, tx, comments) }))
}

func TestCommentsStandBesideALaterVersion(t *testing.T) {
	h := newHouse(t)
	h.commented("expert-02",
		models.CommentPayload{Block: 2, Quote: "several hundred", Prefix: "Every year ", Body: "These words stay."},
		models.CommentPayload{Block: 2, Kind: models.CommentSuggestion, Quote: "close the file", Replacement: "lock the file"},
		models.CommentPayload{Block: 3, Kind: models.CommentPraise, Body: "Of a list that goes."},
		models.CommentPayload{Block: 6, Kind: models.CommentQuestion, Body: "Of a paragraph that stays."})
	home := recommendationPath(h.brief.ID)
	rec, err := models.RecommendationByID(t.Context(), h.db, h.brief.ID)
	require.NoError(t, err)
	rec.Enter(models.StageDrafting, h.server.Now())
	require.NoError(t, rec.Save(t.Context(), h.db, h.server.Now()))
	h.rewrite(func(d *models.Draft) {
		blocks := strings.Split(d.Body, "\n\n")
		require.Contains(t, blocks[2], "close the file")
		blocks[2] = strings.Replace(blocks[2], "close the file", "end the file", 1)
		d.Body = strings.Join(append(append(append([]string{}, blocks[0], "A new paragraph before all others."), blocks[1:3]...), blocks[4:]...), "\n\n")
	})
	for _, tag := range i18n.Tags() {
		b, l := h.as("officer-khc", tag), i18n.For(tag)
		for _, path := range []string{home + "/comments", home + "/edit"} {
			got := b.get(path)
			require.Equal(t, http.StatusOK, got.StatusCode)
			sound(t, got)
			unsaid(t, got)
			_, said, _ := strings.Cut(got.Body, `class="pair remarked`)
			require.Equal(t, 2, strings.Count(said, l.T("remark.changed")), path)
			require.Contains(t, said, l.T("remark.original", "Paragraph", "3", "Number", 1), "beside the words it was said of")
			require.Contains(t, said, l.T("remark.now", "Number", "4"))
			require.Contains(t, said, l.T("remark.gone"))
			for _, words := range []string{"These words stay.", "lock the file", "Of a list that goes.", "Of a paragraph that stays."} {
				require.Equal(t, 1, strings.Count(said, words), "%s: %s", path, words)
			}
			before, _, _ := strings.Cut(said, "These words stay.")
			require.Contains(t, before, "end the file", "where its words stand, it stands beside the text of now")
			require.NotContains(t, before, "close the file, ")
		}
	}
	got := h.as("officer-khc", "en").get(home + "/comments.jsonld")
	require.Equal(t, http.StatusOK, got.StatusCode)
	require.Contains(t, got.Header.Get("Content-Type"), "application/ld+json")
	var all annotation.AnnotationCollection
	require.NoError(t, json.Unmarshal([]byte(got.Body), &all))
	require.Equal(t, 4, all.Total)
	var said []string
	for _, a := range all.First.Items {
		line := fmt.Sprint(a.Motivation, " ", a.Target.Selector.Value)
		if q := a.Target.Selector.RefinedBy; q != nil {
			line += " " + q.Prefix + "|" + q.Exact
		}
		for _, body := range a.Body {
			line += " " + body.Purpose + ":" + body.Value
		}
		said = append(said, line)
		require.True(t, strings.HasSuffix(a.Target.Source, home+"/versions/1"), a.Target.Source)
		require.Equal(t, "Fiona Carmichael", a.Creator.Name)
	}
	require.Equal(t, []string{"commenting p-3 Every year |several hundred commenting:These words stay.", "editing p-3 |close the file editing:lock the file",
		"assessing p-4 assessing:Of a list that goes.", "questioning p-7 questioning:Of a paragraph that stays."}, said)
	version := h.as("officer-khc", "en").get(home + "/versions/1")
	require.Contains(t, version.Body, `<span id="p-3"></span><p>Every year several hundred`, "the address leads there")
}
