package workflows_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/apperr"
	"tribuna/models"
	"tribuna/workflows"
)

// followOffice has the recommendation published and follows its first measure at Bulgaria's ministry, of which the
// Know-how Centre is the focal point. It is asked first on the morning of 31 July and then every ninety days.
func followOffice(t *testing.T, change func(*models.ProcedureDocument)) (*office, uuid.UUID) {
	t.Helper()
	o := newOffice(t, change)
	o.publish()
	o.exec("UPDATE deliveries SET delivered_on = current_date WHERE recommendation_id = ?", o.rec.ID) // nobody is asked before
	list, err := models.FollowUps(o.ctx, o.db, models.FollowUpFilter{Recommendation: o.rec.ID})
	require.NoError(t, err)
	o.runs = 0
	return o, list[0].ID
}

// firstAsked is when the focal point is asked first: 31 July at nine in Sofia.
const firstAsked = 60*day - time.Hour

func (o *office) follow(id uuid.UUID, until time.Duration) error {
	return o.runProcess(workflows.FollowUp, id, until)
}

func (o *office) followUp(id uuid.UUID) *models.FollowUp {
	o.t.Helper()
	f, err := models.FollowUpByID(o.ctx, o.db, id)
	require.NoError(o.t, err)
	return f
}

func progress(status models.FollowUpStatus) models.ProgressPayload {
	return models.ProgressPayload{Status: status, Note: "A draft law was tabled.", SourceTitle: "State Gazette", SourceURL: "https://gazette.example/1"}
}

// asked is the newest task to report on a follow-up, whatever came of it.
func (o *office) asked(id uuid.UUID) *models.Task {
	o.t.Helper()
	list, err := models.Tasks(o.ctx, o.db, models.TaskFilter{Process: id, Kinds: []models.TaskKind{models.TaskReportProgress}})
	require.NoError(o.t, err)
	require.NotEmpty(o.t, list)
	return &list[len(list)-1]
}

// reports says a report now, as an answer to what was asked where asked is set.
func (o *office) reports(id uuid.UUID, email string, asked bool, change ...func(*models.Submission)) *said {
	o.t.Helper()
	var task *uuid.UUID
	if asked {
		task = &o.asked(id).ID
	}
	return o.say(id, models.DecideReportProgress, o.person(email), task, progress("under_discussion"), change...)
}

func TestFollowUpAskedAndReported(t *testing.T) {
	o, id := followOffice(t, nil)
	var s *said
	o.at(firstAsked-time.Minute, func() { require.Empty(t, o.tasksOf(models.TaskReportProgress)) })
	o.at(firstAsked+time.Hour, func() { s = o.reports(id, owner, true) })
	o.at(firstAsked+2*day, func() { require.Empty(t, o.openTasks(models.TaskReportProgress)) })
	cutOff(t, o.follow(id, 100*day))

	o.recorded(s)
	f := o.followUp(id)
	require.Equal(t, models.FollowUpStatus("under_discussion"), f.Status)
	require.Equal(t, 2, f.Period)
	require.Equal(t, begin.Add(firstAsked+time.Hour), f.StatusSince.UTC())
	require.Equal(t, "2026-10-29 09:00", f.AskAt.In(sofia(t)).Format("2006-01-02 15:04"))
	require.Len(t, f.Notes, 1)
	require.Equal(t, "https://gazette.example/1", f.Notes[0].SourceURL)
	require.Equal(t, 1, o.mailsTo(models.MailProgressRequest, o.person(owner).ID))
	require.Equal(t, 1, o.entries("followup.asked"))
	require.Equal(t, 2, o.runs, "each period is a history of its own")
	require.Equal(t, "23:59", o.asked(id).DueAt.In(sofia(t)).Format("15:04"), "due at the end of a day where the focal point is")
}

func sofia(t *testing.T) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Sofia")
	require.NoError(t, err)
	return zone
}

func TestFollowUpSilenceIsRemindedEscalatedAndAskedAgain(t *testing.T) {
	o, id := followOffice(t, nil)
	o.at(firstAsked+16*day, func() {
		require.Equal(t, 1, o.asked(id).Reminders)
		require.Len(t, o.openTasks(models.TaskEscalation), 1)
	})
	cutOff(t, o.follow(id, 185*day))
	list := o.tasksOf(models.TaskReportProgress)
	require.Len(t, list, 2, "asked again in the next period")
	require.Equal(t, models.TaskExpired, list[0].State)
	require.Equal(t, 2, list[1].Round)
	require.Equal(t, models.FollowUpStatus("no_reply"), o.followUp(id).Status, "silence changes nothing")
	require.Equal(t, 1, o.entries("task.expired"))
}

func TestFollowUpLastsForYears(t *testing.T) {
	o, id := followOffice(t, nil)
	cutOff(t, o.follow(id, 5*365*day))
	periods := o.followUp(id).Period
	require.Greater(t, periods, 10)
	require.Equal(t, periods, o.runs)
	require.Equal(t, periods, o.mailsTo(models.MailProgressRequest, o.person(owner).ID)+boolInt(o.followUp(id).AskAt.After(o.clock)))
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

func TestFollowUpDuplicateIsOneReport(t *testing.T) {
	o, id := followOffice(t, nil)
	var first, again, other, second *said
	o.at(firstAsked+day, func() {
		first = o.reports(id, owner, true, decisionID("the-same-form"))
		again = o.reports(id, owner, true, decisionID("the-same-form"))
		other = o.say(id, models.DecideReportProgress, o.person(owner), &o.asked(id).ID, progress("rejected"), decisionID("the-same-form"))
	})
	o.at(firstAsked+2*day, func() { second = o.reports(id, owner, true) })
	cutOff(t, o.follow(id, firstAsked+3*day))
	o.recorded(first)
	require.Equal(t, first.outcome, again.outcome)
	require.Equal(t, apperr.CodeOtherWords, apperr.CodeOf(other.err))
	o.refused(apperr.CodeClosed, second)
	require.Len(t, o.followUp(id).Notes, 1)
	require.Equal(t, 2, o.followUp(id).Period)
}

func TestFollowUpLateReportIsTakenInItsGrace(t *testing.T) {
	o, id := followOffice(t, nil)
	var late, over *said
	o.at(firstAsked+30*day, func() { late = o.reports(id, owner, true) })
	o.at(firstAsked+30*day+91*day+50*day, func() { over = o.reports(id, owner, true) })
	cutOff(t, o.follow(id, firstAsked+180*day))
	o.recorded(late)
	require.True(t, late.outcome.Late)
	o.refused(apperr.CodeLate, over)
	require.Empty(t, o.openTasks(models.TaskEscalation))
	require.Len(t, o.followUp(id).Notes, 1)
}

func TestFollowUpUnaskedReport(t *testing.T) {
	o, id := followOffice(t, nil)
	var unasked, whileAsked, tomorrow *said
	o.at(10*day, func() { unasked = o.reports(id, owner, false) })
	o.at(11*day, func() {
		require.Equal(t, 1, o.followUp(id).Period, "the focal point is asked all the same")
		p := progress("adopted")
		p.ObservedOn = delivered("2026-07-01").DeliveredOn
		tomorrow = o.say(id, models.DecideReportProgress, o.person(owner), nil, p)
	})
	o.at(firstAsked+day, func() { whileAsked = o.reports(id, o.officer.Email, false) })
	cutOff(t, o.follow(id, firstAsked+2*day))
	o.recorded(unasked)
	o.refused(apperr.CodeInvalid, tomorrow)
	o.recorded(whileAsked)
	require.Equal(t, models.TaskDone, o.asked(id).State, "nobody is asked for what is known")
	require.Equal(t, 2, o.followUp(id).Period)
	require.Len(t, o.followUp(id).Notes, 2)
}

func TestFollowUpNotEntitled(t *testing.T) {
	o, id := followOffice(t, nil)
	var all []*said
	o.at(firstAsked+day, func() {
		for _, email := range []string{nobody, bosnia, o.other.Email, o.experts[0].Email} {
			all = append(all, o.reports(id, email, true), o.reports(id, email, false))
		}
		all = append(all, o.say(id, models.DecideEndFollowUp, o.person(owner), nil, models.ReasonPayload{Reason: "Enough."}))
	})
	cutOff(t, o.follow(id, firstAsked+2*day))
	for i, s := range all {
		require.Equal(t, models.SubmissionRefused, s.outcome.State, i)
	}
	require.Empty(t, o.followUp(id).Notes)
	require.Nil(t, o.followUp(id).EndedAt)
}

func TestFollowUpEnded(t *testing.T) {
	o, id := followOffice(t, nil)
	var ended *said
	o.at(firstAsked+day, func() {
		ended = o.say(id, models.DecideEndFollowUp, o.officer, nil, models.ReasonPayload{Reason: "The law is in force."})
	})
	require.NoError(t, o.follow(id, 400*day))
	o.recorded(ended)
	require.True(t, o.closed(id))
	require.NotNil(t, o.followUp(id).EndedAt)
	require.Equal(t, models.TaskCancelled, o.asked(id).State)
	require.Equal(t, "The law is in force.", o.entry("followup.ended").Texts["reason"])

	sub, err := models.NewSubmission(id, uuid.NewString(), models.DecideReportProgress, o.officer.ID, progress("adopted"))
	require.NoError(t, err)
	stored, err := models.Receive(o.ctx, o.db, sub, o.clock)
	require.NoError(t, err)
	require.Equal(t, apperr.CodeClosed, o.decideAlone(stored).Code)
}

func TestFollowUpRecordedOnBehalf(t *testing.T) {
	o, id := followOffice(t, nil)
	var s *said
	o.at(firstAsked+day, func() {
		s = o.say(id, models.DecideReportProgress, o.officer, &o.asked(id).ID, progress("committed"), behalf(o.person(owner), "At the meeting of 31 July."))
	})
	cutOff(t, o.follow(id, firstAsked+2*day))
	o.recorded(s)
	require.Equal(t, o.person(owner).ID, o.followUp(id).Notes[0].PersonID)
	require.Equal(t, 1, o.mailsTo(models.MailRecordedOnBehalf, o.person(owner).ID))
}

func TestFollowUpGoesOnFromTheRowsAfterBeingCutOff(t *testing.T) {
	o, id := followOffice(t, nil)
	cutOff(t, o.follow(id, firstAsked+day))
	var s *said
	o.at(firstAsked+2*day, func() { s = o.reports(id, owner, true) })
	cutOff(t, o.follow(id, firstAsked+3*day))
	o.recorded(s)
	require.Len(t, o.tasksOf(models.TaskReportProgress), 1, "nobody is asked twice")
	require.Equal(t, 1, o.mailsOf(models.MailProgressRequest))
}

func TestFollowUpAsksOnceTheAuthorityHasTheRecommendation(t *testing.T) {
	o, id := followOffice(t, nil)
	o.exec("UPDATE deliveries SET delivered_on = NULL WHERE recommendation_id = ?", o.rec.ID)
	var early int
	o.at(firstAsked+7*day, func() {
		early = len(o.openTasks(models.TaskReportProgress))
		o.exec("UPDATE deliveries SET delivered_on = current_date WHERE recommendation_id = ?", o.rec.ID)
	})
	cutOff(t, o.follow(id, firstAsked+15*day))
	require.Zero(t, early, "it does not have it yet")
	require.NotNil(t, o.asked(id))
}
