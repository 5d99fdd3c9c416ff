package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"tribuna/models"
)

func TestHandOverOfAReviewLeavesWhatIsTheFormerExperts(t *testing.T) {
	o := newOffice(t, nil)
	old, fresh := o.experts[0], o.experts[5]
	o.startReview(0, o.experts[:1], nil)
	var declared, ruled, handed *said
	o.at(time.Hour, func() {
		require.NoError(t, models.NoteOpening(o.ctx, o.db, o.taskOf(models.TaskReview, old).ID, old.ID, o.now()))
	})
	o.at(4*day+4*time.Hour, func() {
		require.Equal(t, 1, o.taskOf(models.TaskReview, old).RespondReminders)
	})
	o.declares(4*day+5*time.Hour, old, old, &declared)
	o.at(4*day+6*time.Hour, func() {
		o.tell(models.DecideAskTime, old, &o.taskOf(models.TaskReview, old).ID, models.AskTimePayload{DueOn: o.day(90 * day)})
	})
	o.at(5*day, func() {
		require.NotNil(t, o.taskOf(models.TaskReview, old).AskedUntil)
		handed = o.handsOver(o.rec.ID, o.coordinator(), old, fresh)
	})
	o.at(5*day+time.Hour, func() {
		passed := o.taskOf(models.TaskReview, fresh)
		require.Nil(t, passed.AskedUntil)
		require.Nil(t, passed.FirstDue)
		require.Empty(t, passed.TimeRefused)
		require.NotNil(t, passed.RemindAt, "the new expert is reminded")
		c, err := models.ConflictOf(o.ctx, o.db, passed.ID)
		require.NoError(t, err)
		require.Nil(t, c, "what the former one declared is not theirs")
		all, err := models.ConflictsOf(o.ctx, o.db, o.rec.ID)
		require.NoError(t, err)
		require.Empty(t, all, "nor on the desk")
		asks, err := models.RoundAsks(o.ctx, o.db, o.rec.ID, 1)
		require.NoError(t, err)
		require.Nil(t, asks[0].OpenedFirst, "they have opened nothing")
		ruled = o.tell(models.DecideRuleConflict, o.officer, &passed.ID, models.RuleConflictPayload{Ruling: models.RulingReplaced})
	})
	var fallback *said
	o.declares(6*day, fresh, fresh, &fallback)
	o.at(13*day, func() {
		require.Equal(t, 1, o.taskOf(models.TaskReview, fresh).RespondReminders)
		require.Equal(t, 1, o.mailsTo(models.MailDigest, fresh.ID))
	})
	cutOff(t, o.run(13*day+time.Hour))
	o.recorded(declared)
	o.recorded(handed)
	o.recorded(fallback)
	require.Equal(t, models.SubmissionRefused, ruled.outcome.State, "nobody is replaced for another's conflict")
	require.Equal(t, models.TaskOpen, o.taskOf(models.TaskReview, fresh).State)
	kept, err := o.db.NewSelect().Model((*models.Conflict)(nil)).Where("person_id = ?", old.ID).Count(o.ctx)
	require.NoError(t, err)
	require.EqualValues(t, 1, kept, "it stays on file")
}

func TestReplaceBegunReviewOfTheNextOneIsSilentToo(t *testing.T) {
	o := newOffice(t, nil)
	o.startReview(0, o.experts[:1], o.experts[1:2])
	o.keeps(time.Hour, o.experts[0], map[string][]string{"reasons": {"It is"}})
	o.at(9*day, func() {
		require.Nil(t, o.taskOf(models.TaskReview, o.experts[0]).RespondBy)
		o.handsOver(o.rec.ID, o.coordinator(), o.experts[0], o.experts[5])
	})
	cutOff(t, o.run(19*day))
	require.True(t, o.taskOf(models.TaskReview, o.experts[5]).Silent(), "what somebody else wrote is not theirs")
	require.Equal(t, 1, o.mailsTo(models.MailReviewInvitation, o.experts[1].ID))
}

func TestReplaceTakesTheNextWhoCanBeAsked(t *testing.T) {
	for name, change := range map[string]func(o *office, next models.Person){
		"left": func(o *office, next models.Person) {
			o.exec("UPDATE people SET left_at = now() WHERE id = ?", next.ID)
		},
		"no expert any more": func(o *office, next models.Person) { o.exec("DELETE FROM roles WHERE person_id = ?", next.ID) },
		"takes no more":      func(o *office, next models.Person) { o.exec("UPDATE people SET max_open = 0 WHERE id = ?", next.ID) },
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t, nil)
			o.startReview(0, o.experts[:1], o.experts[1:3])
			o.at(day, func() { change(o, o.experts[1]) })
			o.declines(day+time.Hour, o.experts[0])
			o.at(2*day, func() {
				require.Empty(t, o.openTasks(models.TaskChooseReviewer))
				require.Len(t, o.tasksOf(models.TaskReview), 2)
			})
			cutOff(t, o.run(3*day))
			require.Zero(t, o.mailsTo(models.MailReviewInvitation, o.experts[1].ID))
			require.Equal(t, 1, o.mailsTo(models.MailReviewInvitation, o.experts[2].ID))
		})
	}
}

func TestReplaceAsksTheOfficerWhereNobodyInLineCanBeAsked(t *testing.T) {
	o := newOffice(t, nil)
	o.startReview(0, o.experts[:1], o.experts[1:3])
	o.at(day, func() { o.exec("UPDATE people SET max_open = 0 WHERE id IN (?)", bun.List(ids(o.experts[1:3]))) })
	o.declines(day+time.Hour, o.experts[0])
	cutOff(t, o.run(2*day))
	require.Len(t, o.openTasks(models.TaskChooseReviewer), 1)
	require.Equal(t, 1, o.mailsTo(models.MailOfficerTask, o.officer.ID))
	require.Len(t, o.tasksOf(models.TaskReview), 1)
}

func TestReplaceInADoubleAnonymisedRoundKeepsTheAuthorsUnknown(t *testing.T) {
	o := newOffice(t, anonymised(models.AnonymityDouble))
	o.startReview(0, o.experts[:2], o.experts[2:4])
	o.at(day, func() {
		o.exec("INSERT INTO roles (person_id, organisation_id, role) VALUES (?, ?, ?)", o.experts[2].ID, o.rec.OrganisationID, models.RoleOfficer)
	})
	o.declines(day+time.Hour, o.experts[0])
	cutOff(t, o.run(2*day))
	require.Zero(t, o.mailsTo(models.MailReviewInvitation, o.experts[2].ID), "who came to know the authors is passed over")
	require.Equal(t, 1, o.mailsTo(models.MailReviewInvitation, o.experts[3].ID))
}
