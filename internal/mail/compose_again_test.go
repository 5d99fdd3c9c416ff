package mail_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/internal/i18n"
	"tribuna/models"
)

func TestWhatComesBackSaysSoWithTheNote(t *testing.T) {
	n := newNetwork(t)
	translation := models.NewID()
	n.exec(`INSERT INTO translations (id, version_id, recommendation_id, language, title, state, return_note)
		VALUES (?, ?, ?, 'bg', '', 'open', 'The second paragraph lacks a negation.')`, translation, n.version, n.recommendation)
	for kind, mail := range map[models.TaskKind]models.MailKind{models.TaskTranslate: models.MailTranslateInvitation, models.TaskApproveTranslation: models.MailApproveInvitation} {
		task := n.task(kind, n.expert, func(t *models.Task) { t.SubjectID = &translation })
		for _, tag := range i18n.Tags() {
			letter, err := n.compose(n.mail(mail, n.expert, tag, task))
			require.NoError(t, err)
			require.Equal(t, i18n.For(tag).T("mail.returned."+string(kind)+".subject", "Title", `Leaving care <is> not "leaving" alone & more`,
				"Language", i18n.For(tag).Language("bg")), letter.Subject)
			require.Contains(t, letter.Text, "The second paragraph lacks a negation.")
		}
	}
}

func TestAnotherRoundSaysWhyToPartnersAndWhatChangedToAll(t *testing.T) {
	n := newNetwork(t)
	second := models.NewID()
	n.exec(`INSERT INTO versions (id, recommendation_id, number, title, body, measures, hash, note, created_by, created_at)
		VALUES (?, ?, 2, 'Leaving care', 'Words.', '[]', 'h2', 'Says who pays.', ?, now())`, second, n.recommendation, n.officer)
	n.exec(`INSERT INTO review_rounds (recommendation_id, number, version_id, invited, reserve, enough, due_at, decision, decision_reason)
		VALUES (?, 1, ?, '{}', '{}', 1, now(), 'revise', 'The experts ask who pays.')`, n.recommendation, n.version)
	round := func(t *models.Task) { t.Round, t.VersionID = 2, &second }
	expert, err := n.compose(n.mail(models.MailReviewInvitation, n.expert, "en", n.task(models.TaskReview, n.expert, round)))
	require.NoError(t, err)
	require.Contains(t, expert.Subject, "Round 2: ")
	require.Contains(t, expert.Text, "Says who pays.")
	require.NotContains(t, expert.Text, "The experts ask who pays.", "why a round was decided so is for the network")
	partner, err := n.compose(n.mail(models.MailConsultInvitation, n.speaker, "en", n.task(models.TaskConsult, n.speaker, round)))
	require.NoError(t, err)
	require.Contains(t, partner.Subject, "Round 2: ")
	require.Contains(t, partner.Text, "The experts ask who pays.")

	first, err := n.compose(n.mail(models.MailReviewInvitation, n.officer, "en", n.task(models.TaskReview, n.officer, func(t *models.Task) { t.Round = 1 })))
	require.NoError(t, err)
	require.NotContains(t, first.Subject, "Round")
}

func TestMailsAboutSeveralAuthoritiesDifferByTheirSubject(t *testing.T) {
	n := newNetwork(t)
	delivery := n.task(models.TaskDeliver, n.officer, nil)
	letter, err := n.compose(n.mail(models.MailOfficerTask, n.officer, "en", delivery))
	require.NoError(t, err)
	require.Contains(t, letter.Subject, "Ministry of Labour")
	letter, err = n.compose(n.mail(models.MailProgressRequest, n.expert, "bg", n.task(models.TaskReportProgress, n.expert, nil)))
	require.NoError(t, err)
	require.Contains(t, letter.Subject, "Министерство на труда")
	overdue := n.task(models.TaskEscalation, n.coordinator, func(t *models.Task) { t.SubjectID = &delivery.ID })
	letter, err = n.compose(n.mail(models.MailEscalation, n.coordinator, "en", overdue))
	require.NoError(t, err)
	require.Contains(t, letter.Subject, "Ministry of Labour")
}
