package mail_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/internal/i18n"
	"tribuna/internal/mail"
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

func TestWhoAnsweredFirstForASharedVoteIsToldWhoAnsweredAfterThem(t *testing.T) {
	n := newNetwork(t)
	sister := n.organisation("Sister of the network")
	n.exec(`UPDATE organisations SET voting_unit = ? WHERE id = ?`, n.partner, sister)
	later := n.person("Sue Sister", "en", "BG", "partner", sister)
	task := n.task(models.TaskSignOff, n.speaker, func(t *models.Task) { t.PersonID = nil })
	n.exec(`INSERT INTO signoffs (task_id, recommendation_id, version_id, organisation_id, spoken_by, person_id, answer, reason, decision_id, answered_at)
		VALUES (?, ?, ?, ?, ?, ?, 'abstain', 'Our board could not meet.', 'd', ?)`,
		task.ID, task.RecommendationID, *task.VersionID, n.partner, sister, later, monday)

	letter, err := n.compose(n.mail(models.MailSignOffReplaced, n.speaker, "en", task))
	require.NoError(t, err)
	require.Contains(t, strings.Join(strings.Fields(letter.Text), " "), "Sister of the network for the unit “Child & Family Network” has answered")
	require.Contains(t, letter.Text, "Our board could not meet.")
	_, err = n.compose(n.mail(models.MailSignOffReplaced, later, "en", task))
	require.ErrorAs(t, err, new(mail.NotOwed), "one's own answer is no news")

	n.exec(`DELETE FROM signoffs WHERE task_id = ?`, task.ID)
	for _, tag := range i18n.Tags() {
		letter, err = n.compose(n.mail(models.MailSignOffReplaced, n.speaker, tag, task))
		require.NoError(t, err)
		require.Contains(t, letter.Subject, "Leaving care")
		require.NotContains(t, letter.Text, "Our board could not meet.")
		require.Contains(t, letter.Text, "/l/", "it is waited for again")
	}
	n.exec(`UPDATE tasks SET state = 'done', closed_at = opened_at WHERE id = ?`, task.ID)
	_, err = n.compose(n.mail(models.MailSignOffReplaced, n.speaker, "en", task))
	require.ErrorAs(t, err, new(mail.NotOwed), "nobody is waited for any more")
}
