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

func TestSignOffIsTakenBackByItsOrganisationNotByItsSisters(t *testing.T) {
	o := signOffOffice(t, nil)
	o.exec("INSERT INTO roles (person_id, organisation_id, role) VALUES (?, ?, 'partner')", o.person(bosnia).ID, o.organisation("tdh").ID)
	var given, sisters, other, colleagues *said
	o.at(time.Hour, func() { given = o.votes(lead, models.SignOffAbstain) })
	o.unsigns(2*time.Hour, lead, sister, &sisters)
	o.at(3*time.Hour, func() {
		seen := "an-answer-before-it"
		other = o.tell(models.DecideTakeBack, o.person(bosnia), &o.voteOf(lead).ID, models.TakeBackPayload{InsteadOf: models.InsteadOf{SeenAnswer: &seen}})
	})
	o.unsigns(4*time.Hour, lead, bosnia, &colleagues)
	o.at(5*time.Hour, func() {
		words, err := models.SignOffTakenBack(o.ctx, o.db, o.voteOf(lead), o.person(bosnia))
		require.NoError(t, err)
		require.Nil(t, words, "a colleague does not read them as their own")
	})
	cutOff(t, o.run(6*time.Hour))
	o.recorded(given)
	o.refused(apperr.CodeForbidden, sisters)
	o.refused(apperr.CodeOutdated, other)
	o.recorded(colleagues)
	require.Equal(t, o.organisation("tdh").ID, o.entry("signoff.taken_back").Organisation)
	require.Equal(t, 1, o.mailsTo(models.MailSignOffReplaced, o.person(lead).ID), "who had answered is told")
}

func TestSignOffTakenBackAndAnsweredLate(t *testing.T) {
	o := signOffOffice(t, nil)
	o.signs(time.Hour, lead, models.SignOffDoNotCosign)
	var back, again *said
	o.unsigns(28*day, lead, lead, &back) // due after three weeks
	o.at(28*day+time.Hour, func() {
		require.NotNil(t, o.voteOf(lead).OverdueAt)
		require.NotEmpty(t, o.openTasks(models.TaskEscalation), "where silence waits, somebody looks into it")
	})
	o.at(29*day, func() { again = o.votes(lead, models.SignOffApprove) })
	cutOff(t, o.run(29*day+time.Hour))
	o.recorded(back)
	require.False(t, back.outcome.Late, "taking back is not late")
	o.recorded(again)
	require.True(t, again.outcome.Late)
	require.NotEqual(t, "true", o.entry("signoff.taken_back").Facts["late"])
	for _, e := range o.openTasks(models.TaskEscalation) {
		require.NotEqual(t, o.voteOf(lead).ID, *e.SubjectID, "the answer ends it")
	}
}

func TestSignOffTakenBackThenHeldAndWithdrawn(t *testing.T) {
	o := signOffOffice(t, nil)
	o.signs(time.Hour, lead, models.SignOffAbstain)
	var held, back *said
	o.at(2*time.Hour, func() { o.tell(models.DecideHold, o.officer, nil, models.ReasonPayload{Reason: "Elections."}) })
	o.unsigns(3*time.Hour, lead, lead, &held)
	o.at(4*time.Hour, func() { o.tell(models.DecideResume, o.officer, nil, models.NoPayload{}) })
	o.unsigns(5*time.Hour, lead, lead, &back)
	o.signs(6*time.Hour, owner, models.SignOffAbstain)
	o.withdraws(7 * time.Hour)
	require.NoError(t, o.run(10*day))
	o.refused(apperr.CodeHeld, held)
	o.recorded(back)
	require.Equal(t, models.TaskCancelled, o.voteOf(lead).State)
	task := o.voteOf(owner)
	sub, err := models.NewSubmission(o.rec.ID, "after-the-end", models.DecideTakeBack, o.person(owner).ID, models.TakeBackPayload{})
	require.NoError(t, err)
	sub.TaskID = &task.ID
	stored, err := models.Receive(o.ctx, o.db, sub, o.clock)
	require.NoError(t, err)
	require.Equal(t, models.SubmissionRefused, o.decideAlone(stored).State, "withdrawn")
}

func TestSignOffTakenBackIsWaitedForWhereTheProcessContinuesAsNew(t *testing.T) {
	o := signOffOffice(t, nil)
	renew := func(after time.Duration) { o.at(after, func() { o.env.SetContinueAsNewSuggested(true) }) }
	var back *said
	o.signs(time.Hour, lead, models.SignOffDoNotCosign)
	renew(90 * time.Minute)
	o.unsigns(2*time.Hour, lead, lead, &back)
	renew(150 * time.Minute)
	o.signs(3*time.Hour, owner, models.SignOffApprove)
	o.at(4*time.Hour, func() { require.Equal(t, models.StageSignOff, o.stage()) })
	o.signs(5*time.Hour, lead, models.SignOffApprove)
	cutOff(t, o.run(6*time.Hour))
	o.recorded(back)
	require.Equal(t, 4, o.runs, "twice for its length, once for the stage")
	require.Equal(t, models.StagePublication, o.stage())
	require.Equal(t, 1, o.entries("signoff.taken_back"))
}
