package mail_test

import (
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/i18n"
	"tribuna/internal/links"
	"tribuna/internal/mail"
	"tribuna/models"
)

var personalLink = regexp.MustCompile(`https://tribuna\.example/l/(tl_[A-Za-z0-9_-]+)`)

// asking is every mail that asks for something, with the task it is about.
var asking = []struct {
	kind models.MailKind
	task models.TaskKind
}{
	{models.MailReviewInvitation, models.TaskReview},
	{models.MailConsultInvitation, models.TaskConsult},
	{models.MailTranslateInvitation, models.TaskTranslate},
	{models.MailApproveInvitation, models.TaskApproveTranslation},
	{models.MailSignOffInvitation, models.TaskSignOff},
	{models.MailProgressRequest, models.TaskReportProgress},
	{models.MailNewLink, models.TaskReview},
	{models.MailEscalation, models.TaskEscalation},
	{models.MailDigest, models.TaskReview},
	{models.MailOfficerTask, models.TaskChooseReviewer},
	{models.MailOfficerTask, models.TaskDecideReview},
	{models.MailOfficerTask, models.TaskAssignTranslator},
	{models.MailOfficerTask, models.TaskPublish},
	{models.MailOfficerTask, models.TaskDeliver},
	{models.MailOfficerTask, models.TaskResolveSignOff},
}

func TestEveryMailThatAsksHasOneButtonADeadlineAndAReason(t *testing.T) {
	n := newNetwork(t)
	for _, c := range asking {
		for _, language := range []string{"en", "bg"} {
			t.Run(string(c.kind)+"/"+string(c.task)+"/"+language, func(t *testing.T) {
				if c.task == models.TaskReportProgress {
					n.exec(`DELETE FROM tasks WHERE kind = 'report_progress'`)
					n.exec(`DELETE FROM followups`)
				}
				task := n.task(c.task, n.expert, nil)
				m := n.mail(c.kind, n.expert, language, task)
				m.Data.Tasks = []uuid.UUID{task.ID}
				letter, err := n.compose(m)
				require.NoError(t, err)
				soundLetter(t, letter, language)

				for name, half := range map[string]string{"text": letter.Text, "html": letter.HTML} {
					found := personalLink.FindAllStringSubmatch(half, -1)
					require.Len(t, found, 1, "one link in the %s", name)
					claims, err := n.minter.Check(found[0][1])
					require.NoError(t, err)
					require.Equal(t, links.Claims{Kind: links.KindTask, ID: task.ID, PersonID: n.expert, Generation: 3}, claims)
					if c.kind != models.MailEscalation {
						require.Contains(t, half, map[string]string{"en": "Thursday 5 March", "bg": "четвъртък, 5 март"}[language])
						require.Contains(t, half, "17:00", "in the reader's zone")
						require.Contains(t, half, "EET")
					}
				}
				require.Contains(t, letter.Text, `Leaving care <is> not "leaving" alone & more`)
				require.Contains(t, letter.HTML, `Leaving care &lt;is&gt; not &#34;leaving&#34; alone &amp; more`)
			})
		}
	}
}

func TestInvitationSaysWhoAsksHowLongAndThatOneMayDecline(t *testing.T) {
	n := newNetwork(t)
	letter, err := n.compose(n.mail(models.MailReviewInvitation, n.expert, "en", n.task(models.TaskReview, n.expert, nil)))
	require.NoError(t, err)
	require.Contains(t, letter.Text, "Who asks: Ana Officer, Know-how Centre")
	require.Contains(t, letter.Text, "about 1 minute to read, 2 to answer")
	require.Contains(t, letter.Text, "you can decline on the")
	require.Contains(t, asOneLine(letter.Text), "whether you can do it. The deadline for that: 3 March 2026", "when somebody else is asked")
}

// A deadline is the end of a day in its country: Sofia's clock shows the next one by then.
func TestMailsTellTheEndOfADayAsThatDay(t *testing.T) {
	n := newNetwork(t)
	brussels, err := time.LoadLocation("Europe/Brussels")
	require.NoError(t, err)
	task := n.task(models.TaskReview, n.expert, func(t *models.Task) { t.DueAt = time.Date(2026, 3, 5, 23, 59, 59, 0, brussels) })
	for language, says := range map[string]string{
		"en": "Deadline: in 3 days, until the end of Thursday 5 March (Central European Time, CET)",
		"bg": "Срок: след 3 дни, до края на четвъртък, 5 март (централноевропейско време, CET)",
	} {
		letter, err := n.compose(n.mail(models.MailReviewInvitation, n.expert, language, task))
		require.NoError(t, err)
		require.Contains(t, strings.Join(strings.Fields(letter.Text), " "), says)
		require.NotContains(t, letter.HTML, "00:59")
	}
}

func TestProgressRequestNamesMeasureAuthorityAndStatus(t *testing.T) {
	n := newNetwork(t)
	letter, err := n.compose(n.mail(models.MailProgressRequest, n.speaker, "bg", n.task(models.TaskReportProgress, n.speaker, nil)))
	require.NoError(t, err)
	for _, half := range []string{letter.Text, letter.HTML} {
		require.Contains(t, half, "Fund a mentor for every care leaver")
		require.Contains(t, half, "Министерство на труда")
		require.Contains(t, half, "няма отговор")
		require.Contains(t, half, "15:00", "the reader's country is unknown: UTC")
	}
}

func TestMailsMarkWhatIsInAnotherLanguage(t *testing.T) {
	n := newNetwork(t)
	task := n.task(models.TaskReportProgress, n.speaker, func(t *models.Task) { t.Reminders = 1 })
	for _, m := range []models.OutboxMail{n.mail(models.MailProgressRequest, n.speaker, "sq", task), n.mail(models.MailDigest, n.speaker, "sq", task)} {
		letter, err := n.compose(m)
		require.NoError(t, err)
		require.Contains(t, letter.HTML, `<span lang="en">Ministry of Labour`, m.Kind)
		require.Contains(t, letter.Text, "Ministry of Labour", m.Kind)
		require.NotContains(t, letter.Text, "lang=", m.Kind)
	}
	letter, err := n.compose(n.mail(models.MailProgressRequest, n.speaker, "sq", task))
	require.NoError(t, err)
	require.Contains(t, letter.HTML, `<span lang="en">Fund a mentor for every care leaver`)
}

func TestEscalationNamesWhatIsOverdueAndFromWhom(t *testing.T) {
	n := newNetwork(t)
	overdue := n.task(models.TaskSignOff, n.speaker, func(t *models.Task) { t.DueAt = monday.Add(-49 * time.Hour) })
	task := n.task(models.TaskEscalation, n.coordinator, func(t *models.Task) { t.SubjectID = &overdue.ID })
	letter, err := n.compose(n.mail(models.MailEscalation, n.coordinator, "en", task))
	require.NoError(t, err)
	require.Contains(t, letter.Text, "From: Child & Family Network")
	require.Contains(t, letter.Text, "2 days overdue")
}

func TestDigestListsWhatIsStillOpenOnly(t *testing.T) {
	n := newNetwork(t)
	reminded := func(t *models.Task) { t.Reminders = 1 }
	open := n.task(models.TaskReview, n.expert, reminded)
	second := n.task(models.TaskTranslate, n.expert, func(t *models.Task) { t.DueAt, t.Reminders = monday.Add(-time.Hour), 2 })
	n.task(models.TaskReview, n.expert, nil) // nobody reminds of it yet
	done := n.task(models.TaskReview, n.expert, func(t *models.Task) { t.Close(models.TaskDone, monday) })
	n.task(models.TaskReview, n.officer, reminded)
	m := n.mail(models.MailDigest, n.expert, "en", nil)

	for name, tasks := range map[string][]uuid.UUID{"named": {open.ID, second.ID, done.ID}, "all": nil} {
		m.Data.Tasks = tasks
		letter, err := n.compose(m)
		require.NoError(t, err, name)
		require.Equal(t, "2 things wait for you", letter.Subject)
		require.Len(t, personalLink.FindAllString(letter.Text, -1), 2)
		require.Less(t, strings.Index(letter.Text, "Translate"), strings.Index(letter.Text, "Review"), "the most urgent first")
		require.Contains(t, letter.HTML, `class="waits"`)
	}

	partner := n.mail(models.MailDigest, n.speaker, "en", nil)
	n.task(models.TaskSignOff, n.speaker, func(t *models.Task) { t.PersonID, t.Reminders = nil, 1 })
	letter, err := n.compose(partner)
	require.NoError(t, err)
	require.Contains(t, letter.Subject, "sign-off", "what waits for one's organisation")

	m.Data.Tasks = []uuid.UUID{done.ID}
	_, err = n.compose(m)
	require.ErrorAs(t, err, new(mail.NotOwed), "nobody is reminded after answering")
}

// TestDigestLeavesOutWhoWaitsForTime: an expert who asked for more time is not reminded of that review by a mail that another text set off.
func TestDigestLeavesOutWhoWaitsForTime(t *testing.T) {
	n := newNetwork(t)
	until := monday.AddDate(0, 1, 0)
	waits := n.task(models.TaskReview, n.expert, func(t *models.Task) { t.Reminders, t.AskedUntil = 1, &until })
	other := n.task(models.TaskTranslate, n.expert, func(t *models.Task) { t.Reminders = 1 })
	m := n.mail(models.MailDigest, n.expert, "en", nil)
	for name, tasks := range map[string][]uuid.UUID{"named": {waits.ID, other.ID}, "all": nil} {
		m.Data.Tasks = tasks
		letter, err := n.compose(m)
		require.NoError(t, err, name)
		require.Len(t, personalLink.FindAllString(letter.Text, -1), 1, name)
		require.Contains(t, letter.Text, "Translate")
		require.NotContains(t, letter.Text, "Review")
	}
	other.Close(models.TaskDone, monday)
	require.NoError(t, other.Save(t.Context(), n.db))
	_, err := n.compose(m)
	require.ErrorAs(t, err, new(mail.NotOwed))
}

// TestOfficerIsToldOfTimeTakenBackOnlyWhereToldOfTheTime: both mails may wait when an expert takes time back.
func TestOfficerIsToldOfTimeTakenBackOnlyWhereToldOfTheTime(t *testing.T) {
	n := newNetwork(t)
	until := monday.AddDate(0, 1, 0)
	task := n.task(models.TaskReview, n.expert, func(t *models.Task) { t.AskedUntil = &until })
	asked, back := n.mail(models.MailRoundNews, n.officer, "en", task), n.mail(models.MailRoundNews, n.officer, "bg", task)
	asked.Data.Reason, back.Data.Reason = models.NewsTimeAsked, models.NewsTimeTakenBack
	asked.RecommendationID, back.RecommendationID = &n.recommendation, &n.recommendation
	letter, err := n.compose(asked)
	require.NoError(t, err)
	soundLetter(t, letter, "en")
	_, err = n.compose(back)
	require.ErrorAs(t, err, new(mail.NotOwed), "it was asked for once more")
	task.AskedUntil, task.TimeTakenBackAt = nil, &monday
	require.NoError(t, task.Save(t.Context(), n.db))
	for _, m := range []models.OutboxMail{asked, back} {
		_, err = n.compose(m)
		require.ErrorAs(t, err, new(mail.NotOwed), m.Data.Reason)
	}
	asked.CreatedAt, asked.DedupeKey = monday, "asked"
	require.NoError(t, models.Enqueue(t.Context(), n.db, &asked))
	n.exec(`UPDATE outbox SET state = 'delivered' WHERE dedupe_key = 'asked'`)
	letter, err = n.compose(back)
	require.NoError(t, err)
	soundLetter(t, letter, "bg")
}

func TestNoticesSayWhatHappened(t *testing.T) {
	n := newNetwork(t)
	task := n.task(models.TaskReview, n.expert, func(t *models.Task) { t.Close(models.TaskDone, monday) })
	n.exec(`INSERT INTO reviews (task_id, recommendation_id, version_id, round, person_id, answer, reasons, written_in, decision_id, answered_at)
		VALUES (?, ?, ?, 1, ?, 'support_with_changes', E'First.\nSecond <b>', 'ro', 'd', now())`, task.ID, n.recommendation, n.version, n.expert)
	n.exec(`INSERT INTO comments (id, task_id, recommendation_id, version_id, block, quote, body, position, created_at)
		VALUES (?, ?, ?, ?, 0, 'three words', 'Which three?', 0, now())`, models.NewID(), task.ID, n.recommendation, n.version)
	for i, replacement := range []string{"five words", ""} {
		n.exec(`INSERT INTO comments (id, task_id, recommendation_id, version_id, block, kind, quote, replacement, body, position, created_at)
			VALUES (?, ?, ?, ?, ?, 'suggestion', 'four words', ?, '', 0, now())`, models.NewID(), task.ID, n.recommendation, n.version, i+2, replacement)
	}
	n.exec(`INSERT INTO submissions (id, process_id, decision_id, kind, task_id, actor_id, on_behalf_of, behalf_note, payload, args_salt, args_hash, received_at)
		VALUES (?, ?, 'decision-1', 'review', ?, ?, ?, 'by letter', '{}', 's', 'h', ?)`,
		models.NewID(), n.recommendation, task.ID, n.officer, n.expert, monday)

	copied, err := n.compose(n.mail(models.MailReviewCopy, n.expert, "en", task))
	require.NoError(t, err)
	soundLetter(t, copied, "en")
	onBehalf, err := n.compose(n.mail(models.MailRecordedOnBehalf, n.expert, "bg", task))
	require.NoError(t, err)
	soundLetter(t, onBehalf, "bg")
	for _, letter := range []*mail.Letter{copied, onBehalf} {
		require.Contains(t, letter.Text, "Second <b>")
		require.Regexp(t, `<p lang="ro"[^>]*>Second &lt;b&gt;`, letter.HTML)
		require.Regexp(t, `<p lang="ro"[^>]*>Which three`, letter.HTML)
		require.Contains(t, letter.Text, "Which three?")
		require.Contains(t, letter.HTML, "three words")
	}
	require.Contains(t, copied.Text, "I support it with changes")
	require.Regexp(t, `Comment on paragraph 3 · Other wording\s+“four words”\s+Suggested instead:\s+“five words”`, copied.Text, "a suggestion without a word of its own")
	require.Regexp(t, `“four words”\s+Suggested: leave these words out.`, copied.Text)
	require.Regexp(t, `<p lang="en"[^>]*>“five words”`, onBehalf.HTML)
	require.Contains(t, onBehalf.Subject, "Ana Officer")
	require.Contains(t, onBehalf.Text, "by letter")
	require.Regexp(t, personalLink, onBehalf.Text, "a mistake can be corrected")

	n.exec("UPDATE recommendations SET stage = 'withdrawn', withdrawn_from = 'review' WHERE id = ?", n.recommendation)
	copied, err = n.compose(n.mail(models.MailReviewCopy, n.expert, "en", task))
	require.NoError(t, err)
	require.Contains(t, copied.Text, "The text has been withdrawn")
	require.NotContains(t, copied.Text, "will weigh it")
	require.Contains(t, copied.Text, "I support it with changes")

	for reason, words := range map[string]string{models.ReasonWithdrawn: "has been withdrawn", models.ReasonEnough: "Enough answers",
		models.ReasonReplaced: "Somebody else", models.ReasonOver: "step has ended", "": "step has ended", "nonsense": "step has ended"} {
		m := n.mail(models.MailTaskWithdrawn, n.expert, "en", task)
		m.Data.Reason = reason
		letter, err := n.compose(m)
		require.NoError(t, err)
		soundLetter(t, letter, "en")
		require.Contains(t, letter.Text, words)
		for _, door := range []string{"/l/", "/recommendations/", "/my-work"} {
			require.NotContains(t, letter.Text+letter.HTML, door, "its reader may not see the page any more")
		}
	}
}

func TestAConditionIsInTheCopyOfASignOff(t *testing.T) {
	n := newNetwork(t)
	task := n.task(models.TaskSignOff, n.speaker, func(t *models.Task) { t.Close(models.TaskDone, monday) })
	n.exec(`INSERT INTO signoffs (task_id, recommendation_id, version_id, organisation_id, person_id, answer, reason, decision_id, answered_at)
		VALUES (?, ?, ?, ?, ?, 'approve_with_condition', 'Once the budget line is named.', 'decision-1', now())`,
		task.ID, n.recommendation, n.version, n.partner, n.speaker)
	n.exec(`INSERT INTO submissions (id, process_id, decision_id, kind, task_id, actor_id, on_behalf_of, payload, args_salt, args_hash, received_at)
		VALUES (?, ?, 'decision-1', 'x', ?, ?, ?, '{}', 's', 'h', now())`, models.NewID(), n.recommendation, task.ID, n.officer, n.speaker)
	for _, tag := range i18n.Tags() {
		letter, err := n.compose(n.mail(models.MailRecordedOnBehalf, n.speaker, tag, task))
		require.NoError(t, err)
		soundLetter(t, letter, tag)
		require.Contains(t, letter.Text, i18n.For(tag).T("mail.answer.approve_with_condition"))
		require.Contains(t, letter.Text, "Once the budget line is named.")
	}
}

func TestWhatIsRecordedWithoutATaskIsToldToo(t *testing.T) {
	n := newNetwork(t)
	followup := n.followup()
	record := func(process uuid.UUID, decision string, task *uuid.UUID) {
		n.exec(`INSERT INTO submissions (id, process_id, decision_id, kind, task_id, actor_id, on_behalf_of, payload, args_salt, args_hash, received_at)
			VALUES (?, ?, ?, 'x', ?, ?, ?, '{}', 's', 'h', now())`, models.NewID(), process, decision, task, n.officer, n.speaker)
	}
	record(followup, "decision-1", nil)
	n.exec(`INSERT INTO progress_notes (id, followup_id, status, note, observed_on, person_id, decision_id, reported_at)
		VALUES (?, ?, 'committed', 'Promised in a letter', now(), ?, 'decision-1', now())`, models.NewID(), followup, n.speaker)
	unasked := n.mail(models.MailRecordedOnBehalf, n.speaker, "en", nil)
	unasked.RecommendationID = &n.recommendation
	letter, err := n.compose(unasked)
	require.NoError(t, err)
	soundLetter(t, letter, "en")
	require.Contains(t, letter.Text, "Promised in a letter")
	require.Contains(t, letter.Text, "committed")
	require.NotContains(t, letter.Text, "/attachments/")

	original, err := models.NewAttachment(n.recommendation, "letter.txt", []byte("We promise."), n.officer, monday)
	require.NoError(t, err)
	require.NoError(t, original.Insert(t.Context(), n.db))
	n.exec(`UPDATE submissions SET attachment_id = ? WHERE decision_id = 'decision-1'`, original.ID)
	letter, err = n.compose(unasked)
	require.NoError(t, err)
	soundLetter(t, letter, "en")
	require.Contains(t, letter.Text, "letter.txt")
	require.Contains(t, letter.Text, "/attachments/"+original.ID.String())

	declined := n.task(models.TaskReview, n.speaker, func(t *models.Task) { t.Close(models.TaskDeclined, monday) })
	record(n.recommendation, "decision-2", &declined.ID)
	letter, err = n.compose(n.mail(models.MailRecordedOnBehalf, n.speaker, "en", declined))
	require.NoError(t, err)
	require.Contains(t, letter.Text, "Declined")
}

func TestWhatIsNoLongerOwedIsNotSent(t *testing.T) {
	over := func(t *models.Task) { t.GraceUntil = monday.Add(-time.Second) }
	closed := func(t *models.Task) { t.Close(models.TaskDone, monday) }
	for name, c := range map[string]struct {
		kind   models.MailKind
		task   func(*models.Task)
		change string // with the person's id
	}{
		"answered":             {kind: models.MailReviewInvitation, task: closed},
		"time is over":         {kind: models.MailReviewInvitation, task: over},
		"new link, over":       {kind: models.MailNewLink, task: over},
		"escalation settled":   {kind: models.MailEscalation, task: closed},
		"person left":          {kind: models.MailReviewInvitation, change: `UPDATE people SET left_at = now() WHERE id = ?`},
		"suppressed":           {kind: models.MailReviewInvitation, change: `INSERT INTO suppressions SELECT encode(sha256(convert_to(lower(email), 'UTF8')), 'hex'), 'bounce', now() FROM people WHERE id = ?`},
		"unsubscribed":         {kind: models.MailMailing, change: `UPDATE people SET unsubscribed_at = now() WHERE id = ?`},
		"without consent":      {kind: models.MailMailing, change: `UPDATE people SET consent_at = NULL WHERE id = ?`},
		"mailing is cancelled": {kind: models.MailMailing, change: `UPDATE mailings SET state = 'cancelled' WHERE ? IS NOT NULL`},
	} {
		t.Run(name, func(t *testing.T) {
			n := newNetwork(t)
			task := n.task(models.TaskReview, n.expert, c.task)
			if c.change != "" {
				n.exec(c.change, n.expert)
			}
			_, err := n.compose(n.mail(c.kind, n.expert, "en", task))
			require.ErrorAs(t, err, new(mail.NotOwed))
		})
	}
}

func TestWhatIsOnHoldWaits(t *testing.T) {
	n := newNetwork(t)
	task := n.task(models.TaskReview, n.expert, nil)
	n.exec(`UPDATE recommendations SET held_at = now()`)
	n.exec(`UPDATE mailings SET state = 'paused'`)
	for _, kind := range []models.MailKind{models.MailReviewInvitation, models.MailMailing} {
		_, err := n.compose(n.mail(kind, n.expert, "en", task))
		require.ErrorAs(t, err, new(mail.NotYet))
	}
}

func TestEveryKindHasWords(t *testing.T) {
	n := newNetwork(t)
	task, officers := n.task(models.TaskReview, n.expert, nil), n.task(models.TaskPublish, n.expert, nil)
	for _, kind := range models.MailKinds() {
		about := task
		if kind == models.MailOfficerTask { // a review is asked for by a mail of its own
			about = officers
		}
		_, err := n.compose(n.mail(kind, n.expert, "en", about))
		if err != nil {
			require.NotContains(t, err.Error(), "no words")
		}
	}
	_, err := n.compose(n.mail("nonsense", n.expert, "en", task))
	require.ErrorContains(t, err, "no words")
	require.False(t, errors.As(err, new(mail.NotOwed)))
}

// soundLetter checks what holds for every letter.
func soundLetter(t *testing.T, l *mail.Letter, language string) {
	t.Helper()
	require.Equal(t, language, l.Language)
	require.NotEmpty(t, l.Subject)
	require.NotContains(t, l.Subject, "\n")
	require.Contains(t, l.HTML, `<html lang="`+language+`">`)
	require.NotContains(t, l.HTML, "<img", "complete without images")
	require.Contains(t, l.HTML, "prefers-color-scheme: dark")
	for _, half := range []string{l.Subject, l.Text, l.HTML} {
		require.NotContains(t, half, "<no value>")
		require.NotContains(t, half, "ZgotmplZ")
		require.NotRegexp(t, `\bmail\.[a-z]+[._]`, strings.ReplaceAll(half, "@mail.example", ""), "a key without words")
	}
	require.NotRegexp(t, `</?(p|a|table|td|div)\b`, l.Text)
	require.NotContains(t, l.Text, "\n\n\n")
	cyrillic := regexp.MustCompile(`[а-я]{4,} [а-я]`)
	require.Equal(t, language == "bg", cyrillic.MatchString(l.Text))
	for _, line := range strings.Split(l.Text, "\n") {
		if !strings.Contains(line, "http") {
			require.LessOrEqual(t, len([]rune(line)), 78)
		}
	}
}
