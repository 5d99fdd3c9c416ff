package workflows_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
	"tribuna/models"
)

func TestReviewWaitsForAFurtherExpertInvitedAfterEnough(t *testing.T) {
	o := newOffice(t, func(d *models.ProcedureDocument) { d.Review.Enough = 1 })
	o.startReview(0, o.experts[:1], nil)
	o.answer(time.Hour, o.experts[0])
	o.at(2*time.Hour, func() {
		o.tell(models.DecideInviteReviewer, o.officer, nil, models.InviteReviewerPayload{PersonID: o.experts[1].ID})
	})
	o.answer(3*day, o.experts[1])
	cutOff(t, o.run(6*day))

	require.Equal(t, 2, o.entries("review.answered"), "who is invited is waited for")
	require.Equal(t, 2, o.entries("review.closing"), "once for the first, put off, once for the second")
	require.Equal(t, 1, o.entries("review.closed"))
	require.Zero(t, o.mailsTo(models.MailTaskWithdrawn, o.experts[1].ID))
}

func TestReviewOneChoiceInvitesOneExpert(t *testing.T) {
	o := newOffice(t, func(d *models.ProcedureDocument) {
		formerLadder(d)
		d.Review.RemindAfter = nil
		d.Review.ReplaceSilent = false
		d.Review.Respond = "2d"
	})
	o.startReview(0, o.experts[:1], nil)
	var first, second, skipped *said
	var task uuid.UUID
	o.at(5*day, func() {
		task = o.the(models.TaskChooseReviewer).ID
		first = o.tell(models.DecideInviteReviewer, o.officer, &task, models.InviteReviewerPayload{PersonID: o.experts[1].ID})
	})
	o.at(5*day+time.Minute, func() {
		second = o.tell(models.DecideInviteReviewer, o.officer, &task, models.InviteReviewerPayload{PersonID: o.experts[2].ID})
	})
	o.at(5*day+2*time.Minute, func() { skipped = o.tell(models.DecideSkipReviewer, o.officer, &task, models.NoPayload{}) })
	cutOff(t, o.run(6*day))
	o.recorded(first)
	o.refused(apperr.CodeClosed, second)
	o.refused(apperr.CodeClosed, skipped)
	require.Len(t, o.tasksOf(models.TaskReview), 2)
}

func TestReviewTellsThoseStillAskedThatItClosesSooner(t *testing.T) {
	o := newOffice(t, func(d *models.ProcedureDocument) { d.Review.Enough = 1; d.Review.Grace = "2d" })
	o.startReview(0, o.experts[:2], nil)
	o.answer(time.Hour, o.experts[0])
	var consulted *said
	o.at(day, func() {
		consulted = o.tell(models.DecideAnswerConsultation, o.person(lead), &o.the(models.TaskConsult).ID,
			models.ConsultationPayload{VersionHash: o.version.Hash, Reasons: "Say who pays."})
	})
	cutOff(t, o.run(4*day))
	require.Zero(t, o.mailsTo(models.MailRoundClosing, o.experts[0].ID), "who answered knows")
	require.Equal(t, 1, o.mailsTo(models.MailRoundClosing, o.experts[1].ID))
	require.Zero(t, o.mailsTo(models.MailRoundClosing, o.person(lead).ID), "partners keep their time")
	o.recorded(consulted)
	require.Equal(t, 1, o.entries("review.closed"))
}

func TestReviewLastsAsLongAsThoseAskedWereTold(t *testing.T) {
	o := newOffice(t, nil)
	o.startReview(0, o.experts[:1], nil)
	var round *models.ReviewRound
	o.at(time.Hour, func() {
		var err error
		round, err = models.RoundByNumber(o.ctx, o.db, o.rec.ID, 1)
		require.NoError(t, err)
	})
	cutOff(t, o.run(2*time.Hour))
	latest := o.taskOf(models.TaskReview, o.experts[0]).DueAt
	for _, task := range o.tasksOf(models.TaskConsult) {
		if task.DueAt.After(latest) {
			latest = task.DueAt
		}
	}
	require.True(t, round.DueAt.Equal(latest), "%s is not %s", round.DueAt, latest)
}

func TestRemindersOfOneMorningComeInOneMail(t *testing.T) {
	o := newOffice(t, nil)
	o.startReview(0, o.experts[:2], nil)
	cutOff(t, o.run(20*day))
	var digests []models.OutboxMail
	require.NoError(t, o.db.NewSelect().Model(&digests).Where("kind = ? AND person_id = ?", models.MailDigest, o.person(lead).ID).Scan(o.ctx))
	require.Len(t, digests, 2, "the consultation is reminded of twice")
	for _, m := range digests {
		require.Equal(t, 15*time.Minute, m.NotBefore.Sub(m.CreatedAt), "it waits for what else is due this morning")
	}

	// Another process reminds the same person a moment later: it goes into the same mail.
	other := *o
	other.tx(func(tx bun.Tx) {
		in := o.input()
		var err error
		other.rec, err = models.CreateRecommendation(o.ctx, tx, in, o.officer, begin)
		require.NoError(t, err)
	})
	version, err := models.VersionByID(o.ctx, o.db, *other.rec.CurrentVersionID)
	require.NoError(t, err)
	other.version, other.clock, other.planned = version, begin, nil
	other.startReview(0, o.experts[2:3], nil)
	cutOff(t, other.run(20*day))
	n, err := o.db.NewSelect().Model((*models.OutboxMail)(nil)).Where("kind = ? AND person_id = ?", models.MailDigest, o.person(lead).ID).Count(o.ctx)
	require.NoError(t, err)
	require.EqualValues(t, 2, n, "two reminders of one morning, one mail")
	require.NotZero(t, other.entries("task.reminded"))
}
