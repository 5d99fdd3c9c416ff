package activities

import (
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"tribuna/models"
)

// timesTwice has a round in which deadlines move, an invitation is taken back, and the officer closes what is enough.
func (d *desk) timesTwice() {
	d.t.Helper()
	e := d.experts
	d.whenEnough(models.EnoughAsks)
	d.says(models.DecideStartReview, nil, models.StartReviewPayload{VersionID: d.version.ID, Enough: 1, Invite: []uuid.UUID{e[0].ID, e[1].ID, e[2].ID}})
	d.stage("OpenReview", d.acts.OpenReview)
	d.notNow("AskEnough", d.acts.AskEnough, d.stepNow())
	until := func(after int) models.AskTimePayload {
		day := models.Day(d.reviewOf(e[1]).DueAt.AddDate(0, 0, after))
		return models.AskTimePayload{DueOn: &day}
	}
	d.decide(d.rec.ID, models.DecideAskTime, e[1], d.reviewOf(e[1]), until(3))
	d.decide(d.rec.ID, models.DecideTakeTimeBack, e[1], d.reviewOf(e[1]), models.NoPayload{})
	d.decide(d.rec.ID, models.DecideAskTime, e[1], d.reviewOf(e[1]), until(60))
	d.says(models.DecideRefuseTime, d.reviewOf(e[1]), models.RefuseTimePayload{Reason: "The law is read in June."})
	d.says(models.DecideExtendReview, d.reviewOf(e[1]), until(30))
	d.says(models.DecideNudgeReview, d.reviewOf(e[1]), models.NoPayload{})
	d.says(models.DecideWithdrawInvitation, d.reviewOf(e[2]), models.WithdrawInvitationPayload{Reason: "Asked elsewhere."})
	d.decide(d.rec.ID, models.DecideDeclareConflict, e[1], d.reviewOf(e[1]), models.DeclareConflictPayload{Kind: models.ConflictFunded, Words: "By the ministry."})
	d.says(models.DecideRuleConflict, d.reviewOf(e[1]), models.RuleConflictPayload{Ruling: models.RulingShown, Reason: "It is known."})
	first := d.reviewOf(e[0])
	d.answerReview(e[0])
	d.decide(d.rec.ID, models.DecideTakeBack, e[0], first, models.TakeBackPayload{})
	d.notNow("AskEnough", d.acts.AskEnough, d.stepNow())
	d.answerReview(e[0])
	d.notNow("BeginClosing", d.acts.BeginClosing, d.stepNow())
	d.stage("AskEnough", d.acts.AskEnough)
	d.says(models.DecideCloseReview, nil, models.NoPayload{})
	d.pass(4 * day)
	d.stage("CloseRound", d.acts.CloseRound)
	d.says(models.DecideReview, d.the(models.TaskDecideReview), models.DecideReviewPayload{Decision: models.ReviewRevise, Reason: "Weighed."})
	d.whenEnough(models.EnoughCloses)
}

// whenEnough changes what the procedure of the recommendation says.
func (d *desk) whenEnough(says string) {
	d.t.Helper()
	d.tx(func(tx bun.Tx) {
		_, err := tx.NewRaw(`UPDATE procedures SET document = jsonb_set(document, '{review,when_enough}', to_jsonb(?::text))
			WHERE id = (SELECT procedure_id FROM recommendations WHERE id = ?)`, says, d.rec.ID).Exec(d.ctx)
		require.NoError(d.t, err)
	})
}
