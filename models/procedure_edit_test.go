package models_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/internal/apperr"
	"tribuna/models"
)

// values are the rules of a document as a form holds them.
func values(d models.ProcedureDocument) map[string]string {
	all := map[string]string{}
	for _, r := range models.ProcedureRules() {
		all[r.Path] = r.Value(d)
	}
	return all
}

func TestProcedureIsTheSameInItsFormAndAsText(t *testing.T) {
	d := rules()
	form := values(d)
	read, err := models.ReadProcedure(func(path string) string { return form[path] })
	require.NoError(t, err)
	require.Empty(t, models.CompareProcedures(d, read))
	text, err := models.ProcedureYAML(d)
	require.NoError(t, err)
	read, err = models.ReadProcedureYAML(text)
	require.NoError(t, err)
	require.Empty(t, models.CompareProcedures(d, read))
}

func TestEveryFieldOfAProcedureIsARule(t *testing.T) {
	d := rules()
	d.Translation.Skip, d.SignOff.Skip, d.Digest.Immediate = true, true, true
	d.Review.RemindAfter, d.Review.RemindBefore, d.Review.RemindLate, d.Review.LateFor = nil, []models.Span{"2d"}, "1d", "9d"
	d.Review.Questions = []models.Question{{ID: "sound", Kind: models.QuestionYesNo, Text: models.Names{"en": "Sound?"}}}
	d.Review.RespondRemind, d.Review.ExtendUpTo, d.Review.WhenEnough, d.Review.LateApart = []models.Span{"1d"}, "7d", models.EnoughAsks, true
	d.Review.Anonymity, d.Review.Enough = models.AnonymityDouble, 2
	d.Mailing.Grace = "12h"
	text, err := models.ProcedureYAML(d)
	require.NoError(t, err)
	_, err = models.ReadProcedureYAML(text)
	require.NoError(t, err, "a field without a rule would be unknown")
	require.Equal(t, len(models.ProcedureRules())+14, strings.Count(text, ":")-4, "14 groups and the rules; a question has four parts of its own")
}

func TestProcedureTextNamesFieldAndLine(t *testing.T) {
	good, err := models.ProcedureYAML(rules())
	require.NoError(t, err)
	for name, c := range map[string]struct {
		text, path, rule string
		line             int
	}{
		"no YAML":        {"review:\n  due: [", "document", "yaml", 2},
		"a list":         {"- a", "document", "yaml", 1},
		"nothing":        {"", "document", "yaml", 1},
		"unknown":        {strings.Replace(good, "  respond:", "  reply:", 1), "review.reply", "yaml_unknown", 6},
		"twice":          {strings.Replace(good, "  respond:", "  due: 3d\n  respond:", 1), "review.due", "yaml_twice", 6},
		"not a span":     {strings.Replace(good, "respond: 3wd", "respond: soon", 1), "review.respond", "span", 6},
		"not a reminder": {strings.Replace(good, "- 3wd", "- x", 1), "review.remind_after[0]", "span", 4},
		"not a number":   {strings.Replace(good, "enough: 2", "enough: two", 1), "review.enough", "number", 7},
		"not yes or no":  {strings.Replace(good, "replace_silent: false", "replace_silent: maybe", 1), "review.replace_silent", "yaml_yes", 9},
		"a group":        {strings.Replace(good, "due: 5wd", "due: {a: b}", 1), "review.due", "yaml_value", 2},
		"a value":        {strings.Replace(good, "digest:\n  hour: 8\n  immediate: false", "digest: 8", 1), "digest", "yaml_group", 0},
		"missing":        {strings.Replace(good, "  respond: 3wd\n", "", 1), "review.respond", "span", 1},
		"a reference":    {strings.Replace(strings.Replace(good, "due: 5wd", "due: &a 5wd", 1), "respond: 3wd", "respond: *a", 1), "review.respond", "yaml_value", 6},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := models.ReadProcedureYAML(c.text)
			var e *apperr.Error
			require.True(t, errors.As(err, &e), c.text)
			require.Equal(t, c.path, e.Fields[0].Path)
			require.Equal(t, "error.field."+c.rule, e.Fields[0].Key)
			if c.line > 0 {
				require.Equal(t, c.line, e.Fields[0].Args["line"], c.text)
			}
		})
	}
}

func TestProcedureFormCollectsWhatIsWrong(t *testing.T) {
	form := values(rules())
	form["review.enough"], form["digest.hour"], form["sign_off.quorum"], form["review.remind_after"] = "two", "24", "-1", "3wd, x"
	_, err := models.ReadProcedure(func(path string) string { return form[path] })
	require.ElementsMatch(t, []string{"review.enough", "digest.hour", "sign_off.quorum", "review.remind_after[1]"}, blamed(err))
}

func TestARunningRecommendationKeepsItsVersionOfTheProcedure(t *testing.T) {
	n := newNetwork(t)
	ctx := t.Context()
	p := models.Procedure{Slug: "slow", Names: models.Names{"en": "Slow"}, Document: rules()}
	require.NoError(t, models.AddProcedure(ctx, n.db, &p, noon))
	began := p.ID
	id := n.recommendation(t, n.person(t, "officer", models.RoleOfficer, n.partner))
	_, err := n.db.NewRaw(`UPDATE recommendations SET procedure_id = ? WHERE id = ?`, began, id).Exec(ctx)
	require.NoError(t, err)

	p.Document.Review.Enough = 9
	require.NoError(t, models.ReviseProcedure(ctx, n.db, &p, 1, noon))
	require.Equal(t, 2, p.Version)
	running, err := models.RecommendationByID(ctx, n.db, id)
	require.NoError(t, err)
	require.Equal(t, began, running.ProcedureID)
	kept, err := models.ProcedureByID(ctx, n.db, running.ProcedureID)
	require.NoError(t, err)
	require.Equal(t, 2, kept.Document.Review.Enough)
	newest, err := models.ProcedureBySlug(ctx, n.db, "slow")
	require.NoError(t, err)
	require.Equal(t, 9, newest.Document.Review.Enough, "what begins now goes by it")
	changes := models.CompareProcedures(kept.Document, newest.Document)
	require.Len(t, changes, 1)
	require.Equal(t, [3]string{"review.enough", "2", "9"}, [3]string{changes[0].Rule.Path, changes[0].Before, changes[0].After})

	require.NoError(t, models.ReviseProcedure(ctx, n.db, &p, 2, noon))
	require.Equal(t, 2, p.Version, "without a difference there is no new version")
	require.Equal(t, apperr.CodeOutdated, apperr.CodeOf(models.ReviseProcedure(ctx, n.db, &p, 1, noon)))
	require.Equal(t, apperr.CodeInUse, apperr.CodeOf(models.RemoveProcedure(ctx, n.db, "slow")))
}

func TestNoMoreAnswersAreNeededThanThereAreVotes(t *testing.T) {
	n := newNetwork(t)
	p := models.Procedure{Slug: "votes", Names: models.Names{"en": "Votes"}, Document: rules()}
	p.Document.SignOff.Quorum = 3
	require.Equal(t, []string{"sign_off.quorum"}, blamed(models.AddProcedure(t.Context(), n.db, &p, noon)), "the lead with its delegation, and a partner")
	p.Document.SignOff.Quorum = 2
	require.NoError(t, models.AddProcedure(t.Context(), n.db, &p, noon))
	p.Document.SignOff = models.SignOffRules{Skip: true, Quorum: 3}
	require.NoError(t, models.ReviseProcedure(t.Context(), n.db, &p, 1, noon), "nobody is asked")
}

func TestAnEarlierVersionOfAProcedureComesBack(t *testing.T) {
	n := newNetwork(t)
	ctx := t.Context()
	p := models.Procedure{Slug: "back", Names: models.Names{"en": "Back"}, Document: rules()}
	require.NoError(t, models.AddProcedure(ctx, n.db, &p, noon))
	p.Document.Review.Enough, p.Names = 9, models.Names{"en": "Forth"}
	require.NoError(t, models.ReviseProcedure(ctx, n.db, &p, 1, noon))

	_, err := models.RestoreProcedure(ctx, n.db, "back", 1, 1, noon)
	require.Equal(t, apperr.CodeOutdated, apperr.CodeOf(err), "somebody changed it meanwhile")
	_, err = models.RestoreProcedure(ctx, n.db, "back", 7, 2, noon)
	require.Equal(t, apperr.CodeNotFound, apperr.CodeOf(err))
	restored, err := models.RestoreProcedure(ctx, n.db, "back", 1, 2, noon)
	require.NoError(t, err)
	require.Equal(t, 3, restored.Version)
	newest, err := models.ProcedureBySlug(ctx, n.db, "back")
	require.NoError(t, err)
	require.Equal(t, [2]any{2, "Back"}, [2]any{newest.Document.Review.Enough, newest.Names["en"]})
	all, err := models.ProcedureVersions(ctx, n.db, "back")
	require.NoError(t, err)
	require.Len(t, all, 3, "nothing is lost")

	stale := rules()
	stale.Review.Respond = "30d"
	insert(t, n.db, &models.Procedure{ID: models.NewID(), Slug: "back", Version: 4, Names: models.Names{"en": "Back"}, Document: stale, CreatedAt: noon})
	_, err = models.RestoreProcedure(ctx, n.db, "back", 4, 4, noon)
	require.Equal(t, []string{"review.respond"}, blamed(err), "what was stored under older rules is no way back")
}

func TestProcedureIsRemovedUnlessNeeded(t *testing.T) {
	n := newNetwork(t)
	ctx := t.Context()
	for _, slug := range []string{models.DefaultProcedure, "spare"} {
		_, err := n.db.NewRaw(`DELETE FROM procedures WHERE slug = ?`, slug).Exec(ctx)
		require.NoError(t, err)
		require.NoError(t, models.AddProcedure(ctx, n.db, &models.Procedure{Slug: slug, Names: models.Names{"en": slug}, Document: rules()}, noon))
	}
	again := models.Procedure{Slug: "spare", Names: models.Names{"en": "Again"}, Document: rules()}
	require.Equal(t, []string{"slug"}, blamed(models.AddProcedure(ctx, n.db, &again, noon)))
	again.Slug, again.Names = "Not a slug", models.Names{}
	require.Equal(t, []string{"slug", "names.en"}, blamed(models.AddProcedure(ctx, n.db, &again, noon)))
	require.Equal(t, apperr.CodeInUse, apperr.CodeOf(models.RemoveProcedure(ctx, n.db, models.DefaultProcedure)))
	require.NoError(t, models.RemoveProcedure(ctx, n.db, "spare"))
	require.Equal(t, apperr.CodeNotFound, apperr.CodeOf(models.RemoveProcedure(ctx, n.db, "spare")))
}
