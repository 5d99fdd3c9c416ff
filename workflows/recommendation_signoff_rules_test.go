package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tribuna/models"
)

func TestSignOffCountryWithoutPartner(t *testing.T) {
	for rule, asked := range map[string]int{models.UncoveredLead: 2, models.UncoveredNone: 1} {
		t.Run(rule, func(t *testing.T) {
			o := signOffOffice(t, func(d *models.ProcedureDocument) { d.SignOff.Uncovered = rule })
			cutOff(t, o.run(time.Hour))
			require.Len(t, o.openTasks(models.TaskSignOff), asked)
			require.Equal(t, asked-1, o.mailsTo(models.MailSignOffInvitation, o.person(lead).ID))
			opened := o.entry("signoff.opened")
			require.Equal(t, "HR", opened.Facts["uncovered_1"], "it is on record that nobody covers it")
		})
	}
}

func TestSignOffRules(t *testing.T) {
	const approve, abstain, outside, decline = models.SignOffApprove, models.SignOffAbstain, models.SignOffOutsideMandate, models.SignOffDoNotCosign
	for name, c := range map[string]struct {
		rule    string
		answers [3]string
		met     bool
	}{
		"all approve":                            {models.SignOffAll, [3]string{approve, approve, approve}, true},
		"all, one has no mandate":                {models.SignOffAll, [3]string{approve, outside, approve}, true},
		"all, one with a condition":              {models.SignOffAll, [3]string{approve, models.SignOffApproveWithCondition, approve}, true},
		"all, one abstains":                      {models.SignOffAll, [3]string{approve, abstain, approve}, false},
		"majority, two of three":                 {models.SignOffMajority, [3]string{approve, decline, approve}, true},
		"majority, one to one":                   {models.SignOffMajority, [3]string{approve, decline, abstain}, false},
		"no objection, one abstains":             {models.SignOffNoObjection, [3]string{approve, abstain, abstain}, true},
		"no objection, one does":                 {models.SignOffNoObjection, [3]string{approve, approve, decline}, false},
		"no objection, but nobody in favour too": {models.SignOffNoObjection, [3]string{abstain, outside, abstain}, false},
	} {
		t.Run(name, func(t *testing.T) {
			o := signOffOffice(t, func(d *models.ProcedureDocument) { d.SignOff.Rule = c.rule })
			o.countries("BG", "RS")
			for i, email := range []string{owner, bosnia, serbia} {
				o.at(time.Duration(i+1)*time.Hour, func() { o.votes(email, c.answers[i]) })
			}
			cutOff(t, o.run(day))
			if c.met {
				require.Equal(t, models.StagePublication, o.stage())
				return
			}
			require.Equal(t, models.StageSignOff, o.stage())
			require.Len(t, o.openTasks(models.TaskResolveSignOff), 1, "asked once")
			require.Equal(t, 1, o.entries("signoff.not_met"))
		})
	}
}

func TestSignOffSilence(t *testing.T) {
	for silence, stage := range map[string]models.Stage{
		models.SilenceWaits:    models.StageSignOff,
		models.SilenceAbstains: models.StagePublication,
		models.SilenceApproves: models.StagePublication,
	} {
		t.Run(silence, func(t *testing.T) {
			o := signOffOffice(t, func(d *models.ProcedureDocument) { d.SignOff.Silence = silence })
			o.signs(time.Hour, owner, models.SignOffApprove)
			cutOff(t, o.run(26*day))
			require.Equal(t, stage, o.stage())
			silent := o.voteOf(lead)
			require.Equal(t, 2, silent.Reminders)
			require.NotNil(t, silent.OverdueAt)
			require.NotZero(t, o.entries("task.overdue"))
			if silence == models.SilenceWaits {
				require.Equal(t, models.TaskOpen, silent.State)
				require.NotEmpty(t, o.openTasks(models.TaskEscalation), "the coordinator is told")
				return
			}
			require.Equal(t, models.TaskCancelled, silent.State)
			require.Equal(t, 1, o.mailsTo(models.MailTaskWithdrawn, o.person(lead).ID), "who was silent is told that it is over")
			require.Empty(t, o.tasksOf(models.TaskEscalation))
		})
	}
}

func TestSignOffAbstainingSilenceDoesNotApprove(t *testing.T) {
	o := signOffOffice(t, func(d *models.ProcedureDocument) {
		d.SignOff.Rule, d.SignOff.Silence = models.SignOffAll, models.SilenceAbstains
	})
	o.signs(time.Hour, owner, models.SignOffApprove)
	cutOff(t, o.run(25*day))
	require.Equal(t, models.StageSignOff, o.stage())
	require.Len(t, o.openTasks(models.TaskResolveSignOff), 1)
}

func TestSignOffNotMetIsResolvedByTheOfficer(t *testing.T) {
	for decision, stage := range map[string]models.Stage{
		models.ResolvePublish:  models.StagePublication,
		models.ResolveRevise:   models.StageDrafting,
		models.ResolveWithdraw: models.StageWithdrawn,
	} {
		t.Run(decision, func(t *testing.T) {
			o := signOffOffice(t, nil)
			o.signs(time.Hour, lead, models.SignOffDoNotCosign)
			o.decides(2*time.Hour, models.DecideResolveSignOff, models.TaskResolveSignOff,
				models.ResolveSignOffPayload{Decision: decision, Reason: "Talked to them."})
			if err := o.run(day); decision == models.ResolveWithdraw {
				require.NoError(t, err)
			} else {
				cutOff(t, err)
			}
			require.Equal(t, stage, o.stage())
			require.Equal(t, 1, o.entries("signoff.resolved"))
			require.Empty(t, o.openTasks(models.TaskSignOff))
			require.Equal(t, 1, o.mailsTo(models.MailTaskWithdrawn, o.person(owner).ID), "who need not answer any more is told")
		})
	}
}

func TestSignOffSkippedOrWithNobodyToAsk(t *testing.T) {
	for name, change := range map[string]func(*models.ProcedureDocument){
		"skipped": func(d *models.ProcedureDocument) { d.SignOff.Skip = true },
		"nobody":  func(d *models.ProcedureDocument) { d.SignOff.Uncovered = models.UncoveredNone },
	} {
		t.Run(name, func(t *testing.T) {
			o := signOffOffice(t, change)
			o.countries("HR")
			cutOff(t, o.run(time.Hour))
			require.Equal(t, models.StagePublication, o.stage())
			require.Equal(t, 1, o.entries("signoff.skipped"), "it is on record that nobody was asked")
		})
	}
}
