package web

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

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
		require.Equal(t, annotation.AnnotationAgent{Type: annotation.AgentPerson}, a.Creator, "who wants no name has none in a file")
	}
	require.Equal(t, []string{"commenting p-3 Every year |several hundred commenting:These words stay.", "editing p-3 |close the file editing:lock the file",
		"assessing p-4 assessing:Of a list that goes.", "questioning p-7 questioning:Of a paragraph that stays."}, said)
	version := h.as("officer-khc", "en").get(home + "/versions/1")
	require.Contains(t, version.Body, `<span id="p-3"></span><p>Every year several hundred`, "the address leads there")
}

// A file goes further than a page: in all of those that hold comments the same experts are named, as they said last, and partners'
// comments are told from theirs.
func TestFilesOfCommentsNameThoseWhoAgreed(t *testing.T) {
	t.Parallel()
	h := newHouse(t).roundCommented(models.CommentPayload{Block: 0, Body: "Name the ministry."})
	b, expert, partner := h.as("officer-khc", "en"), h.person("expert-02").Name, h.person("partner-cyi").Name
	change := func(query string, args ...any) {
		t.Helper()
		_, err := h.db.NewRaw(query, args...).Exec(t.Context())
		require.NoError(t, err)
	}
	named := func(want bool, why string) {
		t.Helper()
		var all annotation.AnnotationCollection
		got := b.get(recommendationPath(h.brief.ID) + "/comments.jsonld").Body
		require.NoError(t, json.Unmarshal([]byte(got), &all))
		of := map[string]string{}
		for _, a := range all.First.Items {
			of[a.Creator.Type] = a.Creator.Name
		}
		name := map[bool]string{true: expert}[want]
		require.Equal(t, map[string]string{annotation.AgentPerson: name, annotation.AgentOrganization: "Centre for Youth Integration Serbia"}, of, why)
		require.Equal(t, want, strings.Contains(got, expert), why)
		require.NotContains(t, got, partner, "the organisation speaks")
		require.Equal(t, want, strings.Contains(readable(b.get(responsesPath(h.brief.ID)+".xlsx").Body), expert), why)
		require.Contains(t, b.get(responsesPath(h.brief.ID)).Body, expert, "the owners' page says whose it is")
	}
	named(false, "who wants no name")
	for naming, want := range map[string]bool{models.NamingNetwork: true, models.NamingPublic: true, models.NamingNone: false} {
		change("UPDATE reviews SET answer = 'support', naming = ? WHERE organisation_id IS NULL", naming)
		named(want, naming)
	}
	change("UPDATE reviews SET naming = 'public' WHERE organisation_id IS NULL")
	change("UPDATE review_rounds SET anonymity = 'double'")
	change("UPDATE reviews SET label = 1 WHERE organisation_id IS NULL")
	var masked annotation.AnnotationCollection
	got := h.as("coordinator", "en").get(recommendationPath(h.brief.ID) + "/comments.jsonld").Body
	require.NoError(t, json.Unmarshal([]byte(got), &masked))
	require.NotContains(t, got, expert, "an anonymised round names nobody, whatever they said, to nobody")
	require.Contains(t, got, `"nickname":"A"`)
	require.Equal(t, 2, masked.Total)
	change("UPDATE reviews SET label = NULL")
	change("UPDATE review_rounds SET anonymity = 'open'")
	named(true, "as before")
	later := h.ask(models.TaskReview, h.person("expert-02").ID)
	answer := models.AnswerSupport
	rv := &models.Review{TaskID: later.ID, RecommendationID: h.brief.ID, VersionID: *later.VersionID, Round: 2, PersonID: h.person("expert-02").ID,
		Answer: &answer, Naming: models.NamingNone, DecisionID: NewDecisionID(), AnsweredAt: time.Now()}
	require.NoError(t, h.db.RunInTx(t.Context(), nil, func(ctx context.Context, tx bun.Tx) error { return rv.Put(ctx, tx, nil) }))
	named(false, "who thought again is not named for what they said before")
}
