package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tribuna/internal/i18n"
	"tribuna/models"
)

// answering is an expert at the form of their review.
func answering(t *testing.T, n *office, slug string) (b *reader, path string, f url.Values) {
	t.Helper()
	b, path = n.byLink(n.taskOf(slug), n.person(slug), "en")
	f = form(t, b.get(path).Body, path+"/review")
	f.Set("answer", models.AnswerSupport)
	f.Set("naming", models.NamingNone)
	return b, path, f
}

func TestCommentsQuoteSuggestAndPraise(t *testing.T) {
	n := newOffice(t)
	n.patient(nil)
	n.review(1, "expert-02")
	l, task := i18n.For("en"), n.taskOf("expert-02")
	b, path, f := answering(t, n, "expert-02")
	f["comment-2"], f["quote-2"], f["replacement-2"] = []string{"Source?", "", ""}, []string{"several  hundred", "close the file", "leave"}, []string{"", "close the file", ""}
	f.Set("kind-2", "question")
	f.Set("kind-2-1", "suggestion")
	f.Set("kind-2-2", "praise")
	f["comment-3"], f["quote-3"] = []string{"<script>alert(1)</script><b>Bold</b>"}, []string{"words that are nowhere"}
	refused := b.post(path+"/review", f)
	require.Equal(t, http.StatusUnprocessableEntity, refused.StatusCode)
	sound(t, refused)
	require.Contains(t, refused.Body, `id="f-quote-3-error"`, "at the field")
	require.Contains(t, refused.Body, `href="#f-quote-3"`)
	require.Contains(t, refused.Body, l.T("error.field.not_in_paragraph"))
	require.Contains(t, refused.Body, `id="f-replacement-2-1-error"`, "words suggested that stand there")
	require.Contains(t, refused.Body, `id="f-comment-2-2-error"`, "praise needs words")
	require.Contains(t, refused.Body, "words that are nowhere")
	require.Contains(t, refused.Body, "&lt;script&gt;alert(1)&lt;/script&gt;&lt;b&gt;Bold&lt;/b&gt;")
	require.NotContains(t, refused.Body, "<script>alert")
	require.Equal(t, models.TaskOpen, n.task(task.ID).State)

	f.Set("decision_id", form(t, refused.Body, path+"/review").Get("decision_id"))
	f.Set("do", "another-3")
	more := looks(t, b, path+"/review", f)
	require.Contains(t, more.Body, `id="f-comment-3-1"`)
	require.Contains(t, more.Body, "words that are nowhere", "nothing is lost")
	require.Contains(t, more.Body, `name="kind-2-1" value="suggestion" checked`)
	require.Equal(t, models.TaskOpen, n.task(task.ID).State)
	f.Del("do")

	f["comment-2"][2] = "Well said."
	f["replacement-2"][1] = "lock the file"
	f.Set("quote-3", "\"a key, a name") // a quotation mark of one's own is none of the text's
	require.Equal(t, http.StatusUnprocessableEntity, b.post(path+"/review", f).StatusCode)
	f.Set("quote-3", "")
	f.Set("comment-3", strings.Repeat("long ", 2000))
	long := b.post(path+"/review", f)
	require.Equal(t, http.StatusUnprocessableEntity, long.StatusCode)
	require.Contains(t, long.Body, `id="f-comment-3-error"`)
	require.Contains(t, long.Body, strings.Repeat("long ", 1990))
	f.Set("comment-3", "<script>alert(1)</script>")
	f.Set("decision_id", NewDecisionID())
	sent := b.post(path+"/review", f)
	require.Equal(t, http.StatusSeeOther, sent.StatusCode, sent.Body)
	thanks := b.get(path + "/thanks")
	sound(t, thanks)
	require.Contains(t, thanks.Body, "lock the file")
	require.Contains(t, thanks.Body, "&lt;script&gt;alert(1)")

	rv, err := models.ReviewByTask(t.Context(), n.db, task.ID)
	require.NoError(t, err)
	require.Len(t, rv.Comments, 4)
	for _, c := range rv.Comments {
		switch c.Kind {
		case models.CommentQuestion:
			require.Equal(t, "several hundred", c.Quote, "as it stands in the text")
			require.Equal(t, "Every year ", c.Prefix)
			require.Equal(t, " young people in the two countri", c.Suffix)
		case models.CommentSuggestion:
			require.Equal(t, "lock the file", c.Replacement)
			require.NotEmpty(t, c.Prefix)
		case models.CommentPraise:
			require.Equal(t, "Well said.", c.Body)
		}
	}
	filled := b.get(path).Body
	require.Contains(t, filled, `name="kind-2-1" value="suggestion" checked`)
	require.Contains(t, filled, ">lock the file</textarea>")

	officer := n.as("officer-khc", "en").get(recommendationPath(n.brief.ID))
	sound(t, officer)
	require.Contains(t, officer.Body, "lock the file")
	require.NotContains(t, officer.Body, "<script>alert")
}

func TestTenMegabytesAreRefusedAndNothingKeptIsLost(t *testing.T) {
	h := newHouse(t)
	task := h.reviewing("expert-02")
	b := h.public("en")
	require.Equal(t, http.StatusSeeOther, b.get(h.linkFor(task, h.person("expert-02").ID)).StatusCode)
	require.Equal(t, http.StatusSeeOther, b.post(taskPath(task.ID)+"/review", url.Values{"do": {"keep"}, "comment-1": {"Which children?"}}).StatusCode)
	got := b.post(taskPath(task.ID)+"/review", url.Values{"answer": {"support"}, "comment-1": {strings.Repeat("x", 10<<20)}})
	require.Equal(t, http.StatusRequestEntityTooLarge, got.StatusCode)
	require.Contains(t, got.Body, i18n.For("en").T("error.title.too_large"))
	sound(t, got)
	require.Equal(t, []string{"Which children?"}, h.left("expert-02", models.KeptAnswer(task.ID)).Fields["comment-1"])
}

// TestTwoPagesAtOnceLoseNobodysWords has one person write on a telephone and at a desk.
func TestTwoPagesAtOnceLoseNobodysWords(t *testing.T) {
	n := newOffice(t)
	n.patient(nil)
	n.review(1, "expert-02")
	task := n.taskOf("expert-02")
	phone, path, onPhone := answering(t, n, "expert-02")
	desk, _, atDesk := answering(t, n, "expert-02")
	keep := func(b *reader, f url.Values) {
		t.Helper()
		kept := copyOf(f)
		kept.Set("do", "keep")
		require.Equal(t, http.StatusSeeOther, b.post(path+"/review", kept).StatusCode)
	}
	onPhone.Set("comment-2", "From the phone.")
	onPhone.Set("kind-2", "question")
	onPhone.Set("reasons", "On the train.")
	keep(phone, onPhone)
	atDesk["comment-2"], atDesk["quote-2"] = []string{"From the desk."}, []string{"several hundred"}
	atDesk.Set("comment-3", "A")
	keep(desk, atDesk)
	atDesk.Set("comment-3", "A second one.")
	atDesk.Set("reasons", "At the desk.")
	keep(desk, atDesk)
	onPhone.Set("reasons", "On the train, later.")
	keep(phone, onPhone)

	third, _, _ := answering(t, n, "expert-02")
	going := third.get(path + "?kept=continue").Body
	for _, words := range []string{"From the phone.", "From the desk.", ">several hundred<", "A second one.", "On the train, later.", "At the desk."} {
		require.Contains(t, going, words)
	}
	require.NotContains(t, going, ">A</textarea>", "what one went on with stands once")
	require.Contains(t, going, `value="question" checked`)

	sent := phone.post(path+"/review", onPhone)
	require.Equal(t, http.StatusSeeOther, sent.StatusCode, sent.Body)
	require.Equal(t, "A second one.", n.left("expert-02", models.KeptAnswer(task.ID)).Fields["comment-3"][0], "the desk's are not sent")
	again := desk.get(path + "?kept=continue").Body
	require.Contains(t, again, "From the phone.", "what was sent stands beside them")
	require.Contains(t, again, "From the desk.")

	late := desk.post(path+"/review", atDesk)
	require.Equal(t, http.StatusConflict, late.StatusCode, "the answer recorded meanwhile is not overwritten unseen")
	sound(t, late)
	for _, words := range []string{"From the phone.", "From the desk.", "A second one.", "On the train, later."} {
		require.Contains(t, late.Body, words)
	}
	both := filled(t, late.Body, path+"/review")
	both.Set("sure", "yes")
	require.Equal(t, http.StatusSeeOther, desk.post(path+"/review", both).StatusCode)
	rv, err := models.ReviewByTask(t.Context(), n.db, task.ID)
	require.NoError(t, err)
	require.Len(t, rv.Comments, 3)
	require.Zero(t, n.rows("kept_words"), "everything was sent")
}

// TestTwoDevicesAtTheSameMomentLoseNobodysWords sends from both before either was answered: one is recorded, the other comes back
// beside it.
func TestTwoDevicesAtTheSameMomentLoseNobodysWords(t *testing.T) {
	n := newOffice(t)
	n.patient(nil)
	n.review(1, "expert-02")
	task := n.taskOf("expert-02")
	phone, path, onPhone := answering(t, n, "expert-02")
	desk, _, atDesk := answering(t, n, "expert-02")
	onPhone.Set("comment-2", "From the phone.")
	atDesk.Set("comment-3", "From the desk.")
	answers := make(chan answer, 2)
	for b, f := range map[*reader]url.Values{phone: onPhone, desk: atDesk} {
		go func() { answers <- b.post(path+"/review", f) }()
	}
	first, second := <-answers, <-answers
	if first.StatusCode != http.StatusSeeOther {
		first, second = second, first
	}
	require.Equal(t, http.StatusSeeOther, first.StatusCode)
	require.Equal(t, http.StatusConflict, second.StatusCode, "the other was recorded meanwhile")
	sound(t, second)
	for _, words := range []string{"From the phone.", "From the desk."} {
		require.Contains(t, second.Body, words)
	}
	both := filled(t, second.Body, path+"/review")
	both.Set("sure", "yes")
	require.Equal(t, http.StatusSeeOther, phone.post(path+"/review", both).StatusCode)
	rv, err := models.ReviewByTask(t.Context(), n.db, task.ID)
	require.NoError(t, err)
	require.Len(t, rv.Comments, 2)
}

// TestAnswerReceivedWithoutAWorkerIsKept: an answer that cannot be recorded at once is received, and its words are left where their
// writer finds them should it be refused; once it is recorded nothing is left over.
func TestAnswerReceivedWithoutAWorkerIsKept(t *testing.T) {
	n := newOffice(t)
	n.patient(nil)
	n.review(1, "expert-02")
	task := n.taskOf("expert-02")
	b, path, f := answering(t, n, "expert-02")
	n.stopWorker()
	n.server.Processes.Patience = 300 * time.Millisecond
	f.Set("comment-2", "Sent in the night.")
	got := b.post(path+"/review", f)
	require.Equal(t, http.StatusAccepted, got.StatusCode)
	require.Contains(t, b.get(path+"?kept=continue").Body, "Sent in the night.")
	n.startWorker()
	require.Eventually(t, func() bool { return n.task(task.ID).State == models.TaskDone }, time.Minute, 50*time.Millisecond)
	again := b.get(path).Body
	require.Contains(t, again, "Sent in the night.", "the form holds what was recorded")
	require.NotContains(t, again, `id="unsent"`, "and nothing beside it")
}

// TestKindsOfCommentsHaveOneName where they are chosen and where they are answered, in lists, files and mails.
func TestKindsOfCommentsHaveOneName(t *testing.T) {
	for _, tag := range i18n.Tags() {
		l := i18n.For(tag)
		for _, kind := range models.CommentKinds() {
			require.Equal(t, l.T("remark.kind."+kind), l.T("responses.kind."+kind), tag)
		}
	}
}
