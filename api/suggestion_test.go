package api

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"tribuna/internal/demo"
	"tribuna/internal/markdown"
	"tribuna/models"
)

// commented closes a round on a text in which expert-02 made comments.
func (h *house) commented(t *testing.T, rec *models.Recommendation, comments ...models.CommentPayload) {
	t.Helper()
	closed, expert := noon, demo.ID("person", "expert-02")
	round := &models.ReviewRound{RecommendationID: rec.ID, Number: 1, VersionID: *rec.CurrentVersionID, Invited: []uuid.UUID{}, Reserve: []uuid.UUID{}, Enough: 1,
		DueAt: noon, ClosedAt: &closed}
	require.NoError(t, round.Insert(t.Context(), h.db))
	task := &models.Task{ID: models.NewID(), ProcessID: rec.ID, RecommendationID: rec.ID, Kind: models.TaskReview, Round: 1, PersonID: &expert,
		VersionID: rec.CurrentVersionID, State: models.TaskOpen, OpenedAt: noon, DueAt: noon, GraceUntil: noon, Generation: 1}
	task.Close(models.TaskDone, noon)
	require.NoError(t, task.Insert(t.Context(), h.db))
	rv := &models.Review{TaskID: task.ID, RecommendationID: rec.ID, VersionID: *rec.CurrentVersionID, Round: 1, PersonID: expert,
		Naming: models.NamingNone, DecisionID: uuid.NewString(), AnsweredAt: noon}
	require.NoError(t, h.db.RunInTx(t.Context(), nil, func(ctx context.Context, tx bun.Tx) error { return rv.Put(ctx, tx, comments) }))
}

// remarks lists what was said, by what is quoted or said.
func (h *house) remarks(t *testing.T, token string, rec *models.Recommendation) map[string]Remark {
	t.Helper()
	var all list[Remark]
	h.read(t, token, "/recommendations/"+rec.ID.String()+"/responses", &all)
	said := map[string]Remark{}
	for _, r := range all.Items {
		said[r.Quote+r.Body] = r
	}
	return said
}

// firstParagraph is the first paragraph of a text that is one, and its first words.
func (h *house) firstParagraph(t *testing.T, rec *models.Recommendation) (block int, words string) {
	t.Helper()
	v, err := models.VersionByID(t.Context(), h.db, *rec.CurrentVersionID)
	require.NoError(t, err)
	for i, b := range markdown.Blocks(v.Body) {
		if fields := strings.Fields(b.Text); b.Kind == markdown.KindParagraph && len(fields) > 4 {
			return i, strings.Join(fields[:4], " ")
		}
	}
	t.Fatal("there is no paragraph")
	return 0, ""
}

func TestASuggestionIsAppliedOverTheAPIInOneStepAndOnce(t *testing.T) {
	h := newHouse(t)
	rec, officer := h.brief(t), h.token(t, "officer-khc")
	block, quote := h.firstParagraph(t, rec)
	h.commented(t, rec, models.CommentPayload{Block: block, Kind: models.CommentSuggestion, Quote: quote, Replacement: "It is said aloud that"},
		models.CommentPayload{Block: block, Kind: models.CommentSuggestion, Quote: "words that stand nowhere", Replacement: "others"},
		models.CommentPayload{Block: block, Body: "Which year?", Kind: models.CommentQuestion})
	said := h.remarks(t, officer, rec)
	base := "/recommendations/" + rec.ID.String()
	apply := func(r Remark, header map[string]string) request {
		return request{method: "POST", path: base + "/responses/" + r.ID.String() + "/apply", token: officer, header: header, body: map[string]any{"note": "As suggested."}}
	}
	once := map[string]string{"Idempotency-Key": uuid.NewString(), "If-Match": `"1"`}

	require.Equal(t, "Idempotency-Key", h.send(t, apply(said[quote], map[string]string{"If-Match": `"1"`}), http.StatusPreconditionRequired, nil).problem.What)
	require.Equal(t, "If-Match", h.send(t, apply(said[quote], key()), http.StatusPreconditionRequired, nil).problem.What)
	other := apply(said[quote], once)
	other.token = h.token(t, "officer-tdh")
	h.send(t, other, http.StatusNotFound, nil)
	for _, r := range []Remark{said["words that stand nowhere"], said["Which year?"]} {
		require.Equal(t, "other_text", h.send(t, apply(r, once), http.StatusConflict, nil).problem.Code, "a person has to look")
	}

	var v Version
	res := h.send(t, apply(said[quote], once), http.StatusCreated, &v)
	require.Equal(t, []any{2, "As suggested."}, []any{v.Number, v.Note})
	require.True(t, strings.HasPrefix(strings.TrimLeft(v.Blocks[block].Source, "*"), "It is said aloud that "), v.Blocks[block].Source)
	require.Equal(t, `"2"`, res.header.Get("ETag"))
	require.True(t, strings.HasSuffix(res.header.Get("Location"), base+"/versions/2"))
	var again Version
	h.send(t, apply(said[quote], once), http.StatusCreated, &again)
	require.Equal(t, v, again, "the same act is done once")
	applied := h.remarks(t, officer, rec)[quote]
	require.Equal(t, &ResponseTo{Outcome: models.ResponseAccepted}, applied.Response)
	require.Equal(t, v.ID, *applied.Applied)

	elsewhere := map[string]string{"Idempotency-Key": once["Idempotency-Key"], "If-Match": `"2"`}
	require.Equal(t, "other_words", h.send(t, apply(said[quote], elsewhere), http.StatusConflict, nil).problem.Code)
	elsewhere["Idempotency-Key"] = uuid.NewString()
	require.Equal(t, "closed", h.send(t, apply(said[quote], elsewhere), http.StatusConflict, nil).problem.Code, "never twice")
	elsewhere["If-Match"] = `"1"`
	old := h.send(t, apply(said["words that stand nowhere"], elsewhere), http.StatusPreconditionFailed, nil)
	require.Equal(t, "outdated", old.problem.Code)
	require.Equal(t, `"2"`, old.header.Get("X-Current-ETag"))
	require.Contains(t, string(old.body), "It is said aloud that", "what is there now")
	require.Equal(t, 2, h.countOf(t, "versions"))

	_, err := h.db.NewUpdate().Model((*models.Recommendation)(nil)).Set("stage = ?", models.StageSignOff).Where("id = ?", rec.ID).Exec(t.Context())
	require.NoError(t, err)
	out := map[string]string{"Idempotency-Key": uuid.NewString(), "If-Match": `"2"`}
	require.Equal(t, "wrong_stage", h.send(t, apply(said["words that stand nowhere"], out), http.StatusConflict, nil).problem.Code)
}

func (h *house) countOf(t *testing.T, table string) int {
	t.Helper()
	n, err := h.db.NewSelect().Table(table).Count(t.Context())
	require.NoError(t, err)
	return int(n)
}

func TestWhatBecameOfCommentsIsToldOverTheAPIAsItWasLookedAt(t *testing.T) {
	h := newHouse(t)
	rec, officer := h.brief(t), h.token(t, "officer-khc")
	h.commented(t, rec, models.CommentPayload{Block: 0, Body: "Name the ministry."}, models.CommentPayload{Block: 1, Body: "And the year."})
	said := h.remarks(t, officer, rec)
	base := "/recommendations/" + rec.ID.String()
	answer := func(body, outcome, revision string) {
		h.send(t, request{method: "PUT", path: base + "/responses/" + said[body].ID.String(), token: officer, header: map[string]string{"If-Match": `"` + revision + `"`},
			body: map[string]any{"outcome": outcome, "reason": "As far as the law goes."}}, http.StatusOK, nil)
	}
	plan := func() (p OutcomePlan) {
		h.read(t, officer, base+"/rounds/1/responses/send", &p)
		return p
	}
	send := func(seen string, leaveOut bool, want int) (sent SentOutcome, code string) {
		var into any
		if want == http.StatusOK {
			into = &sent
		}
		res := h.send(t, request{method: "POST", path: base + "/rounds/1/responses/send", token: officer, body: map[string]any{"seen": seen, "leave_out": leaveOut}}, want, into)
		return sent, res.problem.Code
	}

	answer("Name the ministry.", "partly", "0")
	p := plan()
	require.Equal(t, []any{false, 1, 1}, []any{p.Decided, p.Due, p.Open})
	_, code := send(p.Seen, true, http.StatusConflict)
	require.Equal(t, "wrong_stage", code, "the round is not decided")
	_, err := h.db.NewRaw("UPDATE review_rounds SET decision = 'revise', decision_reason = 'Much to do.'").Exec(t.Context())
	require.NoError(t, err)
	_, code = send(p.Seen, false, http.StatusUnprocessableEntity)
	require.Equal(t, "invalid", code, "one comment has no answer, and nobody said to leave it out")
	require.Zero(t, h.countOf(t, "outbox"))

	answer("And the year.", "accepted", "0")
	_, code = send(p.Seen, true, http.StatusPreconditionFailed)
	require.Equal(t, "outdated", code, "not what was looked at")
	sent, _ := send(plan().Seen, false, http.StatusOK)
	require.Equal(t, 1, sent.Told)
	require.Equal(t, 1, h.countOf(t, "outbox"))
	p = plan()
	require.Zero(t, p.Due)
	require.NotNil(t, p.Readers[0].ToldAt)
	_, code = send(p.Seen, false, http.StatusConflict)
	require.Equal(t, "closed", code, "nobody is told twice")

	answer("And the year.", "not_accepted", "1")
	p = plan()
	require.True(t, p.Readers[0].Changed)
	sent, _ = send(p.Seen, false, http.StatusOK)
	require.Equal(t, 1, sent.Told)
	var mails []models.OutboxMail
	require.NoError(t, h.db.NewSelect().Model(&mails).Scan(t.Context()))
	require.Len(t, mails, 2)
	for _, m := range mails {
		require.Equal(t, models.MailResponses, m.Kind)
		require.Equal(t, demo.ID("person", "expert-02"), m.PersonID)
	}
}
