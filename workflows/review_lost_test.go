package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tribuna/models"
)

// lost counts those for whom somebody else is still to be asked.
func (o *office) lost() int {
	o.t.Helper()
	list, err := models.LostReviewers(o.ctx, o.db, o.round(1))
	require.NoError(o.t, err)
	return len(list)
}

// reviewsOf counts how often somebody was asked to review.
func (o *office) reviewsOf(who models.Person) int {
	o.t.Helper()
	n, err := o.db.NewSelect().Model((*models.Task)(nil)).Where("t.recommendation_id = ? AND t.kind = ? AND t.person_id = ?", o.rec.ID, models.TaskReview, who.ID).Count(o.ctx)
	require.NoError(o.t, err)
	return int(n)
}

// Whoever is lost while a round closes is replaced when it goes on after all, and once: by the next in line, and where there is nobody
// by whom the officer chooses.
func TestReviewersLostWhileTheRoundClosesAreReplacedWhenItGoesOn(t *testing.T) {
	for name, goesOn := range map[string]func(o *office){
		"an answer is taken back": func(o *office) {
			var back *said
			o.takesBack(4*time.Hour, o.experts[0], o.experts[0], &back)
		},
		"time is given": func(o *office) {
			o.at(4*time.Hour, func() {
				o.tell(models.DecideExtendReview, o.officer, &o.taskOf(models.TaskReview, o.experts[3]).ID, models.AskTimePayload{DueOn: o.day(60 * day)})
			})
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t, func(d *models.ProcedureDocument) { d.Review.Enough = 1 })
			first, second, third, next := o.experts[0], o.experts[1], o.experts[2], o.experts[4]
			o.startReview(0, o.experts[:4], o.experts[4:5])
			o.answer(time.Hour, first)
			o.declines(2*time.Hour, second)
			o.declines(3*time.Hour, third)
			o.at(210*time.Minute, func() {
				require.NotNil(t, o.closing())
				require.Equal(t, 2, o.lost())
				require.Zero(t, o.reviewsOf(next), "nobody further is asked while it closes")
				require.Empty(t, o.openTasks(models.TaskChooseReviewer))
			})
			goesOn(o)
			o.at(5*time.Hour, func() {
				require.Nil(t, o.closing())
				require.Zero(t, o.lost())
				require.Equal(t, o.taskOf(models.TaskReview, second).ID, *o.taskOf(models.TaskReview, next).SubjectID, "the next in line")
				require.Equal(t, o.taskOf(models.TaskReview, third).ID, *o.the(models.TaskChooseReviewer).SubjectID, "and then there is nobody in line")
			})
			var back *said
			o.at(6*time.Hour, func() {
				if o.taskOf(models.TaskReview, first).State == models.TaskOpen {
					o.tell(models.DecideAnswerReview, first, &o.taskOf(models.TaskReview, first).ID, o.review())
				} else {
					o.tell(models.DecideCloseReview, o.officer, nil, models.NoPayload{})
				}
			})
			o.at(7*time.Hour, func() { require.NotNil(t, o.closing()) })
			o.takesBack(8*time.Hour, first, first, &back)
			o.at(9*time.Hour, func() { require.Nil(t, o.closing()) })
			cutOff(t, o.run(10*time.Hour))
			o.recorded(back)
			require.Equal(t, 1, o.reviewsOf(next), "once")
			require.Len(t, o.openTasks(models.TaskChooseReviewer), 1)
		})
	}
}

// Whom the officer let go for somebody else, or replaced for a conflict, is lost as well; whom they let go for nobody is not, and who
// comes in somebody's place by the officer's own choice is not joined by another.
func TestReviewersLetGoWhileTheRoundClosesAreReplacedAsTheOfficerSaid(t *testing.T) {
	o := newOffice(t, func(d *models.ProcedureDocument) { d.Review.Enough = 1 })
	first, forNobody, forAnother, conflicted := o.experts[0], o.experts[1], o.experts[2], o.experts[3]
	o.startReview(0, o.experts[:4], o.experts[4:6])
	letGo := func(after time.Duration, who models.Person, replace bool) {
		o.at(after, func() {
			o.tell(models.DecideWithdrawInvitation, o.officer, &o.taskOf(models.TaskReview, who).ID, models.WithdrawInvitationPayload{Replace: replace})
		})
	}
	var declared, ruled, back *said
	o.declares(30*time.Minute, conflicted, conflicted, &declared)
	o.answer(time.Hour, first)
	letGo(2*time.Hour, forNobody, false)
	letGo(3*time.Hour, forAnother, true)
	o.rules(4*time.Hour, conflicted, o.officer, models.RulingReplaced, &ruled)
	o.at(5*time.Hour, func() {
		require.NotNil(t, o.closing())
		require.Equal(t, 2, o.lost())
	})
	o.at(6*time.Hour, func() {
		o.tell(models.DecideInviteReviewer, o.officer, nil, models.InviteReviewerPayload{PersonID: o.experts[4].ID})
	})
	o.at(390*time.Minute, func() {
		require.Nil(t, o.closing())
		require.Equal(t, 1, o.lost(), "who is invited takes the place of the first")
		require.Equal(t, o.taskOf(models.TaskReview, forAnother).ID, *o.taskOf(models.TaskReview, o.experts[4]).SubjectID)
	})
	o.answer(7*time.Hour, o.experts[4])
	o.at(8*time.Hour, func() { require.NotNil(t, o.closing()) })
	o.takesBack(9*time.Hour, o.experts[4], o.experts[4], &back)
	o.at(10*time.Hour, func() {
		require.Zero(t, o.lost())
		require.Equal(t, o.taskOf(models.TaskReview, conflicted).ID, *o.taskOf(models.TaskReview, o.experts[5]).SubjectID)
		require.Empty(t, o.openTasks(models.TaskChooseReviewer))
	})
	cutOff(t, o.run(11*time.Hour))
	o.recorded(ruled)
	o.recorded(back)
}
