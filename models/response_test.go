package models_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
	"tribuna/models"
)

func TestASuggestionIsAppliedOnlyWhereNothingElseChanges(t *testing.T) {
	const text = "First words.\n\nThe ministry pays for *two* years, and\nthe ministry [plans](https://two.example/) them.\n\n- One thing\n- Two things"
	for name, c := range map[string]struct {
		remark models.Remark
		draft  string // "": the text reviewed
		want   string // "": a person has to look
	}{
		"words that stand there once": {models.Remark{Block: 1, Quote: "pays for", Replacement: "must pay for"}, "",
			"First words.\n\nThe ministry must pay for *two* years, and\nthe ministry [plans](https://two.example/) them.\n\n- One thing\n- Two things"},
		"words inside emphasis": {models.Remark{Block: 1, Quote: "two", Replacement: "three"}, "",
			"First words.\n\nThe ministry pays for *three* years, and\nthe ministry [plans](https://two.example/) them.\n\n- One thing\n- Two things"},
		"words over the end of a line": {models.Remark{Block: 1, Quote: "years, and the", Replacement: "years; the"}, "",
			"First words.\n\nThe ministry pays for *two* years; the ministry [plans](https://two.example/) them.\n\n- One thing\n- Two things"},
		"words to leave out": {models.Remark{Block: 0, Quote: "First"}, "",
			"words.\n\nThe ministry pays for *two* years, and\nthe ministry [plans](https://two.example/) them.\n\n- One thing\n- Two things"},
		"words that stand there twice":            {models.Remark{Block: 1, Quote: "ministry", Replacement: "state"}, "", ""},
		"told apart by what is before":            {models.Remark{Block: 1, Quote: "ministry", Prefix: "and the ", Replacement: "state"}, "", "First words.\n\nThe ministry pays for *two* years, and\nthe state [plans](https://two.example/) them.\n\n- One thing\n- Two things"},
		"words across marks of emphasis":          {models.Remark{Block: 1, Quote: "for two years", Replacement: "for three years"}, "", ""},
		"words that are not there":                {models.Remark{Block: 1, Quote: "treasury", Replacement: "state"}, "", ""},
		"words of another paragraph":              {models.Remark{Block: 0, Quote: "pays for", Replacement: "x"}, "", ""},
		"words that would be marks":               {models.Remark{Block: 0, Quote: "words", Replacement: "*words*"}, "", ""},
		"words that would be a heading":           {models.Remark{Block: 0, Quote: "First", Replacement: "# First"}, "", ""},
		"a whole paragraph to leave out":          {models.Remark{Block: 0, Quote: "First words."}, "", ""},
		"no words quoted":                         {models.Remark{Block: 0, Replacement: "More."}, "", ""},
		"a paragraph that is not there":           {models.Remark{Block: 9, Quote: "First", Replacement: "x"}, "", ""},
		"a paragraph that moved":                  {models.Remark{Block: 0, Quote: "First", Replacement: "Our first"}, "New.\n\nFirst words.", "New.\n\nOur first words."},
		"a paragraph that is there twice":         {models.Remark{Block: 0, Quote: "First", Replacement: "x"}, "New.\n\nFirst words.\n\nFirst words.", ""},
		"a paragraph that changed and more":       {models.Remark{Block: 0, Quote: "First", Replacement: "x"}, "New.\n\nFirst other words.", "New.\n\nx other words."},
		"words that overlap themselves":           {models.Remark{Block: 0, Quote: "on and on", Replacement: "further"}, "It goes on and on and on.", ""},
		"of which the surroundings tell":          {models.Remark{Block: 0, Quote: "on and on", Prefix: "on and ", Suffix: ".", Replacement: "further"}, "It goes on and on and on.", "It goes on and further."},
		"typed otherwise since":                   {models.Remark{Block: 0, Quote: "a “plan” – soon", Replacement: "a plan now"}, "Give it a \"plan\" - soon.", "Give it a plan now."},
		"a note among the words":                  {models.Remark{Block: 0, Quote: "plan and date", Replacement: "date"}, "A plan[^1] and date.\n\n[^1]: Of 2024.", ""},
		"words beside a note":                     {models.Remark{Block: 0, Quote: "and date", Replacement: "and day"}, "A plan[^1] and date.\n\n[^1]: Of 2024.", "A plan[^1] and day.\n\n[^1]: Of 2024."},
		"the name of a note":                      {models.Remark{Block: 0, Quote: "one", Replacement: "two"}, "A plan[^one] of one.\n\n[^one]: Of 2024.", "A plan[^one] of two.\n\n[^one]: Of 2024."},
		"the word of a link to somewhere":         {models.Remark{Block: 0, Quote: "law", Replacement: "act"}, "The [law] counts.\n\n[law]: https://law.example/", ""},
		"words elsewhere in the paragraph by now": {models.Remark{Block: 0, Quote: "First", Suffix: " words", Replacement: "Last"}, "The very First words.", "The very Last words."},
		"a paragraph that changed":                {models.Remark{Block: 0, Quote: "First", Replacement: "Our first"}, "First good words.\n\nB\n\n- C", "Our first good words.\n\nB\n\n- C"},
	} {
		c.remark.Kind = models.CommentSuggestion
		reviewed := text
		if c.draft == "" {
			c.draft = text
		} else if !strings.Contains(c.draft, "First") {
			reviewed = c.draft // the case is about the words, not about what became of them
		}
		got, ok := c.remark.ApplyTo(reviewed, c.draft)
		require.Equal(t, c.want != "", ok, name)
		require.Equal(t, c.want, got, name)
	}
	asked := models.Remark{Kind: models.CommentSuggestion, Block: 0, Quote: "First", Prefix: "", Suffix: " words.", Replacement: "Our first"}
	require.False(t, asked.StandsIn(text, text))
	require.True(t, asked.StandsIn(text, "New.\n\nOur first words."), "somebody else asked for the same, and it was followed")
	require.False(t, asked.StandsIn(text, "Our first good words."))
	more := models.Remark{Kind: models.CommentSuggestion, Block: 1, Quote: "pays", Prefix: "The ministry ", Suffix: " for two", Replacement: "must pay"}
	require.True(t, more.StandsIn(text, "The ministry must pay for *two* whole years, and others."), "another change in the same paragraph")
	_, ok := models.Remark{Kind: models.CommentRemark, Block: 0, Quote: "First", Replacement: "x"}.ApplyTo(text, text)
	require.False(t, ok, "only a suggestion asks for other words")
}

// reviewed is a draft on which an expert and a partner commented in a round that is closed, and an expert in one that is not.
type reviewed struct {
	*writer
	expert     models.Person
	suggestion uuid.UUID
	all        []models.Remark
}

func newReviewed(t *testing.T) *reviewed {
	t.Helper()
	w := &reviewed{writer: newWriter(t)}
	w.expert = w.person(t, "expert", models.RoleExpert, w.partner)
	closed := noon.Add(time.Hour)
	for n, at := range []*time.Time{&closed, nil} {
		round := &models.ReviewRound{RecommendationID: w.rec.ID, Number: n + 1, VersionID: *w.rec.CurrentVersionID, Invited: []uuid.UUID{}, Reserve: []uuid.UUID{},
			Enough: 1, DueAt: noon, ClosedAt: at}
		require.NoError(t, round.Insert(t.Context(), w.db))
	}
	w.said(t, 1, nil, "Pay for it.", models.CommentPayload{Block: 0, Kind: models.CommentSuggestion, Quote: "First", Replacement: "Foremost"},
		models.CommentPayload{Block: 1, Body: "Second to what?", Kind: models.CommentQuestion})
	w.said(t, 1, &w.partner.ID, "", models.CommentPayload{Block: 1, Body: "We agree.", Kind: models.CommentPraise})
	w.said(t, 2, nil, "Can still change.", models.CommentPayload{Block: 0, Body: "Changing."})
	w.all = w.remarks(t, models.RemarkFilter{})
	w.suggestion = w.all[1].ID
	return w
}

func (w *reviewed) said(t *testing.T, round int, organisation *uuid.UUID, reasons string, comments ...models.CommentPayload) {
	t.Helper()
	task := &models.Task{ID: models.NewID(), ProcessID: w.rec.ID, RecommendationID: w.rec.ID, Kind: models.TaskReview, Round: round, PersonID: &w.expert.ID,
		VersionID: w.rec.CurrentVersionID, State: models.TaskOpen, OpenedAt: noon, DueAt: noon, GraceUntil: noon, Generation: 1}
	if organisation != nil {
		task.Kind, task.PersonID, task.OrganisationID = models.TaskConsult, nil, organisation
	}
	task.Close(models.TaskDone, noon)
	require.NoError(t, task.Insert(t.Context(), w.db))
	rv := &models.Review{TaskID: task.ID, RecommendationID: w.rec.ID, VersionID: *w.rec.CurrentVersionID, Round: round, PersonID: w.expert.ID,
		OrganisationID: organisation, Reasons: reasons, Naming: models.NamingNone, DecisionID: models.NewID().String(), AnsweredAt: noon}
	w.tx(t, func(ctx context.Context, tx bun.Tx) error { return rv.Put(ctx, tx, comments) })
}

func (w *reviewed) remarks(t *testing.T, f models.RemarkFilter) []models.Remark {
	t.Helper()
	f.Recommendation = w.rec.ID
	all, err := models.Remarks(t.Context(), w.db, f)
	require.NoError(t, err)
	return all
}

func (w *reviewed) respond(t *testing.T, in models.ResponseInput, to ...models.SeenRemark) error {
	t.Helper()
	return w.try(t, func(ctx context.Context, tx bun.Tx) error {
		return models.Respond(ctx, tx, w.rec.ID, to, in, w.officer.ID, noon)
	})
}

func seen(all ...models.Remark) (list []models.SeenRemark) {
	for _, r := range all {
		list = append(list, models.SeenRemark{ID: r.ID, Revision: r.Revision})
	}
	return list
}

func TestOnlyWhatCannotChangeAnyMoreIsAnswered(t *testing.T) {
	w := newReviewed(t)
	require.Len(t, w.all, 4, "what is said in a round that is not closed can still change")
	require.Equal(t, models.RemarkReasons, w.all[0].Kind, "reasons come first: they are about the whole text")
	require.Len(t, w.remarks(t, models.RemarkFilter{From: models.FromPartners}), 1)
	require.Len(t, w.remarks(t, models.RemarkFilter{From: models.FromExperts, Kind: models.CommentSuggestion}), 1)
	require.Empty(t, w.remarks(t, models.RemarkFilter{Round: 2}))
	var open uuid.UUID
	require.NoError(t, w.db.NewRaw("SELECT id FROM comments WHERE body = 'Changing.'").Scan(t.Context(), &open))
	err := w.respond(t, models.ResponseInput{Outcome: models.ResponseAccepted}, models.SeenRemark{ID: open})
	require.Equal(t, apperr.CodeOutdated, apperr.CodeOf(err))
	require.Len(t, w.remarks(t, models.RemarkFilter{Open: true}), 4)
}

func TestSeveralAreAnsweredAlikeAndNobodysAnswerIsLost(t *testing.T) {
	w := newReviewed(t)
	in := models.ResponseInput{Outcome: models.ResponsePartly, Reason: "Not this year."}
	require.NoError(t, w.respond(t, in, seen(w.all...)...))
	for _, r := range w.remarks(t, models.RemarkFilter{}) {
		require.Equal(t, &models.Response{Outcome: models.ResponsePartly, Reason: "Not this year."}, r.Response())
		require.Equal(t, 1, r.Revision)
	}
	other := models.ResponseInput{Outcome: models.ResponseAccepted}
	err := w.respond(t, other, seen(w.all[:2]...)...)
	require.Equal(t, apperr.CodeOutdated, apperr.CodeOf(err), "answered meanwhile by somebody else")
	require.Equal(t, models.ResponsePartly, *w.remarks(t, models.RemarkFilter{})[0].Outcome, "and left as it was")
	require.NoError(t, w.respond(t, other, models.SeenRemark{ID: w.all[0].ID, Revision: 1}))
	require.Equal(t, apperr.CodeInvalid, apperr.CodeOf(w.respond(t, other)), "nothing was chosen")
	require.Empty(t, w.remarks(t, models.RemarkFilter{Open: true}))
}

func TestAGroupIsAnsweredForAllInItButThoseAnsweredAlone(t *testing.T) {
	w := newReviewed(t)
	alone := models.ResponseInput{Outcome: models.ResponseNotAccepted, Reason: "Others say the contrary."}
	require.NoError(t, w.respond(t, alone, seen(w.all[2])...))
	w.all = w.remarks(t, models.RemarkFilter{})
	var g *models.CommentGroup
	w.tx(t, func(ctx context.Context, tx bun.Tx) (err error) {
		g, err = models.GroupRemarks(ctx, tx, w.rec.ID, 1, seen(w.all[2:]...), models.GroupInput{Title: "Second"}, noon)
		return err
	})
	yes := models.ResponseInput{Outcome: models.ResponseAccepted, Written: models.Written{WrittenIn: "bg"}}
	w.tx(t, func(ctx context.Context, tx bun.Tx) error {
		return models.EditGroup(ctx, tx, g, 1, models.GroupInput{Title: "The second"}, &yes, w.officer.ID, noon)
	})
	stale := w.try(t, func(ctx context.Context, tx bun.Tx) error {
		return models.EditGroup(ctx, tx, g, 1, models.GroupInput{Title: "Theirs"}, nil, w.officer.ID, noon)
	})
	require.Equal(t, apperr.CodeOutdated, apperr.CodeOf(stale))
	in := w.remarks(t, models.RemarkFilter{Group: g.ID})
	require.Len(t, in, 2)
	require.Equal(t, models.ResponseNotAccepted, in[0].Response().Outcome, "its own answer goes before the group's")
	require.Equal(t, &models.Response{Outcome: models.ResponseAccepted, WrittenIn: "bg", ByGroup: true}, in[1].Response())

	w.tx(t, func(ctx context.Context, tx bun.Tx) error {
		_, err := models.GroupRemarks(ctx, tx, w.rec.ID, 1, seen(in...), models.GroupInput{Title: "Another"}, noon)
		return err
	})
	groups, err := models.CommentGroups(t.Context(), w.db, w.rec.ID, 1)
	require.NoError(t, err)
	require.Len(t, groups, 1, "a group in which nothing is left goes")
	w.tx(t, func(ctx context.Context, tx bun.Tx) error { return models.DissolveGroup(ctx, tx, &groups[0], 1) })
	require.Len(t, w.remarks(t, models.RemarkFilter{Open: true}), 3)
}

func TestASuggestionIsAppliedOnceAndAccepted(t *testing.T) {
	w := newReviewed(t)
	no := models.ResponseInput{Outcome: models.ResponseNotAccepted, Reason: "No."}
	require.NoError(t, w.respond(t, no, models.SeenRemark{ID: w.suggestion}))
	apply := func(seen int) (v *models.Version, err error) {
		err = w.try(t, func(ctx context.Context, tx bun.Tx) (err error) {
			v, err = models.ApplySuggestion(ctx, tx, w.rec.ID, w.suggestion, seen, "As suggested.", w.officer, noon.Add(time.Hour))
			return err
		})
		return v, err
	}
	_, err := apply(7)
	require.Equal(t, apperr.CodeOutdated, apperr.CodeOf(err), "on top of the version the officer saw")
	v, err := apply(1)
	require.NoError(t, err)
	require.Equal(t, "Foremost.\n\nSecond.", v.Body)
	require.Equal(t, "Fund it.", v.Measures[0].Text, "measures stay")
	require.Equal(t, w.versions(t)[1].Measures[0].ID, v.Measures[0].ID)
	r, err := models.RemarkByID(t.Context(), w.db, w.rec.ID, w.suggestion)
	require.NoError(t, err)
	require.Equal(t, &models.Response{Outcome: models.ResponseAccepted}, r.Response(), "the reason against it is gone with the refusal")
	require.Equal(t, v.ID, *r.AppliedVersionID)
	_, err = apply(2)
	require.Equal(t, apperr.CodeClosed, apperr.CodeOf(err), "never twice")
	_, err = w.edit(t, 2, w.draft("Fund it."))
	require.NoError(t, err)
	_, err = apply(3)
	require.Equal(t, apperr.CodeClosed, apperr.CodeOf(err), "not even where the words stand again")
	require.Len(t, w.versions(t), 3)
}

func TestApplyingOneOfAGroupKeepsWhatTheGroupWasAnswered(t *testing.T) {
	for outcome, kept := range map[string]bool{models.ResponseAccepted: true, models.ResponsePartly: true, models.ResponseNotAccepted: false} {
		w := newReviewed(t)
		suggestion, err := models.RemarkByID(t.Context(), w.db, w.rec.ID, w.suggestion)
		require.NoError(t, err)
		in := models.ResponseInput{Outcome: outcome, Reason: "As the law has it.", Written: models.Written{WrittenIn: "en"}}
		w.tx(t, func(ctx context.Context, tx bun.Tx) error {
			g, err := models.GroupRemarks(ctx, tx, w.rec.ID, 1, seen(*suggestion, w.all[2]), models.GroupInput{Title: "First and second"}, noon)
			if err != nil {
				return err
			}
			return models.EditGroup(ctx, tx, g, 1, models.GroupInput{Title: g.Title}, &in, w.officer.ID, noon)
		})
		var v *models.Version
		w.tx(t, func(ctx context.Context, tx bun.Tx) (err error) {
			v, err = models.ApplySuggestion(ctx, tx, w.rec.ID, w.suggestion, 1, "As suggested.", w.officer, noon.Add(time.Hour))
			return err
		})
		r, err := models.RemarkByID(t.Context(), w.db, w.rec.ID, w.suggestion)
		require.NoError(t, err)
		require.Equal(t, v.ID, *r.AppliedVersionID, outcome)
		want := &models.Response{Outcome: outcome, Reason: "As the law has it.", WrittenIn: "en", ByGroup: true}
		if !kept {
			want = &models.Response{Outcome: models.ResponseAccepted}
		}
		require.Equal(t, want, r.Response(), outcome)
		other, err := models.RemarkByID(t.Context(), w.db, w.rec.ID, w.all[2].ID)
		require.NoError(t, err)
		require.Equal(t, outcome, other.Response().Outcome, "the others of the group are answered as before")
	}
}

func TestNothingIsAppliedToATextThatIsOut(t *testing.T) {
	w := newReviewed(t)
	_, err := w.db.NewUpdate().Model((*models.Recommendation)(nil)).Set("stage = ?", models.StageSignOff).Where("id = ?", w.rec.ID).Exec(t.Context())
	require.NoError(t, err)
	err = w.try(t, func(ctx context.Context, tx bun.Tx) error {
		_, err := models.ApplySuggestion(ctx, tx, w.rec.ID, w.suggestion, 1, "", w.officer, noon)
		return err
	})
	require.Equal(t, apperr.CodeWrongStage, apperr.CodeOf(err))
	require.Len(t, w.versions(t), 1)
}
