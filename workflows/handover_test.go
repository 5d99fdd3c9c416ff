package workflows_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
	"tribuna/models"
)

// coordinator is the demo network's.
func (o *office) coordinator() models.Person {
	o.t.Helper()
	list, err := models.Coordinators(o.ctx, o.db)
	require.NoError(o.t, err)
	return list[0]
}

// handsOver tells a process that what one person holds is another's.
func (o *office) handsOver(process uuid.UUID, by, from, to models.Person, change ...func(*models.Submission)) *said {
	o.t.Helper()
	h := &models.HandOver{ID: models.NewID(), FromID: from.ID, ToID: to.ID, PersonID: by.ID, CreatedAt: o.now()}
	_, err := o.db.NewInsert().Model(h).Exec(o.ctx)
	require.NoError(o.t, err)
	return o.say(process, models.DecideHandOver, by, nil, models.HandOverPayload{HandOver: h.ID, From: from.ID, To: to.ID}, change...)
}

// colleague is a further officer in the organisation that owns the recommendation.
func (o *office) colleague() models.Person {
	o.t.Helper()
	p := o.person(nobody)
	o.tx(func(tx bun.Tx) {
		require.NoError(o.t, models.AddRole(o.ctx, tx, models.Role{PersonID: p.ID, OrganisationID: o.rec.OrganisationID, Role: models.RoleOfficer}))
	})
	return p
}

func (o *office) officerInCharge() uuid.UUID {
	r, err := models.RecommendationByID(o.ctx, o.db, o.rec.ID)
	require.NoError(o.t, err)
	return r.OfficerID
}

func TestHandOverOfAReviewGoesOnWithTheNewExpert(t *testing.T) {
	o := newOffice(t, nil)
	old, fresh := o.experts[0], o.experts[5]
	o.startReview(0, o.experts[:1], []models.Person{fresh})
	var s, late *said
	var before models.Task
	o.at(day, func() {
		before = *o.taskOf(models.TaskReview, old)
		s = o.handsOver(o.rec.ID, o.coordinator(), old, fresh)
	})
	o.at(day+time.Hour, func() {
		after := o.taskOf(models.TaskReview, fresh)
		require.Equal(t, before.ID, after.ID, "it is the same question")
		require.Equal(t, before.Generation+1, after.Generation, "links sent before have ended")
		require.Equal(t, before.DueAt, after.DueAt)
		require.Greater(t, *after.RespondBy, *before.RespondBy)
		late = o.tell(models.DecideAnswerReview, old, &before.ID, o.review())
	})
	o.answer(day+2*time.Hour, fresh)
	cutOff(t, o.run(2*day))
	o.recorded(s)
	require.Equal(t, models.SubmissionRefused, late.outcome.State, "it is no longer theirs to answer")
	require.Equal(t, models.TaskDone, o.taskOf(models.TaskReview, fresh).State)
	require.Equal(t, 1, o.mailsTo(models.MailReviewInvitation, fresh.ID))
	require.Equal(t, 1, o.mailsTo(models.MailHandedOver, old.ID))
	require.Equal(t, 1, o.mailsTo(models.MailHandedOver, fresh.ID))
	entry := o.entry("task.handed_over")
	require.Equal(t, o.coordinator().Pseudonym, entry.Actor)
	require.Equal(t, old.Pseudonym.String(), entry.Facts["former"])
	require.Equal(t, fresh.Pseudonym.String(), entry.Facts["person"])
	round, err := models.RoundByNumber(o.ctx, o.db, o.rec.ID, 1)
	require.NoError(t, err)
	require.NotContains(t, round.Reserve, fresh.ID)
}

func TestHandOverOfAnOfficersWork(t *testing.T) {
	o := newOffice(t, nil)
	o.startReview(0, o.experts[:3], nil)
	for _, e := range o.experts[:3] {
		o.answer(time.Hour, e)
	}
	to := o.colleague()
	var s, decided *said
	o.at(5*day, func() { s = o.handsOver(o.rec.ID, o.coordinator(), o.officer, to) })
	o.at(5*day+time.Hour, func() {
		task := o.taskOf(models.TaskDecideReview, to)
		decided = o.tell(models.DecideReview, to, &task.ID, models.DecideReviewPayload{Decision: models.ReviewAccept})
	})
	cutOff(t, o.run(6*day))
	o.recorded(s)
	o.recorded(decided)
	require.Equal(t, to.ID, o.officerInCharge())
	require.Equal(t, 1, o.entries("recommendation.handed_over"))
	require.Equal(t, 1, o.mailsTo(models.MailOfficerTask, to.ID))
	require.Equal(t, models.StageTranslation, o.stage())
}

func TestHandOverSilenceIsTheSuccessors(t *testing.T) {
	o := newOffice(t, nil)
	o.startReview(0, o.experts[:1], o.experts[1:2])
	o.at(time.Hour, func() { o.handsOver(o.rec.ID, o.coordinator(), o.experts[0], o.experts[5]) })
	cutOff(t, o.run(10*day))
	require.Equal(t, models.TaskExpired, o.taskOf(models.TaskReview, o.experts[5]).State)
	require.Equal(t, 1, o.mailsTo(models.MailReviewInvitation, o.experts[1].ID), "the next in line is asked")
}

func TestHandOverDuplicateIsOne(t *testing.T) {
	o := newOffice(t, nil)
	o.startReview(0, o.experts[:1], nil)
	var first, again, other, second *said
	o.at(day, func() {
		h := &models.HandOver{ID: models.NewID(), FromID: o.experts[0].ID, ToID: o.experts[5].ID, PersonID: o.coordinator().ID, CreatedAt: o.now()}
		_, err := o.db.NewInsert().Model(h).Exec(o.ctx)
		require.NoError(t, err)
		say := func(to models.Person) *said {
			return o.tell(models.DecideHandOver, o.coordinator(), nil, models.HandOverPayload{HandOver: h.ID, From: h.FromID, To: to.ID}, decisionID(h.DecisionID()))
		}
		first, again, other = say(o.experts[5]), say(o.experts[5]), say(o.experts[6])
	})
	o.at(2*day, func() { second = o.handsOver(o.rec.ID, o.coordinator(), o.experts[0], o.experts[6]) })
	cutOff(t, o.run(3*day))
	o.recorded(first)
	require.Equal(t, first.outcome, again.outcome)
	require.Equal(t, apperr.CodeOtherWords, apperr.CodeOf(other.err))
	o.refused(apperr.CodeClosed, second)
	require.Equal(t, 1, o.entries("task.handed_over"))
}

func TestHandOverLateFindsNothing(t *testing.T) {
	o := newOffice(t, nil)
	o.startReview(0, o.experts[:2], nil)
	o.answer(time.Hour, o.experts[0])
	var s *said
	o.at(2*time.Hour, func() { s = o.handsOver(o.rec.ID, o.coordinator(), o.experts[0], o.experts[5]) })
	cutOff(t, o.run(day))
	o.refused(apperr.CodeClosed, s)
	require.Equal(t, models.TaskDone, o.taskOf(models.TaskReview, o.experts[0]).State, "what was answered stays theirs")
}

func TestHandOverNotEntitledOrUnfit(t *testing.T) {
	o := newOffice(t, nil)
	o.startReview(0, o.experts[:2], nil)
	var refused, unfit []*said
	o.at(day, func() {
		for _, by := range []models.Person{o.officer, o.other, o.experts[0], o.person(nobody)} {
			refused = append(refused, o.handsOver(o.rec.ID, by, o.experts[0], o.experts[5]))
		}
		for _, to := range []models.Person{o.experts[1], o.officer, o.person(nobody)} { // asked already; no experts
			unfit = append(unfit, o.handsOver(o.rec.ID, o.coordinator(), o.experts[0], to))
		}
		unfit = append(unfit, o.handsOver(o.rec.ID, o.coordinator(), o.officer, o.other)) // an officer elsewhere
		o.exec("UPDATE people SET left_at = now() WHERE id = ?", o.experts[6].ID)
		unfit = append(unfit, o.handsOver(o.rec.ID, o.coordinator(), o.experts[0], o.experts[6]))
	})
	cutOff(t, o.run(2*day))
	for i, s := range refused {
		require.Equal(t, models.SubmissionRefused, s.outcome.State, i)
		require.Contains(t, []apperr.Code{apperr.CodeForbidden, apperr.CodeNotFound}, s.outcome.Code, i)
	}
	for _, s := range unfit {
		o.refused(apperr.CodeInvalid, s)
	}
	require.Equal(t, 0, o.entries("task.handed_over"))
	require.Equal(t, o.officer.ID, o.officerInCharge())
}

func TestHandOverWhileHeldAndAfterTheEnd(t *testing.T) {
	o := newOffice(t, nil)
	o.startReview(0, o.experts[:1], nil)
	var held *said
	o.at(time.Hour, func() { o.tell(models.DecideHold, o.officer, nil, models.ReasonPayload{Reason: "Elections."}) })
	o.at(2*time.Hour, func() { held = o.handsOver(o.rec.ID, o.coordinator(), o.experts[0], o.experts[5]) })
	o.at(day, func() {
		o.tell(models.DecideWithdraw, o.officer, nil, models.ReasonPayload{Reason: "No longer needed."})
	})
	require.NoError(t, o.run(3*day))
	o.recorded(held)
	require.True(t, o.closed(o.rec.ID))
	h := models.HandOverPayload{HandOver: models.NewID(), From: o.officer.ID, To: o.colleague().ID}
	sub, err := models.NewSubmission(o.rec.ID, uuid.NewString(), models.DecideHandOver, o.coordinator().ID, h)
	require.NoError(t, err)
	stored, err := models.Receive(o.ctx, o.db, sub, o.clock)
	require.NoError(t, err)
	require.Equal(t, apperr.CodeClosed, o.decideAlone(stored).Code)
}

func TestHandOverOfATranslationLastsAcrossHistories(t *testing.T) {
	o := translationOffice(t, nil)
	var s *said
	var to models.Person
	o.at(day, func() {
		translator, approver := o.linguists("bg")
		able, err := models.TranslatorsFor(o.ctx, o.db, "bg", []uuid.UUID{translator.ID, approver.ID})
		require.NoError(t, err)
		if len(able) == 0 {
			to = o.person(nobody)
			o.exec("INSERT INTO roles (person_id, organisation_id, role) VALUES (?, ?, 'translator')", to.ID, o.rec.OrganisationID)
			o.exec("UPDATE people SET languages = '{bg,en}' WHERE id = ?", to.ID)
		} else {
			to = able[0]
		}
		s = o.handsOver(o.rec.ID, o.coordinator(), translator, to)
	})
	o.translated(2*day, "bg")
	cutOff(t, o.run(3*day))
	o.recorded(s)
	require.Equal(t, to.ID, *o.translation("bg").TranslatorID)
	require.Equal(t, models.TranslationApproved, o.translation("bg").State)
	require.Equal(t, models.StageSignOff, o.stage())
	require.Equal(t, 2, o.runs, "it went on in a history of its own")
	require.Equal(t, 1, o.entries("translation.handed_over"))
}

func TestHandOverOfAPublishedRecommendationGoesThroughItsFollowUp(t *testing.T) {
	o, _ := followOffice(t, nil)
	o.exec("UPDATE tasks SET state = 'done', closed_at = now(), remind_at = NULL WHERE recommendation_id = ? AND state = 'open'", o.rec.ID)
	o.exec("UPDATE processes SET closed_at = now() WHERE id = ?", o.rec.ID)
	held, err := models.HeldBy(o.ctx, o.db, o.officer.ID, uuid.Nil)
	require.NoError(t, err)
	held = slices.DeleteFunc(held, func(h models.Held) bool { return h.RecommendationID != o.rec.ID })
	require.Len(t, held, 1, "once, though several follow-ups go on")
	require.Equal(t, models.ProcessFollowUp, held[0].Kind)

	to := o.colleague()
	var s *said
	o.at(12*day, func() { s = o.handsOver(held[0].ProcessID, o.coordinator(), o.officer, to) })
	cutOff(t, o.follow(held[0].ProcessID, firstAsked+day))
	o.recorded(s)
	require.Equal(t, to.ID, o.officerInCharge())
	require.Len(t, o.openTasks(models.TaskReportProgress), 1, "it is asked on its day all the same")
}
