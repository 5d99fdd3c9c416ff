package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tribuna/internal/apperr"
	"tribuna/models"
)

// unsigns has somebody take back what a representative answered.
func (o *office) unsigns(after time.Duration, whose, by string, outcome **said, change ...func(*models.Submission)) {
	o.at(after, func() {
		*outcome = o.tell(models.DecideTakeBack, o.person(by), &o.voteOf(whose).ID, models.TakeBackPayload{}, change...)
	})
}

func TestSignOffTakenBackWaitsAgain(t *testing.T) {
	o := signOffOffice(t, nil)
	var never, stranger, back, same, twice *said
	var due time.Time
	o.unsigns(30*time.Minute, lead, lead, &never)
	o.signs(time.Hour, lead, models.SignOffDoNotCosign)
	o.at(90*time.Minute, func() {
		due = o.voteOf(lead).DueAt
		require.Len(t, o.openTasks(models.TaskResolveSignOff), 1)
	})
	o.unsigns(2*time.Hour, lead, owner, &stranger)
	o.unsigns(3*time.Hour, lead, lead, &back, decisionID("the-same-form"))
	o.unsigns(4*time.Hour, lead, lead, &same, decisionID("the-same-form"))
	o.at(5*time.Hour, func() {
		task := o.voteOf(lead)
		require.True(t, task.WaitsAgain())
		require.WithinDuration(t, due, task.DueAt, 0, "the deadline is what it was")
		require.NotNil(t, task.RemindAt, "and reminded of")
		require.Empty(t, o.openTasks(models.TaskResolveSignOff), "the officer has nothing to resolve")
		words, err := models.SignOffTakenBack(o.ctx, o.db, task, o.person(lead))
		require.NoError(t, err)
		require.Equal(t, "Our board said so.", words.Reason)
		words, err = models.SignOffTakenBack(o.ctx, o.db, task, o.person(owner))
		require.NoError(t, err)
		require.Nil(t, words, "they are nobody else's")
	})
	o.unsigns(6*time.Hour, lead, lead, &twice)
	o.signs(7*time.Hour, owner, models.SignOffApprove)
	o.at(8*time.Hour, func() { require.Equal(t, models.StageSignOff, o.stage(), "it is waited for") })
	o.signs(9*time.Hour, lead, models.SignOffApprove)
	cutOff(t, o.run(day))
	o.refused(apperr.CodeWrongStage, never)
	o.refused(apperr.CodeWrongStage, twice)
	require.Equal(t, models.SubmissionRefused, stranger.outcome.State)
	o.recorded(back)
	o.recorded(same)
	require.Equal(t, models.StagePublication, o.stage())
	require.Equal(t, 1, o.entries("signoff.taken_back"))
	require.Equal(t, 1, o.mailsTo(models.MailRoundNews, o.officer.ID))
	items, err := models.RecordAs(o.ctx, o.db, models.Attribution{}, o.rec.ID, "network")
	require.NoError(t, err)
	for _, it := range items {
		require.NotContains(t, it.Texts, "reason", "what was taken back is not read any more: %s", it.Verb)
	}
}

// Where silence counts, who takes an answer back after the deadline is not silent at once.
func TestSignOffTakenBackAfterItsTimeIsNotSilenceAtOnce(t *testing.T) {
	o := signOffOffice(t, func(d *models.ProcedureDocument) { d.SignOff.Silence = models.SilenceApproves })
	var back *said
	o.signs(time.Hour, lead, models.SignOffDoNotCosign)
	var at time.Duration
	o.at(2*time.Hour, func() { at = o.voteOf(lead).GraceUntil.Sub(begin) })
	o.at(3*time.Hour, func() { o.tell(models.DecideHold, o.officer, nil, models.ReasonPayload{Reason: "Elections."}) })
	o.at(4*time.Hour, func() { o.tell(models.DecideResume, o.officer, nil, models.NoPayload{}) })
	o.unsigns(60*day, lead, lead, &back)
	o.at(60*day+time.Hour, func() {
		require.Less(t, at, 60*day, "its time was over")
		task := o.voteOf(lead)
		require.True(t, task.WaitsAgain())
		require.True(t, task.GraceUntil.After(begin.Add(61*day-time.Minute)), "a whole day at least")
		require.Equal(t, models.StageSignOff, o.stage())
	})
	cutOff(t, o.run(120*day))
	o.recorded(back)
	require.Equal(t, models.StagePublication, o.stage(), "in the end silence counts")
}

func TestSignOffIsTakenBackByWhoGaveItWhileItLasts(t *testing.T) {
	o := signOffOffice(t, nil)
	var late *said
	o.signs(time.Hour, lead, models.SignOffApprove)
	o.signs(2*time.Hour, owner, models.SignOffApprove)
	o.unsigns(3*time.Hour, lead, lead, &late)
	cutOff(t, o.run(4*time.Hour))
	require.Equal(t, models.SubmissionRefused, late.outcome.State)
	require.Zero(t, o.entries("signoff.taken_back"))
	answers, err := models.SignOffs(o.ctx, o.db, o.version.ID)
	require.NoError(t, err)
	require.Len(t, answers, 2)
}
