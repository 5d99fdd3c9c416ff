package models_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/internal/apperr"
	"tribuna/models"
)

// rules is a procedure that holds all it should.
func rules() models.ProcedureDocument {
	wait := models.Wait{Due: "5wd", RemindAfter: []models.Span{"3wd"}, LateFor: "2d"}
	return models.ProcedureDocument{
		Review:      models.ReviewRules{Wait: wait, Respond: "3wd", Enough: 2, Grace: "1d", Decide: models.Wait{Due: "2wd"}},
		Translation: models.TranslationRules{Translate: models.Wait{Due: "10wd"}, Approve: models.Wait{Due: "4wd"}},
		SignOff: models.SignOffRules{Wait: models.Wait{Due: "15wd"}, Rule: models.SignOffAll, Silence: models.SilenceWaits,
			Uncovered: models.UncoveredLead, Resolve: models.Wait{Due: "6wd"}},
		Publication: models.PublicationRules{Publish: models.Wait{Due: "7wd"}, Deliver: models.Wait{Due: "8wd"}, ReplyDue: "30d"},
		FollowUp:    models.FollowUpRules{First: "60d", Every: "90d", Report: models.Wait{Due: "9wd"}},
		Digest:      models.DigestRules{Hour: 8},
	}
}

func TestProcedureSaysWhatIsWrong(t *testing.T) {
	require.NoError(t, rules().Validate())
	for path, spoil := range map[string]func(*models.ProcedureDocument){
		"review.due":                     func(d *models.ProcedureDocument) { d.Review.Due = "" },
		"review.late_for":                func(d *models.ProcedureDocument) { d.Review.LateFor = "a while" },
		"review.remind_after[0]":         func(d *models.ProcedureDocument) { d.Review.RemindAfter[0] = "0d" },
		"review.decide.due":              func(d *models.ProcedureDocument) { d.Review.Decide.Due = "0d" },
		"review.respond":                 func(d *models.ProcedureDocument) { d.Review.Respond = "3 days" },
		"review.grace":                   func(d *models.ProcedureDocument) { d.Review.Grace = "x" },
		"review.enough":                  func(d *models.ProcedureDocument) { d.Review.Enough = 0 },
		"translation.translate.due":      func(d *models.ProcedureDocument) { d.Translation.Translate.Due = "" },
		"translation.approve.due":        func(d *models.ProcedureDocument) { d.Translation.Approve.Due = "" },
		"sign_off.due":                   func(d *models.ProcedureDocument) { d.SignOff.Due = "" },
		"sign_off.resolve.due":           func(d *models.ProcedureDocument) { d.SignOff.Resolve.Due = "" },
		"translation.translate.late_for": func(d *models.ProcedureDocument) { d.Translation.Translate.LateFor = "2wd" },
		"translation.approve.late_for":   func(d *models.ProcedureDocument) { d.Translation.Approve.LateFor = "2wd" },
		"sign_off.late_for":              func(d *models.ProcedureDocument) { d.SignOff.Silence, d.SignOff.LateFor = models.SilenceWaits, "2wd" },
		"sign_off.resolve.late_for":      func(d *models.ProcedureDocument) { d.SignOff.Resolve.LateFor = "2wd" },
		"publication.publish.late_for":   func(d *models.ProcedureDocument) { d.Publication.Publish.LateFor = "2wd" },
		"publication.deliver.late_for":   func(d *models.ProcedureDocument) { d.Publication.Deliver.LateFor = "2wd" },
		"sign_off.rule":                  func(d *models.ProcedureDocument) { d.SignOff.Rule = "lottery" },
		"sign_off.silence":               func(d *models.ProcedureDocument) { d.SignOff.Silence = "golden" },
		"sign_off.uncovered":             func(d *models.ProcedureDocument) { d.SignOff.Uncovered = "" },
		"publication.publish.due":        func(d *models.ProcedureDocument) { d.Publication.Publish.Due = "" },
		"publication.deliver.due":        func(d *models.ProcedureDocument) { d.Publication.Deliver.Due = "" },
		"publication.reply_due":          func(d *models.ProcedureDocument) { d.Publication.ReplyDue = "" },
		"follow_up.first":                func(d *models.ProcedureDocument) { d.FollowUp.First = "" },
		"follow_up.every":                func(d *models.ProcedureDocument) { d.FollowUp.Every = "0d" },
		"follow_up.report.due":           func(d *models.ProcedureDocument) { d.FollowUp.Report.Due = "" },
		"digest.hour":                    func(d *models.ProcedureDocument) { d.Digest.Hour = 24 },
		"sign_off.quorum":                func(d *models.ProcedureDocument) { d.SignOff.Rule = models.SignOffNoObjection },
	} {
		t.Run(path, func(t *testing.T) {
			d := rules()
			spoil(&d)
			require.Equal(t, []string{path}, blamed(d.Validate()))
		})
	}
}

// TestARoundAlwaysHasAGrace: whoever answers last can still change it.
func TestARoundAlwaysHasAGrace(t *testing.T) {
	for _, none := range []models.Span{"", "0d", "0s"} {
		d := rules()
		d.Review.Grace = none
		require.Equal(t, []string{"review.grace"}, blamed(d.Validate()), "%q", none)
		require.Equal(t, models.LeastGrace, d.Review.ClosingGrace(), "%q", none)
	}
	require.EqualValues(t, "1d", rules().Review.ClosingGrace())
}

// TestProcedureSaysWhatIsNonsense spoils a procedure by what can be read, and cannot be meant.
func TestProcedureSaysWhatIsNonsense(t *testing.T) {
	for name, c := range map[string]struct {
		path, rule string
		spoil      func(*models.ProcedureDocument)
	}{
		"silent after the time is up":    {"review.respond", "after_due", func(d *models.ProcedureDocument) { d.Review.Respond = "6wd" }},
		"changed for longer than asked":  {"review.grace", "after_due", func(d *models.ProcedureDocument) { d.Review.Grace = "9d" }},
		"reminded after the deadline":    {"sign_off.remind_after[0]", "reminder_late", func(d *models.ProcedureDocument) { d.SignOff.RemindAfter = []models.Span{"30d"} }},
		"reminded when it is over":       {"publication.deliver.remind_after[1]", "reminder_late", func(d *models.ProcedureDocument) { d.Publication.Deliver.RemindAfter = []models.Span{"2wd", "21d"} }},
		"the second reminder first":      {"sign_off.remind_after[1]", "reminder_order", func(d *models.ProcedureDocument) { d.SignOff.RemindAfter = []models.Span{"8wd", "3wd"} }},
		"the same reminder twice":        {"sign_off.remind_after[1]", "reminder_order", func(d *models.ProcedureDocument) { d.SignOff.RemindAfter = []models.Span{"3wd", "3wd"} }},
		"more experts than can be asked": {"review.enough", "range", func(d *models.ProcedureDocument) { d.Review.Enough = 99 }},
		"nobody has to answer":           {"sign_off.quorum", "min", func(d *models.ProcedureDocument) { d.SignOff.Rule = models.SignOffMajority }},
		"asked again before the answer":  {"follow_up.report.due", "after_next", func(d *models.ProcedureDocument) { d.FollowUp.Every = "5d" }},
		"reminded before anybody is asked": {"review.remind_before[0]", "reminder_early", func(d *models.ProcedureDocument) {
			d.Review.RemindAfter, d.Review.RemindBefore = nil, []models.Span{"60d"}
		}},
		"the nearer reminder first": {"review.remind_before[1]", "reminder_order", func(d *models.ProcedureDocument) {
			d.Review.RemindAfter, d.Review.RemindBefore = nil, []models.Span{"1d", "2d"}
		}},
		"reminded from both ends":         {"review.remind_before", "reminder_either", func(d *models.ProcedureDocument) { d.Review.RemindBefore = []models.Span{"1d"} }},
		"asked yes or no when it is over": {"review.respond_remind_after[0]", "reminder_late", func(d *models.ProcedureDocument) { d.Review.RespondRemind = []models.Span{"30d"} }},
		"reminded when nothing is taken":  {"review.remind_late", "reminder_grace", func(d *models.ProcedureDocument) { d.Review.RemindLate = "60d" }},
		"neither closed nor asked about":  {"review.when_enough", "oneof", func(d *models.ProcedureDocument) { d.Review.WhenEnough = "vote" }},
		"waited for a lifetime":           {"publication.reply_due", "span_long", func(d *models.ProcedureDocument) { d.Publication.ReplyDue = "9999wd" }},
	} {
		t.Run(name, func(t *testing.T) {
			d := rules()
			c.spoil(&d)
			var bad *apperr.Error
			require.ErrorAs(t, d.Validate(), &bad)
			require.Len(t, bad.Fields, 1)
			require.Equal(t, [2]string{c.path, "error.field." + c.rule}, [2]string{bad.Fields[0].Path, bad.Fields[0].Key})
			if c.rule == "oneof" {
				require.NotContains(t, bad.Fields[0].Args["allowed"], "[", "said as people write it")
			}
		})
	}
}

// blamed lists the paths an error blames.
func blamed(err error) []string {
	var e *apperr.Error
	if !errors.As(err, &e) {
		return nil
	}
	var paths []string
	for _, f := range e.Fields {
		paths = append(paths, f.Path)
	}
	return paths
}

func TestProcedureCollectsAllThatIsWrong(t *testing.T) {
	require.Greater(t, len(blamed(models.ProcedureDocument{}.Validate())), 10)
}

func TestProcedureNeedsNoRulesForWhatItSkips(t *testing.T) {
	d := rules()
	d.Translation, d.SignOff = models.TranslationRules{Skip: true}, models.SignOffRules{Skip: true}
	require.NoError(t, d.Validate())
}

func TestProcedureWaitsForEveryKindOfTask(t *testing.T) {
	d := rules()
	for kind, due := range map[models.TaskKind]models.Span{
		models.TaskReview: "5wd", models.TaskConsult: "5wd", models.TaskChooseReviewer: "2wd", models.TaskDecideReview: "2wd",
		models.TaskEscalation: "2wd", models.TaskAssignTranslator: "10wd", models.TaskTranslate: "10wd", models.TaskApproveTranslation: "4wd",
		models.TaskSignOff: "15wd", models.TaskResolveSignOff: "6wd", models.TaskPublish: "7wd", models.TaskDeliver: "8wd",
		models.TaskReportProgress: "9wd",
	} {
		require.Equal(t, due, d.WaitFor(kind).Due, kind)
	}
}

func TestProcedureNewestVersionCounts(t *testing.T) {
	n := newNetwork(t)
	for version, enough := range map[int]int{1: 5, 2: 7, 3: 6} {
		d := rules()
		d.Review.Enough = enough
		insert(t, n.db, &models.Procedure{ID: models.NewID(), Slug: "default", Version: version, Names: models.Names{"en": "Default"}, Document: d, CreatedAt: noon})
	}
	insert(t, n.db, &models.Procedure{ID: models.NewID(), Slug: "fast", Version: 1, Names: models.Names{"en": "Fast"}, Document: rules(), CreatedAt: noon})

	newest, err := models.ProcedureBySlug(t.Context(), n.db, "default")
	require.NoError(t, err)
	require.Equal(t, 3, newest.Version)
	require.Equal(t, 6, newest.Document.Review.Enough)
	require.Equal(t, rules().FollowUp, newest.Document.FollowUp, "what was stored is what is read")

	all, err := models.Procedures(t.Context(), n.db)
	require.NoError(t, err)
	require.Len(t, all, 2)
	require.Equal(t, []int{3, 1}, []int{all[0].Version, all[1].Version})

	_, err = models.ProcedureBySlug(t.Context(), n.db, "none")
	require.Equal(t, apperr.CodeNotFound, apperr.CodeOf(err))
}
