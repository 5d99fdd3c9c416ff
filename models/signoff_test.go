package models_test

import (
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/validation"
	"tribuna/models"
)

// ballot is a sign-off in short: one letter per unit asked. A capital has not answered and is past its deadline.
//
//	y approve, c approve with a condition, a abstain, o outside our mandate, n do not co-sign, . not answered, S silent
func ballot(units string) ([]models.Task, []models.SignOff) {
	letters := map[rune]string{'y': models.SignOffApprove, 'c': models.SignOffApproveWithCondition,
		'a': models.SignOffAbstain, 'o': models.SignOffOutsideMandate, 'n': models.SignOffDoNotCosign}
	var tasks []models.Task
	var answers []models.SignOff
	for _, u := range units {
		t := models.Task{ID: uuid.New()}
		if u == 'S' {
			t.OverdueAt = &noon
		}
		tasks = append(tasks, t)
		if a := letters[u]; a != "" {
			answers = append(answers, models.SignOff{TaskID: t.ID, Answer: a})
		}
	}
	return tasks, answers
}

func TestTally(t *testing.T) {
	const all, majority, none = models.SignOffAll, models.SignOffMajority, models.SignOffNoObjection
	const wait, abstain, approve = models.SilenceWaits, models.SilenceAbstains, models.SilenceApproves
	const open, met, failed = "open", "met", "failed"
	for _, c := range []struct {
		rule, silence, units, want string
		quorum, answers, approvals int // what is needed
	}{
		{all, wait, "yyy", met, 2, 0, 0},
		{all, wait, "yy.", open, 2, 0, 1},
		{all, wait, "yoo", met, 2, 0, 0},
		{all, wait, "ycc", met, 2, 0, 0}, // a condition does not make it less of an approval
		{all, wait, "yc.", open, 2, 0, 1},
		{all, wait, "ooo", failed, 2, 0, 0},
		{all, wait, "ya.", failed, 2, 0, 2},
		{all, wait, "n..", failed, 2, 1, 3},
		{all, wait, "yyS", open, 2, 0, 1},
		{all, abstain, "yyS", failed, 2, 0, 1},
		{all, approve, "yyS", met, 2, 0, 0},

		{majority, wait, "yyn", met, 2, 0, 0},
		{majority, wait, "ccn", met, 2, 0, 0},
		{majority, wait, "cn.", open, 2, 0, 1},
		{majority, wait, "yy.", open, 2, 0, 0},
		{majority, wait, "yn.", open, 2, 0, 1},
		{majority, wait, "yna", failed, 2, 0, 1},
		{majority, wait, "nn..", failed, 2, 0, 3},
		{majority, wait, "nn...", open, 2, 0, 3},
		{majority, wait, "yoo", met, 2, 0, 0},
		{majority, abstain, "ynS", failed, 2, 0, 1},
		{majority, approve, "ynS", met, 2, 0, 0},

		{none, wait, "yaa", met, 2, 0, 0},
		{none, wait, "caa", met, 2, 0, 0},
		{none, wait, "y..", open, 2, 1, 0},
		{none, wait, "aoa", failed, 2, 0, 1},
		{none, wait, "yyn", failed, 2, 0, 0},
		{none, wait, "n..", failed, 2, 1, 1},
		{none, wait, "yySS", open, 2, 0, 0},
		{none, abstain, "ySS", met, 2, 0, 0},
		{none, abstain, "SSS", failed, 2, 0, 1},
		{none, approve, "SSS", met, 2, 0, 0},
		{none, wait, "y", met, 5, 0, 0}, // a quorum above the number asked asks for all of them
	} {
		t.Run(c.rule+" "+c.silence+" "+c.units, func(t *testing.T) {
			tasks, answers := ballot(c.units)
			tally := models.SignOffRules{Rule: c.rule, Silence: c.silence, Quorum: c.quorum}.Tally(tasks, answers)
			require.Equal(t, len(c.units), tally.Asked)
			require.False(t, tally.Met && tally.Failed)
			require.Equal(t, c.want, map[bool]string{true: met}[tally.Met]+map[bool]string{true: failed}[tally.Failed]+map[bool]string{true: open}[!tally.Met && !tally.Failed])
			require.Equal(t, c.answers, tally.NeededAnswers, "answers needed")
			require.Equal(t, c.approvals, tally.NeededApprovals, "approvals needed")
		})
	}
}

func TestTallyCountsWhatWasSaid(t *testing.T) {
	tasks, answers := ballot("yycaonS.")
	got := models.SignOffRules{Rule: models.SignOffMajority, Silence: models.SilenceAbstains, Quorum: 2}.Tally(tasks, answers)
	require.Equal(t, models.SignOffTally{Asked: 8, Answered: 7, Approved: 3, Conditional: 1, Abstained: 2, Outside: 1, Declined: 1, Silent: 1}, got)
}

func TestTallyOfAnAnswerGivenLate(t *testing.T) {
	tasks, answers := ballot("yS")
	answers = append(answers, models.SignOff{TaskID: tasks[1].ID, Answer: models.SignOffDoNotCosign})
	got := models.SignOffRules{Rule: models.SignOffNoObjection, Silence: models.SilenceApproves, Quorum: 2}.Tally(tasks, answers)
	require.True(t, got.Failed, "who answers is not silent")
	require.Zero(t, got.Silent)
}

func TestSignOffPayloadNeedsItsReason(t *testing.T) {
	for answer, needed := range map[string]bool{models.SignOffApprove: false, models.SignOffApproveWithCondition: true, models.SignOffAbstain: true,
		models.SignOffOutsideMandate: true, models.SignOffDoNotCosign: true} {
		p := models.SignOffPayload{VersionHash: strings.Repeat("a", 64), Answer: answer}
		require.Equal(t, needed, validation.Check(p) != nil, answer)
		p.Reason = "Once the budget line is named."
		require.NoError(t, validation.Check(p), answer)
	}
}
