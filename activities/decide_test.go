package activities

import (
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/apperr"
	"tribuna/models"
)

// atOnce decides on all submissions at the same time.
func (d *desk) atOnce(subs []*models.Submission) []models.Outcome {
	d.t.Helper()
	outcomes, errs := make([]models.Outcome, len(subs)), make([]error, len(subs))
	begin, done := make(chan struct{}), sync.WaitGroup{}
	for i, s := range subs {
		done.Go(func() {
			<-begin
			result, err := d.acts.Decide(d.ctx, DecideInput{ProcessID: s.ProcessID, SubmissionID: s.ID})
			outcomes[i], errs[i] = result.Outcome, err
		})
	}
	close(begin)
	done.Wait()
	for _, err := range errs {
		require.NoError(d.t, err)
	}
	return outcomes
}

func (d *desk) reviewStart() models.StartReviewPayload {
	return models.StartReviewPayload{VersionID: d.version.ID, Invite: []uuid.UUID{d.experts[0].ID}}
}

func TestDecideTwentyTimesAtOnceIsOneDecision(t *testing.T) {
	d := newDesk(t, nil)
	sub := d.submit(d.rec.ID, models.DecideStartReview, d.officer, nil, d.reviewStart())
	entries := d.count((*models.Decision)(nil), "true")
	subs := make([]*models.Submission, 20)
	for i := range subs {
		subs[i] = sub
	}
	outcomes := d.atOnce(subs)
	for _, o := range outcomes {
		require.Equal(t, outcomes[0], o)
		require.Equal(t, models.SubmissionRecorded, o.State)
	}
	require.Equal(t, entries+1, d.count((*models.Decision)(nil), "true"))
	require.Equal(t, 1, d.count((*models.ReviewRound)(nil), "recommendation_id = ?", d.rec.ID))
	d.whole()
}

func TestDecideTwentyPeopleAtOnceIsOneDecisionAndNineteenRefusals(t *testing.T) {
	d := newDesk(t, nil)
	var subs []*models.Submission
	for range 20 {
		subs = append(subs, d.submit(d.rec.ID, models.DecideStartReview, d.officer, nil, d.reviewStart()))
	}
	recorded := 0
	for _, o := range d.atOnce(subs) {
		if o.State == models.SubmissionRecorded {
			recorded++
			continue
		}
		require.Equal(t, apperr.CodeWrongStage, o.Code)
	}
	require.Equal(t, 1, recorded)
	require.Equal(t, 1, d.count((*models.ReviewRound)(nil), "recommendation_id = ?", d.rec.ID))
	require.Zero(t, d.count((*models.Submission)(nil), "state = 'received'"), "everybody has an answer")
	d.whole()
}

func TestDecideStepsAtOnceAreOneStep(t *testing.T) {
	d := newDesk(t, nil)
	d.says(models.DecideStartReview, nil, d.reviewStart())
	s := d.stepNow()
	var done sync.WaitGroup
	errs := make([]error, 20)
	for i := range errs {
		done.Go(func() { _, errs[i] = d.acts.OpenReview(d.ctx, s) })
	}
	done.Wait()
	for _, err := range errs {
		require.NoError(t, err)
	}
	require.Equal(t, 1, d.count((*models.Task)(nil), "kind = 'review'"))
	require.Equal(t, 1, d.count((*models.OutboxMail)(nil), "kind = 'review_invitation'"))
	d.whole()
}

func TestDecideRefusalIsKeptAndLeavesNothingElse(t *testing.T) {
	d := newDesk(t, nil)
	stranger := d.person("amra.selimovic@tribuna.example")
	sub := d.submit(d.rec.ID, models.DecideStartReview, stranger, nil, d.reviewStart())
	in := DecideInput{ProcessID: d.rec.ID, SubmissionID: sub.ID}
	first, err := d.acts.Decide(d.ctx, in)
	require.NoError(t, err)
	require.Equal(t, models.SubmissionRefused, first.Outcome.State)
	require.Equal(t, models.StageDrafting, first.Position.Stage)

	d.clock = d.clock.Add(time.Hour)
	again, err := d.acts.Decide(d.ctx, in)
	require.NoError(t, err)
	require.Equal(t, first.Outcome.DecidedAt.UTC(), again.Outcome.DecidedAt.UTC(), "the first answer stands")
	require.Zero(t, d.count((*models.Decision)(nil), "decision_id = ?", sub.DecisionID))
}

func TestDecideRefusesWhatDoesNotFit(t *testing.T) {
	d := newDesk(t, nil)
	d.says(models.DecideStartReview, nil, d.reviewStart())
	d.stage("OpenReview", d.acts.OpenReview)
	review := d.the(models.TaskReview)
	foreign := newTaskElsewhere(d)
	for name, c := range map[string]struct {
		kind models.DecisionKind
		who  models.Person
		task *uuid.UUID
		code apperr.Code
	}{
		"a kind nobody knows":                     {"abolish", d.officer, nil, apperr.CodeInvalid},
		"a kind of another process":               {models.DecideLaunchMailing, d.officer, nil, apperr.CodeInvalid},
		"no task where one is answered":           {models.DecideAnswerReview, d.experts[0], nil, apperr.CodeInvalid},
		"a task of another kind":                  {models.DecideAnswerSignOff, d.experts[0], &review.ID, apperr.CodeNotFound},
		"a task of another process":               {models.DecideAnswerReview, d.experts[0], &foreign, apperr.CodeNotFound},
		"somebody else's task":                    {models.DecideAnswerReview, d.experts[1], &review.ID, apperr.CodeNotFound},
		"a task where none belongs":               {models.DecideHold, d.officer, &review.ID, apperr.CodeNotFound},
		"resuming what is not on hold":            {models.DecideResume, d.officer, nil, apperr.CodeWrongStage},
		"starting a review while one is on":       {models.DecideStartReview, d.officer, nil, apperr.CodeWrongStage},
		"a second pair of eyes without a text":    {models.DecideApproveTranslation, d.officer, &review.ID, apperr.CodeNotFound},
		"deciding on a round that is still on":    {models.DecideReview, d.officer, nil, apperr.CodeInvalid},
		"assigning translators before their time": {models.DecideAssignTranslator, d.officer, nil, apperr.CodeWrongStage},
	} {
		t.Run(name, func(t *testing.T) {
			sub := d.submit(d.rec.ID, c.kind, c.who, c.task, models.NoPayload{})
			result, err := d.acts.Decide(d.ctx, DecideInput{ProcessID: d.rec.ID, SubmissionID: sub.ID})
			require.NoError(t, err)
			require.Equal(t, c.code, result.Outcome.Code, "%+v", result.Outcome)
		})
	}
}

// newTaskElsewhere opens a review task for the same expert in another process of the same recommendation.
func newTaskElsewhere(d *desk) uuid.UUID {
	d.t.Helper()
	process := models.NewID()
	require.NoError(d.t, models.OpenProcess(d.ctx, d.db, models.ProcessFollowUp, process, d.rec.ID, d.clock))
	task := models.NewTask(models.TaskReview, models.Wait{Due: "5d"}, d.clock, time.UTC)
	task.ProcessID, task.RecommendationID, task.PersonID, task.VersionID = process, d.rec.ID, &d.experts[0].ID, &d.version.ID
	require.NoError(d.t, task.Insert(d.ctx, d.db))
	return task.ID
}

func TestDecideByALinkIsForItsTaskAlone(t *testing.T) {
	d := newDesk(t, nil)
	d.says(models.DecideStartReview, nil, d.reviewStart())
	d.stage("OpenReview", d.acts.OpenReview)
	byLink := func(kind models.DecisionKind, who models.Person, task, behalf *uuid.UUID, payload any) models.Outcome {
		sub, err := models.NewSubmission(d.rec.ID, uuid.NewString(), kind, who.ID, payload)
		require.NoError(t, err)
		sub.TaskID, sub.OnBehalfOf, sub.BehalfNote, sub.ByLink = task, behalf, "By letter.", true
		stored, err := models.Receive(d.ctx, d.db, sub, d.clock)
		require.NoError(t, err)
		result, err := d.acts.Decide(d.ctx, DecideInput{ProcessID: d.rec.ID, SubmissionID: stored.ID})
		require.NoError(t, err)
		return result.Outcome
	}
	task := d.the(models.TaskReview)
	refused, recorded := models.SubmissionRefused, models.SubmissionRecorded
	none := models.NoPayload{}
	require.Equal(t, refused, byLink(models.DecideHold, d.officer, nil, nil, models.ReasonPayload{Reason: "By link."}).State, "no task")
	require.Equal(t, refused, byLink(models.DecideAcceptTask, d.officer, &task.ID, nil, none).State, "not the one asked")
	require.Equal(t, refused, byLink(models.DecideAcceptTask, d.officer, &task.ID, &d.experts[0].ID, none).State, "others speak for themselves")
	require.Equal(t, recorded, byLink(models.DecideAcceptTask, d.experts[0], &task.ID, nil, none).State)
}
