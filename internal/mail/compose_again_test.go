package mail_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
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
	second, third := models.NewID(), models.NewID()
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
	require.Contains(t, expert.Text, i18n.For("en").T("mail.again.page"))
	before := n.task(models.TaskReview, n.expert, func(t *models.Task) {
		t.Round = 1
		t.Close(models.TaskDone, monday)
	})
	n.exec(`INSERT INTO reviews (task_id, recommendation_id, version_id, round, person_id, answer, decision_id, answered_at) VALUES (?, ?, ?, 1, ?, 'support', 'd', now())`,
		before.ID, n.recommendation, n.version, n.expert)
	for who, key := range map[uuid.UUID]string{n.expert: "mail.again.page_yours", n.officer: "mail.again.page"} {
		letter, err := n.compose(n.mail(models.MailReviewInvitation, who, "en", n.task(models.TaskReview, who, round)))
		require.NoError(t, err)
		require.Contains(t, strings.Join(strings.Fields(letter.Text), " "), i18n.For("en").T(key), "who answered before reads that, and nobody else")
	}
	n.exec(`INSERT INTO versions (id, recommendation_id, number, title, body, measures, hash, put_in, created_by, created_at)
		VALUES (?, ?, 3, 'Leaving care', 'Other words.', '[]', 'h3', 2, ?, now())`, third, n.recommendation, n.officer)
	for _, tag := range i18n.Tags() {
		step, err := n.compose(n.mail(models.MailReviewInvitation, n.expert, tag, n.task(models.TaskReview, n.expert, func(t *models.Task) { t.Round, t.VersionID = 2, &third })))
		require.NoError(t, err)
		require.Contains(t, step.Text, i18n.For(tag).N("putin.note", 2), "what a step did is said in the reader's language")
	}
	partner, err := n.compose(n.mail(models.MailConsultInvitation, n.speaker, "en", n.task(models.TaskConsult, n.speaker, round)))
	require.NoError(t, err)
	require.Contains(t, partner.Subject, "Round 2: ")
	require.Contains(t, partner.Text, "The experts ask who pays.")

	first, err := n.compose(n.mail(models.MailReviewInvitation, n.officer, "en", n.task(models.TaskReview, n.officer, func(t *models.Task) { t.Round = 1 })))
	require.NoError(t, err)
	require.NotContains(t, first.Subject, "Round")
	require.NotContains(t, first.Text, i18n.For("en").T("mail.again.page"))
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

func TestWhoWasSuggestedIsToldSo(t *testing.T) {
	n := newNetwork(t)
	round := func(t *models.Task) { t.Round = 1 }
	declined := n.task(models.TaskReview, n.speaker, round)
	task := n.task(models.TaskReview, n.expert, round)
	invitation := func() string {
		letter, err := n.compose(n.mail(models.MailReviewInvitation, n.expert, "en", task))
		require.NoError(t, err)
		return asOneLine(letter.Text)
	}
	require.Contains(t, invitation(), i18n.For("en").T("mail.why.review"))
	n.exec(`INSERT INTO reviewer_suggestions (id, task_id, recommendation_id, round, position, name, email, reason, written_in, person_id, created_at)
		VALUES (?, ?, ?, 1, 1, '', 'x@mail.example', '', '', ?, ?)`, models.NewID(), declined.ID, n.recommendation, n.expert, monday)
	known := invitation()
	require.Contains(t, known, i18n.For("en").T("mail.suggested"))
	require.NotContains(t, known, i18n.For("en").T("mail.suggested_address"))
	require.NotContains(t, known, "Pat Partner", "who suggested is not told")
	origin := models.NewID()
	n.exec(`INSERT INTO contact_imports (id, person_id, kind, name, content, mapping, source, basis, created_at, imported_at) VALUES (?, ?, 'people', '', '', '{}', 's', 'interest', ?, ?)`,
		origin, n.officer, monday, monday)
	n.exec(`INSERT INTO contact_notices (person_id, import_id, due_at) VALUES (?, ?, ?)`, n.expert, origin, monday)
	require.Contains(t, invitation(), i18n.For("en").T("mail.suggested_address"))
}

func TestAMailNamesTheDayOfADeadlineToday(t *testing.T) {
	n := newNetwork(t)
	for _, due := range []time.Time{monday.Add(2 * time.Hour), time.Date(2026, 3, 2, 21, 59, 59, 0, time.UTC)} {
		task := n.task(models.TaskReview, n.expert, func(t *models.Task) { t.DueAt, t.GraceUntil = due, due.Add(time.Hour) })
		letter, err := n.compose(n.mail(models.MailReviewInvitation, n.expert, "en", task))
		require.NoError(t, err)
		require.Contains(t, asOneLine(letter.Text), "Deadline: 2 March 2026")
		require.NotContains(t, letter.Text, "today")
	}
}

func TestAReplacedExpertIsThankedAndTheOfficerToldWhy(t *testing.T) {
	n := newNetwork(t)
	for _, state := range []models.TaskState{models.TaskCancelled, models.TaskDone} {
		task := n.task(models.TaskReview, n.expert, func(t *models.Task) { t.State, t.ClosedAt = state, &monday })
		n.exec(`INSERT INTO review_conflicts (task_id, person_id, recommendation_id, kind, words, written_in, declared_at, ruling, reason, reason_written_in, ruled_by, ruled_at)
			VALUES (?, ?, ?, 'funded', 'W', '', ?, 'replaced', 'It is too near.', 'en', ?, ?)`, task.ID, n.expert, n.recommendation, monday, n.officer, monday)
		mail := n.mail(models.MailConflictRuled, n.expert, "en", task)
		mail.Data.Reason = models.RulingReplaced
		letter, err := n.compose(mail)
		require.NoError(t, err)
		require.Contains(t, letter.Text, "It is too near.")
		require.Contains(t, letter.Text, "Thank you")
		require.Equal(t, state == models.TaskDone, strings.Contains(asOneLine(letter.Text), "What you have sent is kept"))
		choose := n.task(models.TaskChooseReviewer, n.officer, func(t *models.Task) { t.SubjectID = &task.ID })
		letter, err = n.compose(n.mail(models.MailOfficerTask, n.officer, "en", choose))
		require.NoError(t, err)
		require.Contains(t, asOneLine(letter.Text), "An expert is replaced because of a conflict of interest.")
		require.NotContains(t, letter.Text, "declined")
	}
}

// asOneLine takes out where lines of a letter are broken.
func asOneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
