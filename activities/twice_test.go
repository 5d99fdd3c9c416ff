package activities

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
	"tribuna/internal/record"
	"tribuna/models"
)

// TestEveryStepAndDecisionTwice goes from draft to the end of the follow-up, by several ways round, and does everything
// twice. At its end every step and every kind of decision there is was taken.
func TestEveryStepAndDecisionTwice(t *testing.T) {
	d := newDesk(t, nil)
	d.reviewTwice()
	d.translateTwice()
	d.signOffTwice()
	d.publishTwice()
	d.mailTwice()
	d.followTwice()
	d.withdrawTwice()
	d.whole()

	acts := reflect.TypeOf(d.acts)
	for i := range acts.NumMethod() {
		m := acts.Method(i)
		if m.Type.NumIn() == 3 && m.Type.In(2) == reflect.TypeOf(Step{}) {
			require.True(t, d.steps[m.Name], "the step %s was never taken", m.Name)
		}
	}
	for kind := range deciders {
		require.True(t, d.kinds[kind], "%s was never decided", kind)
	}
}

func (d *desk) startReview(invite ...models.Person) {
	var ids []uuid.UUID
	for _, p := range invite {
		ids = append(ids, p.ID)
	}
	d.says(models.DecideStartReview, nil, models.StartReviewPayload{VersionID: d.version.ID, Invite: ids})
	d.stage("OpenReview", d.acts.OpenReview)
}

func (d *desk) reviewOf(p models.Person) *models.Task {
	d.t.Helper()
	list, err := models.Tasks(d.ctx, d.db, models.TaskFilter{Process: d.rec.ID, Kinds: []models.TaskKind{models.TaskReview}, OpenOnly: true})
	require.NoError(d.t, err)
	for i := range list {
		if *list[i].PersonID == p.ID {
			return &list[i]
		}
	}
	require.Fail(d.t, "nobody asked", p.Name)
	return nil
}

// endReview closes the running round and decides on it.
func (d *desk) endReview(decision string) {
	d.t.Helper()
	d.stage("BeginClosing", d.acts.BeginClosing)
	d.notNow("CloseRound", d.acts.CloseRound, d.stepNow())
	d.pass(4 * day)
	d.stage("CloseRound", d.acts.CloseRound)
	d.says(models.DecideReview, d.the(models.TaskDecideReview), models.DecideReviewPayload{Decision: decision, Reason: "Weighed."})
}

func (d *desk) answerReview(who models.Person) {
	d.t.Helper()
	d.decide(d.rec.ID, models.DecideAnswerReview, who, d.reviewOf(who), models.ReviewPayload{VersionHash: d.version.Hash,
		Answer: models.AnswerSupport, Reasons: "Good.", Answers: []models.AnswerPayload{{Question: "evidence", Value: "4", Expertise: models.ExpertiseWell},
			{Question: "must-change", Text: "Say who pays."}}, ConfidentialNote: "Ask the ministry first.", Comments: []models.CommentPayload{{Block: 0, Body: "Say who pays."}}})
}

// reviewTwice has one round in which everything happens that can, and a second in which nobody answers.
func (d *desk) reviewTwice() {
	e := d.experts
	d.tx(func(tx bun.Tx) { // a partner to be consulted
		_, err := tx.NewRaw("INSERT INTO recommendation_countries VALUES (?, 'RS')", d.rec.ID).Exec(d.ctx)
		require.NoError(d.t, err)
	})
	d.startReview(e[0], e[1], e[2])
	for _, x := range []models.Person{e[0], e[1], e[2]} {
		d.notNow("TaskSilent", d.acts.TaskSilent, Step{ProcessID: d.rec.ID, TaskID: d.reviewOf(x).ID})
	}
	d.says(models.DecideHold, nil, models.ReasonPayload{Reason: "Elections."})
	d.pass(30 * day)
	d.notNow("TaskSilent", d.acts.TaskSilent, Step{ProcessID: d.rec.ID, TaskID: d.reviewOf(e[0]).ID})
	d.says(models.DecideResume, nil, models.NoPayload{})
	d.hideTwice(e[0])

	d.decide(d.rec.ID, models.DecideAcceptTask, e[0], d.reviewOf(e[0]), models.NoPayload{})
	d.decide(d.rec.ID, models.DecideDeclineTask, e[1], d.reviewOf(e[1]), models.DeclinePayload{Reason: "On leave."})
	d.says(models.DecideInviteReviewer, d.the(models.TaskChooseReviewer), models.InviteReviewerPayload{PersonID: e[3].ID})
	d.clock = *d.reviewOf(e[2]).RespondBy // nobody reminded them: that comes first
	d.step("TaskSilent", d.acts.TaskSilent, Step{ProcessID: d.rec.ID, TaskID: d.reviewOf(e[2]).ID})
	require.Equal(d.t, models.TaskOpen, d.reviewOf(e[2]).State)
	d.clock = *d.reviewOf(e[2]).RespondBy
	d.step("TaskSilent", d.acts.TaskSilent, Step{ProcessID: d.rec.ID, TaskID: d.reviewOf(e[2]).ID})
	d.says(models.DecideSkipReviewer, d.the(models.TaskChooseReviewer), models.NoPayload{})
	d.answerReview(e[0])
	consult, err := models.Tasks(d.ctx, d.db, models.TaskFilter{Process: d.rec.ID, Kinds: []models.TaskKind{models.TaskConsult}})
	require.NoError(d.t, err)
	d.decide(d.rec.ID, models.DecideAnswerConsultation, d.person("damir.hodzic@tribuna.example"), d.consultOf(consult, "damir.hodzic@tribuna.example"),
		models.ConsultationPayload{VersionHash: d.version.Hash, Reasons: "We agree."})
	d.endReview(models.ReviewRevise)

	d.timesTwice()
	d.startReview(e[0])
	d.handOver(e[0], e[4])
	d.ladder(models.TaskReview)
	d.endReview(models.ReviewAccept)
}

// hideTwice hides the text for twenty days: as on hold nothing falls due, and its deadlines move when it is shown again.
func (d *desk) hideTwice(asked models.Person) {
	d.t.Helper()
	coordinators, err := models.Coordinators(d.ctx, d.db)
	require.NoError(d.t, err)
	before := d.reviewOf(asked)
	d.tx(func(tx bun.Tx) {
		_, err := models.Quarantine(d.ctx, tx, d.rec.ID, coordinators[0], d.clock)
		require.NoError(d.t, err)
	})
	d.pass(20 * day)
	silent := Step{ProcessID: d.rec.ID, TaskID: before.ID}
	d.notNow("TaskSilent", d.acts.TaskSilent, silent)
	d.refused(apperr.CodeHeld, models.DecideHold, coordinators[0], models.ReasonPayload{Reason: "Twice."})
	var subs []models.Submission
	d.tx(func(tx bun.Tx) {
		subs, err = models.LiftQuarantine(d.ctx, tx, d.rec.ID, coordinators[0], d.clock)
		require.NoError(d.t, err)
	})
	require.Len(d.t, subs, 1)
	_, err = d.acts.TaskSilent(d.ctx, silent) // hears of it first, and then the deadlines have moved
	require.NoError(d.t, err)
	require.Equal(d.t, models.TaskOpen, d.reviewOf(asked).State)
	for range 2 {
		result, err := d.acts.Decide(d.ctx, DecideInput{ProcessID: d.rec.ID, SubmissionID: subs[0].ID})
		require.NoError(d.t, err)
		require.Equal(d.t, models.SubmissionRecorded, result.Outcome.State)
		require.False(d.t, result.Position.Held)
		after := d.reviewOf(asked)
		require.False(d.t, after.DueAt.Before(before.DueAt.Add(20*day)))
		require.True(d.t, after.DueAt.Before(before.DueAt.Add(25*day)), "once")
		require.False(d.t, after.RespondBy.Before(before.RespondBy.Add(20*day)))
	}
	d.kinds[models.DecideRelease] = true
}

// refused has a decision refused.
func (d *desk) refused(code apperr.Code, kind models.DecisionKind, who models.Person, payload any) {
	d.t.Helper()
	result, err := d.acts.Decide(d.ctx, DecideInput{ProcessID: d.rec.ID, SubmissionID: d.submit(d.rec.ID, kind, who, nil, payload).ID})
	require.NoError(d.t, err)
	require.Equal(d.t, code, result.Outcome.Code, kind)
}

// handOver passes on what somebody holds in the recommendation's process.
func (d *desk) handOver(from, to models.Person) {
	d.t.Helper()
	coordinators, err := models.Coordinators(d.ctx, d.db)
	require.NoError(d.t, err)
	h := &models.HandOver{ID: models.NewID(), FromID: from.ID, ToID: to.ID, PersonID: coordinators[0].ID, CreatedAt: d.clock}
	_, err = d.db.NewInsert().Model(h).Exec(d.ctx)
	require.NoError(d.t, err)
	d.decide(d.rec.ID, models.DecideHandOver, coordinators[0], nil, models.HandOverPayload{HandOver: h.ID, From: from.ID, To: to.ID})
}

func (d *desk) consultOf(tasks []models.Task, email string) *models.Task {
	d.t.Helper()
	roles, err := models.RolesOf(d.ctx, d.db, d.person(email).ID)
	require.NoError(d.t, err)
	for i := range tasks {
		if *tasks[i].OrganisationID == roles[0].OrganisationID {
			return &tasks[i]
		}
	}
	require.Fail(d.t, "not consulted", email)
	return nil
}

// ladder climbs the whole ladder of the first open task of a kind: too early first, then reminder, deadline and end of
// grace.
func (d *desk) ladder(kind models.TaskKind) {
	d.t.Helper()
	list, err := models.Tasks(d.ctx, d.db, models.TaskFilter{Recommendation: d.rec.ID, Kinds: []models.TaskKind{kind}, OpenOnly: true})
	require.NoError(d.t, err)
	task := list[0]
	s := Step{ProcessID: task.ProcessID, TaskID: task.ID}
	for _, rung := range []struct {
		name string
		take stepFunc
		at   time.Time
	}{{"RemindTask", d.acts.RemindTask, *task.RemindAt}, {"TaskOverdue", d.acts.TaskOverdue, task.DueAt}, {"ExpireTask", d.acts.ExpireTask, task.GraceUntil}} {
		d.clock = rung.at.Add(-time.Second)
		d.notNow(rung.name, rung.take, s)
		d.clock = rung.at
		d.step(rung.name, rung.take, s)
	}
}

func (d *desk) translateTwice() {
	d.notNow("EndTranslation", d.acts.EndTranslation, d.stepNow())
	d.stage("OpenTranslations", d.acts.OpenTranslations)
	d.notNow("EndTranslation", d.acts.EndTranslation, d.stepNow())
	tr, err := models.TranslationFor(d.ctx, d.db, d.version.ID, "bg")
	require.NoError(d.t, err)
	one, two := *tr.TranslatorID, *tr.ApproverID
	d.says(models.DecideAssignTranslator, nil, models.AssignTranslatorPayload{Language: "bg", TranslatorID: two, ApproverID: one})
	one, two = two, one
	title := "Заглавие"
	d.tx(func(tx bun.Tx) {
		tr, err = models.SaveTranslation(d.ctx, tx, tr.ID, tr.Revision, models.TranslationInput{Title: &title,
			Blocks:   []models.BlockInput{{Position: 0, Text: "Първо."}, {Position: 1, LeftOut: true, Note: "Of no meaning here."}},
			Measures: []models.TranslatedMeasure{{ID: d.version.Measures[0].ID, Text: "Да се финансира."}}})
		require.NoError(d.t, err)
	})
	seen := models.SubmitTranslationPayload{Revision: tr.Revision}
	d.decide(d.rec.ID, models.DecideSubmitTranslation, d.byID(one), d.the(models.TaskTranslate), seen)
	d.decide(d.rec.ID, models.DecideReturnTranslation, d.byID(two), d.the(models.TaskApproveTranslation), models.ReturnTranslationPayload{Note: "Once more."})
	d.decide(d.rec.ID, models.DecideSubmitTranslation, d.byID(one), d.the(models.TaskTranslate), seen)
	d.decide(d.rec.ID, models.DecideApproveTranslation, d.byID(two), d.the(models.TaskApproveTranslation), seen)
	d.stage("EndTranslation", d.acts.EndTranslation)
}

func (d *desk) byID(id uuid.UUID) models.Person {
	d.t.Helper()
	p, err := models.PersonByID(d.ctx, d.db, id)
	require.NoError(d.t, err)
	return p
}

func (d *desk) signOffTwice() {
	d.notNow("EndSignOff", d.acts.EndSignOff, d.stepNow())
	d.notNow("AskResolve", d.acts.AskResolve, d.stepNow())
	d.notNow("OpenPublication", d.acts.OpenPublication, d.stepNow())
	d.stage("OpenSignOff", d.acts.OpenSignOff)
	d.notNow("EndSignOff", d.acts.EndSignOff, d.stepNow())
	d.notNow("AskResolve", d.acts.AskResolve, d.stepNow())
	d.vote("martin.keller@tribuna.example", models.SignOffDoNotCosign)
	d.stage("AskResolve", d.acts.AskResolve)
	d.says(models.DecideResolveSignOff, d.the(models.TaskResolveSignOff), models.ResolveSignOffPayload{Decision: models.ResolveRevise, Reason: "Talked to them."})

	d.startReview(d.experts[4])
	d.answerReview(d.experts[4])
	d.endReview(models.ReviewAccept)
	d.stage("EndTranslation", d.acts.EndTranslation) // the text is the same, so is its translation
	d.stage("OpenSignOff", d.acts.OpenSignOff)
	d.vote("martin.keller@tribuna.example", models.SignOffApproveWithCondition)
	for _, email := range []string{"stoyan.velev@tribuna.example", "damir.hodzic@tribuna.example", "jovana.radic@tribuna.example"} {
		d.vote(email, models.SignOffApprove)
	}
	d.stage("EndSignOff", d.acts.EndSignOff)
	entries, err := record.List(d.ctx, d.db, d.rec.ID, record.Network)
	require.NoError(d.t, err)
	met := entries[slices.IndexFunc(entries, func(it record.Item) bool { return it.Verb == "signoff.met" })]
	require.Equal(d.t, []string{"4", "1"}, []string{met.Facts["approved"], met.Facts["conditional"]}, "a condition is an approval, and counted by itself")
}

func (d *desk) vote(email, answer string) {
	d.t.Helper()
	list, err := models.Tasks(d.ctx, d.db, models.TaskFilter{Process: d.rec.ID, Kinds: []models.TaskKind{models.TaskSignOff}, OpenOnly: true})
	require.NoError(d.t, err)
	d.decide(d.rec.ID, models.DecideAnswerSignOff, d.person(email), d.consultOf(list, email),
		models.SignOffPayload{VersionHash: d.version.Hash, Answer: answer, Reason: "Our board said so."})
}

func (d *desk) publishTwice() {
	d.notNow("Finish", d.acts.Finish, d.stepNow())
	d.stage("OpenPublication", d.acts.OpenPublication)
	d.lookIntoTwice(models.TaskPublish)
	d.says(models.DecidePublish, d.the(models.TaskPublish), models.NoPayload{})
	d.notNow("Finish", d.acts.Finish, d.stepNow())
	d.says(models.DecideRecordDelivery, d.the(models.TaskDeliver), models.DeliveryPayload{NotDelivered: "The ministry was dissolved."})
	d.stage("Finish", d.acts.Finish)
}
