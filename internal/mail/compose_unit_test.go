package mail_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/models"
)

func TestASharedVoteIsNamedWithWhoSpeaksForIt(t *testing.T) {
	n := newNetwork(t)
	sister := n.organisation("Sister of the network")
	n.exec(`UPDATE organisations SET voting_unit = ? WHERE id = ?`, n.partner, sister)
	speaker := n.person("Sue Sister", "en", "BG", "partner", sister)
	task := n.task(models.TaskSignOff, speaker, func(t *models.Task) { t.PersonID = nil })

	letter, err := n.compose(n.mail(models.MailSignOffInvitation, speaker, "en", task))
	require.NoError(t, err)
	require.Contains(t, strings.Join(strings.Fields(letter.Text), " "), "Sister of the network for the unit “Child & Family Network”")
	letter, err = n.compose(n.mail(models.MailSignOffInvitation, n.speaker, "en", task))
	require.NoError(t, err)
	require.NotContains(t, letter.Text, "for the unit", "who holds the vote speaks for itself")
}
