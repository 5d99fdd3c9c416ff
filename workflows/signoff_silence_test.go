package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tribuna/internal/apperr"
	"tribuna/models"
)

func TestSignOffLeadIsAskedForACountryWithoutPartnerBesideItsSisters(t *testing.T) {
	o := signOffOffice(t, func(d *models.ProcedureDocument) { d.SignOff.Uncovered = models.UncoveredLead })
	o.countries("AL", "HR")
	cutOff(t, o.run(12*day))
	require.Len(t, o.openTasks(models.TaskSignOff), 1, "they share one vote")
	require.Equal(t, 1, o.mailsTo(models.MailSignOffInvitation, o.person(sister).ID))
	require.Equal(t, 1, o.mailsTo(models.MailSignOffInvitation, o.person(lead).ID), "somebody is asked for the country nobody covers")
	require.NotZero(t, o.mailsTo(models.MailDigest, o.person(lead).ID), "and reminded")
}

func TestSignOffSilenceCountsWhenALateAnswerIsNoLongerTaken(t *testing.T) {
	late := func(d *models.ProcedureDocument) {
		d.SignOff.Silence, d.SignOff.LateFor = models.SilenceAbstains, "5wd"
	}
	t.Run("a late answer counts", func(t *testing.T) {
		o := signOffOffice(t, late)
		o.signs(time.Hour, owner, models.SignOffApprove)
		var answer *said
		o.at(23*day, func() { answer = o.votes(lead, models.SignOffApprove) }) // due after 15 working days: three weeks
		cutOff(t, o.run(24*day))
		o.recorded(answer)
		require.True(t, answer.outcome.Late)
		require.Equal(t, models.StagePublication, o.stage())
		require.Equal(t, "2", o.entry("signoff.met").Facts["approved"], "the late answer counts, not the silence")
	})
	t.Run("silence counts after that", func(t *testing.T) {
		silent := signOffOffice(t, late)
		silent.signs(time.Hour, owner, models.SignOffApprove)
		var over *said
		silent.at(27*day, func() { require.Equal(t, models.StageSignOff, silent.stage(), "a late answer could still come") })
		silent.at(30*day, func() { over = silent.votes(lead, models.SignOffApprove) })
		cutOff(t, silent.run(31*day))
		silent.refused(apperr.CodeClosed, over)
		require.Equal(t, models.StagePublication, silent.stage())
		require.Equal(t, "1", silent.entry("signoff.met").Facts["approved"])
	})
}
