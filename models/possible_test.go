package models_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tribuna/internal/apperr"
	"tribuna/models"
)

// TestWhatCanBeDecidedWhen has a line for every decision about a recommendation, and a letter for every stage in its order:
// y possible, n of another stage, h only once it goes on, c closed. First as it goes on, then on hold.
func TestWhatCanBeDecidedWhen(t *testing.T) {
	for kind, lines := range map[models.DecisionKind][2]string{
		models.DecideStartReview:        {"ynnnncc", "hhhhhcc"},
		models.DecideInviteReviewer:     {"nynnncc", "hhhhhcc"},
		models.DecideReview:             {"nynnncc", "hhhhhcc"},
		models.DecideAssignTranslator:   {"nnyyycc", "hhhhhcc"},
		models.DecideSubmitTranslation:  {"nnyyycc", "hhhhhcc"},
		models.DecideApproveTranslation: {"nnyyycc", "hhhhhcc"},
		models.DecideReturnTranslation:  {"nnyyycc", "hhhhhcc"},
		models.DecideAnswerSignOff:      {"nnnyncc", "hhhhhcc"},
		models.DecideResolveSignOff:     {"nnnyncc", "hhhhhcc"},
		models.DecidePublish:            {"nnnnycc", "hhhhhcc"},
		models.DecideHold:               {"yyyyycc", "hhhhhcc"},
		models.DecideResume:             {"nnnnncc", "yyyyycc"},
		models.DecideWithdraw:           {"yyyyycc", "yyyyycc"},
		models.DecideHandOver:           {"yyyyycc", "yyyyycc"},
		models.DecideAnswerReview:       {"yyyyycc", "hhhhhcc"}, // its question says the rest
	} {
		for held, line := range lines {
			got := ""
			for _, stage := range models.Stages() {
				r := models.Recommendation{Stage: stage}
				if held == 1 {
					r.HeldAt = &noon
				}
				got += verdict(r.Possible(kind))
			}
			require.Equal(t, line, got, "%s, on hold %v", kind, held == 1)
		}
	}
	published := models.Recommendation{Stage: models.StagePublication, PublishedAt: &noon}
	require.Equal(t, "n", verdict(published.Possible(models.DecideWithdraw)))
	require.Equal(t, "n", verdict(published.Possible(models.DecideAssignTranslator)))
	require.Equal(t, "y", verdict(published.Possible(models.DecideHold)))
	require.NoError(t, published.Announceable())
	require.Error(t, models.Recommendation{Stage: models.StagePublication}.Announceable())
}

func verdict(err error) string {
	return map[apperr.Code]string{"": "y", apperr.CodeWrongStage: "n", apperr.CodeHeld: "h", apperr.CodeClosed: "c", apperr.CodeLate: "l"}[apperr.CodeOf(err)]
}

// TestWhichQuestionsCanBeAnswered has a letter for each state a question can be in (open, done, declined, expired, cancelled),
// at several times.
func TestWhichQuestionsCanBeAnswered(t *testing.T) {
	states := []models.TaskState{models.TaskOpen, models.TaskDone, models.TaskDeclined, models.TaskExpired, models.TaskCancelled}
	late := noon.Add(3 * time.Hour)
	running, closed := &models.ReviewRound{Number: 1}, &models.ReviewRound{Number: 1, ClosedAt: &noon}
	review := models.Recommendation{Stage: models.StageReview, Round: 1}
	held, withdrawn := review, models.Recommendation{Stage: models.StageWithdrawn, Round: 1}
	held.HeldAt = &noon
	for name, q := range map[string]struct {
		kind  models.TaskKind
		rec   models.Recommendation
		round *models.ReviewRound
		now   time.Time
		want  string
	}{
		"a review in its round":               {models.TaskReview, review, running, noon, "yyclc"},
		"after its grace":                     {models.TaskReview, review, running, late, "lyclc"}, // what was answered can be answered better
		"once the round is closed":            {models.TaskReview, review, closed, noon, "ccccc"},  // and with it for who was silent
		"in another round":                    {models.TaskReview, models.Recommendation{Stage: models.StageReview, Round: 2}, running, noon, "ccccc"},
		"in another stage":                    {models.TaskConsult, models.Recommendation{Stage: models.StageTranslation, Round: 1}, running, noon, "ccclc"},
		"on hold":                             {models.TaskReview, held, running, late, "hhchc"},
		"withdrawn":                           {models.TaskReview, withdrawn, running, noon, "ccccc"},
		"the choice of a reviewer":            {models.TaskChooseReviewer, review, running, noon, "ycclc"},
		"the choice once the round is over":   {models.TaskChooseReviewer, review, closed, noon, "ccclc"},
		"the decision on a closed round":      {models.TaskDecideReview, review, closed, late, "ycclc"},
		"a sign-off while it lasts":           {models.TaskSignOff, models.Recommendation{Stage: models.StageSignOff}, nil, late, "yyclc"},
		"a sign-off after it":                 {models.TaskSignOff, models.Recommendation{Stage: models.StagePublication}, nil, noon, "nnclc"},
		"a translation, however late":         {models.TaskTranslate, models.Recommendation{Stage: models.StageSignOff}, nil, late, "ycclc"},
		"a report, on hold":                   {models.TaskReportProgress, held, nil, noon, "ycclc"},
		"a report after its grace":            {models.TaskReportProgress, models.Recommendation{Stage: models.StageDone}, nil, late, "lcclc"},
		"a report on what others recommend":   {models.TaskReportProgress, models.Recommendation{Stage: models.StageDone, Kind: models.KindImported}, nil, noon, "ycclc"},
		"a delivery of something on hold":     {models.TaskDeliver, models.Recommendation{Stage: models.StagePublication, HeldAt: &noon}, nil, noon, "hhclc"},
		"a delivery once all is on record":    {models.TaskDeliver, models.Recommendation{Stage: models.StageDone}, nil, noon, "ycclc"},
		"a decision on sign-offs, much later": {models.TaskResolveSignOff, models.Recommendation{Stage: models.StageSignOff}, nil, late, "ycclc"},
	} {
		got := ""
		for _, state := range states {
			task := models.Task{Kind: q.kind, Round: 1, State: state, DueAt: noon.Add(time.Hour), GraceUntil: noon.Add(2 * time.Hour)}
			got += verdict(task.Refuses(&q.rec, q.round, q.now))
		}
		require.Equal(t, q.want, got, name)
	}
}
