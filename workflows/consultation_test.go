package workflows_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/apperr"
	"tribuna/models"
)

// Two delegations that share one vote with the lead: each is consulted in its own name.
const (
	tirana   = sister
	chisinau = "doina.cebotari@tribuna.example"
)

// consultOffice has a text about Albania and Moldova in review with one expert.
func consultOffice(t *testing.T, change func(*models.ProcedureDocument)) *office {
	t.Helper()
	o := newOffice(t, func(d *models.ProcedureDocument) {
		d.Review.Enough, d.Review.Grace = 1, "1h"
		if change != nil {
			change(d)
		}
	})
	o.countries("AL", "MD")
	o.startReview(0, o.experts[:1], nil)
	return o
}

// asks is the newest request to the organisation of somebody for its comments.
func (o *office) asks(email string) *models.Task {
	o.t.Helper()
	list := o.tasksOf(models.TaskConsult)
	for i := len(list) - 1; i >= 0; i-- {
		if *list[i].OrganisationID == o.organisationOf(o.person(email)) {
			require.True(o.t, list[i].Alone)
			return &list[i]
		}
	}
	require.Fail(o.t, "not consulted", email)
	return nil
}

// comments says something on the request to an organisation, now.
func (o *office) comments(who, asked, words string, change ...func(*models.Submission)) *said {
	o.t.Helper()
	return o.tell(models.DecideAnswerConsultation, o.person(who), &o.asks(asked).ID,
		models.ConsultationPayload{VersionHash: o.version.Hash, Reasons: words}, change...)
}

// weighs plans the officer's decision at the end of the round.
func (o *office) weighs(after time.Duration, decision string) {
	o.decides(after, models.DecideReview, models.TaskDecideReview, models.DecideReviewPayload{Decision: decision, Reason: "Weighed."})
}

func TestConsultationIsEachOrganisationsOwn(t *testing.T) {
	o := consultOffice(t, nil)
	var first, second *said
	o.at(time.Hour, func() { first = o.comments(tirana, tirana, "From Tirana.") })
	o.at(2*time.Hour, func() { second = o.comments(chisinau, chisinau, "From Chișinău.") })
	o.answer(3*time.Hour, o.experts[0])
	o.weighs(5*time.Hour, models.ReviewAccept)
	cutOff(t, o.run(6*time.Hour))
	o.recorded(first)
	o.recorded(second)
	require.Len(t, o.tasksOf(models.TaskConsult), 2, "the sisters concerned, not the lead with whom they vote")
	require.Equal(t, 2, o.entries("consultation.asked"))
	said := map[uuid.UUID]string{}
	list, err := models.Reviews(o.ctx, o.db, o.rec.ID, 1)
	require.NoError(t, err)
	for _, rv := range list {
		if rv.OrganisationID != nil {
			said[*rv.OrganisationID] = rv.Reasons
		}
	}
	require.Equal(t, map[uuid.UUID]string{o.organisation("tdh-al").ID: "From Tirana.", o.organisation("tdh-md").ID: "From Chișinău."}, said)
	require.Equal(t, models.StageTranslation, o.stage())
	require.Zero(t, o.mailsTo(models.MailTaskWithdrawn, o.person(tirana).ID), "nothing was taken from them")
}

func TestConsultationSilenceHoldsNobodyUp(t *testing.T) {
	o := consultOffice(t, nil)
	o.answer(time.Hour, o.experts[0])
	o.at(day, func() { o.comments(tirana, tirana, "From Tirana.") })
	cutOff(t, o.run(40*day))
	silent := o.asks(chisinau)
	require.Equal(t, models.TaskExpired, silent.State)
	require.Positive(t, silent.Reminders)
	require.NotNil(t, silent.OverdueAt)
	require.Equal(t, models.TaskDone, o.asks(tirana).State)
	require.Zero(t, o.asks(tirana).Reminders, "a sister's silence is not theirs")
	for _, e := range o.tasksOf(models.TaskEscalation) {
		require.NotEqual(t, silent.ID, *e.SubjectID, "no coordinator is asked about comments")
	}
	require.Equal(t, models.TaskOpen, o.the(models.TaskDecideReview).State, "the officer could decide all the time")
}

func TestConsultationDuplicateIsOneComment(t *testing.T) {
	o := consultOffice(t, nil)
	var first, again, other *said
	o.at(time.Hour, func() {
		first = o.comments(tirana, tirana, "From Tirana.", decisionID("the-same-form"))
		again = o.comments(tirana, tirana, "From Tirana.", decisionID("the-same-form"))
		other = o.comments(tirana, tirana, "Other words.", decisionID("the-same-form"))
	})
	cutOff(t, o.run(2*time.Hour))
	o.recorded(first)
	require.Equal(t, first.outcome, again.outcome)
	require.Equal(t, apperr.CodeOtherWords, apperr.CodeOf(other.err))
	require.Equal(t, 1, o.entries("consultation.answered"))
	require.Equal(t, models.TaskOpen, o.asks(chisinau).State)
}

func TestConsultationLateCommentIsTakenInTheGraceAndMarked(t *testing.T) {
	o := consultOffice(t, func(d *models.ProcedureDocument) {
		formerLadder(d)
		d.Review.Due, d.Review.LateFor, d.Review.RemindAfter, d.Review.Respond = "2d", "3d", nil, "2d"
	})
	o.answer(time.Hour, o.experts[0])
	var late, tooLate *said
	o.at(4*day, func() { late = o.comments(tirana, tirana, "From Tirana.") })
	o.at(9*day, func() { tooLate = o.comments(chisinau, chisinau, "From Chișinău.") })
	cutOff(t, o.run(10*day))
	o.recorded(late)
	require.True(t, late.outcome.Late)
	require.Equal(t, "true", o.entry("consultation.answered").Facts["late"])
	o.refused(apperr.CodeLate, tooLate)
}

func TestConsultationNotEntitled(t *testing.T) {
	o := consultOffice(t, nil)
	strangers := map[string]*said{chisinau: nil, lead: nil, bosnia: nil, nobody: nil, o.experts[0].Email: nil, o.officer.Email: nil}
	var forASister, otherText *said
	o.at(time.Hour, func() {
		for email := range strangers {
			strangers[email] = o.comments(email, tirana, "In Tirana's name.")
		}
		forASister = o.tell(models.DecideAnswerConsultation, o.officer, &o.asks(tirana).ID,
			models.ConsultationPayload{VersionHash: o.version.Hash, Reasons: "On the telephone."}, behalf(o.person(chisinau), "On the telephone."))
		otherText = o.tell(models.DecideAnswerConsultation, o.person(tirana), &o.asks(tirana).ID,
			models.ConsultationPayload{VersionHash: uuid.NewString() + uuid.NewString()[:28], Reasons: "Unread."})
	})
	cutOff(t, o.run(2*time.Hour))
	for email, s := range strangers {
		require.Equal(t, models.SubmissionRefused, s.outcome.State, email)
	}
	require.Equal(t, models.SubmissionRefused, forASister.outcome.State, "nor is it written down for her in a sister's name")
	o.refused(apperr.CodeOtherText, otherText)
	require.Zero(t, o.entries("consultation.answered"))
}

func TestConsultationEndsWithTheDecisionOrTheText(t *testing.T) {
	for name, end := range map[string]func(o *office){
		"decided":   func(o *office) { o.weighs(3*time.Hour, models.ReviewAccept) },
		"withdrawn": func(o *office) { o.withdraws(3 * time.Hour) },
	} {
		t.Run(name, func(t *testing.T) {
			o := consultOffice(t, nil)
			o.answer(time.Hour, o.experts[0])
			o.at(90*time.Minute, func() { o.comments(tirana, tirana, "From Tirana.") })
			end(o)
			_ = o.run(4 * time.Hour)
			require.Equal(t, models.TaskDone, o.asks(tirana).State, "what was said stays")
			require.Equal(t, models.TaskCancelled, o.asks(chisinau).State)
			require.Equal(t, 1, o.mailsTo(models.MailTaskWithdrawn, o.person(chisinau).ID))
			require.Zero(t, o.mailsTo(models.MailTaskWithdrawn, o.person(tirana).ID))
			require.Zero(t, o.mailsTo(models.MailTaskWithdrawn, o.person(lead).ID), "who was not asked is not told")
		})
	}
}

func TestConsultationGoesOnFromTheRowsAndIsAskedAnewInANewRound(t *testing.T) {
	o := consultOffice(t, nil)
	o.at(time.Hour, func() { o.comments(tirana, tirana, "From Tirana.") })
	cutOff(t, o.run(2*time.Hour))
	require.Equal(t, 2, o.runs, "review began as new")

	o.at(3*time.Hour, func() { o.comments(chisinau, chisinau, "From Chișinău.") })
	o.answer(4*time.Hour, o.experts[0])
	var asked int
	o.at(5*time.Hour, func() { asked = o.mailsOf(models.MailConsultInvitation) })
	o.weighs(6*time.Hour, models.ReviewRevise)
	o.startReview(7*time.Hour, o.experts[:1], nil)
	cutOff(t, o.run(8*time.Hour))
	require.Equal(t, 2, asked, "nobody is asked twice in a round")
	require.Equal(t, 2, o.entries("consultation.answered"))
	for _, email := range []string{tirana, chisinau} {
		require.Equal(t, []any{2, models.TaskOpen}, []any{o.asks(email).Round, o.asks(email).State})
		require.Equal(t, 2, o.mailsTo(models.MailConsultInvitation, o.person(email).ID), email)
	}
}
