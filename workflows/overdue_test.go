package workflows_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/models"
)

// TestDeadlineThatWasMovedPassesAnew: the process waits for the new one, and coordinators hear of it again, once.
func TestDeadlineThatWasMovedPassesAnew(t *testing.T) {
	o := newOffice(t, nil)
	o.arrive(models.StagePublication)
	coordinators, err := models.Coordinators(o.ctx, o.db)
	require.NoError(t, err)
	looks := func(kind models.DecisionKind, payload any) *said {
		return o.tell(kind, coordinators[0], &o.the(models.TaskEscalation).ID, payload)
	}
	var extended, left *said
	o.at(20*day, func() {
		require.NotNil(t, o.the(models.TaskPublish).OverdueAt)
		until := models.Day(o.now().Add(20 * day))
		extended = looks(models.DecideExtendLate, models.ExtendPayload{DueOn: &until})
	})
	o.at(30*day, func() { require.Empty(t, o.openTasks(models.TaskEscalation), "there is time again") })
	o.at(45*day, func() { left = looks(models.DecideLeaveLate, models.LeavePayload{}) })
	cutOff(t, o.run(90*day))
	o.recorded(extended)
	o.recorded(left)
	require.Equal(t, 2, o.entries("task.overdue"))
	require.Equal(t, 2, o.mailsTo(models.MailEscalation, coordinators[0].ID))
	require.Empty(t, o.openTasks(models.TaskEscalation))
	require.Equal(t, models.TaskOpen, o.the(models.TaskPublish).State)
}
