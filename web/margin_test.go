package web

import (
	"archive/zip"
	"bytes"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/internal/i18n"
	"tribuna/internal/word"
	"tribuna/models"
)

// remade is a Word file with its parts changed.
func remade(t *testing.T, file string, change func(name, content string) string) string {
	t.Helper()
	var all bytes.Buffer
	w := zip.NewWriter(&all)
	for name, content := range packed(t, file) {
		part, err := w.Create(name)
		require.NoError(t, err)
		_, err = io.WriteString(part, change(name, content))
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return all.String()
}

const byAna = ` w:id="7" w:author="Ana Who" w:date="2026-01-01T00:00:00Z"`

// inWord is the text as somebody sends it back: a comment on its first words, a word changed, and a comment on the title.
func inWord(t *testing.T, file, words, was, is string) string {
	t.Helper()
	run := func(text string) string { return `<w:r><w:t xml:space="preserve">` + text + `</w:t></w:r>` }
	about := func(id, text string) string {
		return `<w:commentRangeStart w:id="` + id + `"/>` + text + `<w:commentRangeEnd w:id="` + id + `"/>`
	}
	said := func(id, text string) string {
		return `<w:comment w:id="` + id + `" w:author="Ana Who" w:initials="AW">` + `<w:p>` + run(text) + `</w:p></w:comment>`
	}
	return remade(t, file, func(name, content string) string {
		switch name {
		case "word/comments.xml":
			return `<w:comments xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">` + said("1", "Who counts them?") + said("2", "A shorter title.") + `</w:comments>`
		case "word/document.xml":
			before, rest, found := strings.Cut(content, words)
			require.True(t, found, "%s in %s", words, content)
			open := strings.LastIndex(before, "<w:r>")
			text, rest, _ := strings.Cut(words+rest, "</w:t></w:r>")
			head, tail, found := strings.Cut(text, was)
			require.True(t, found)
			changed := about("1", run(head)) + `<w:del` + byAna + `><w:r><w:delText xml:space="preserve">` + was + `</w:delText></w:r></w:del><w:ins` + byAna + `>` + run(is) + `</w:ins>` + run(tail)
			content = before[:open] + changed + rest
			title := strings.Index(content, `<w:pStyle w:val="Title" />`)
			at := title + strings.Index(content[title:], "<w:r>")
			end := at + strings.Index(content[at:], "</w:r>") + len("</w:r>")
			return content[:at] + about("2", content[at:end]) + content[end:]
		}
		return content
	})
}

func TestAnExpertAnswersInAWordFile(t *testing.T) {
	t.Parallel()
	h := newHouse(t).withWord("off")
	task, words := h.reviewing("expert-02"), i18n.For("en")
	path := taskPath(task.ID)
	b := h.public("en")
	require.Equal(t, http.StatusSeeOther, b.get(h.linkFor(task, *task.PersonID)).StatusCode)
	require.Contains(t, b.get(path).Body, `href="`+path+`/word"`)
	typedBefore := url.Values{"do": {"keep"}, "page": {"1"}, "comment-1": {"Typed before."}, "answer": {"support"}, "reasons": {"So far so good."}}
	require.Equal(t, http.StatusSeeOther, b.post(path+"/review", typedBefore).StatusCode)

	page := b.get(path + "/word")
	require.Equal(t, http.StatusOK, page.StatusCode)
	sound(t, page)
	text := b.get(path + "/text/docx")
	require.Equal(t, http.StatusOK, text.StatusCode)
	require.Equal(t, "no-store", page.Header.Get("Cache-Control"))
	plain := b.postFile(path+"/word", nil, "a.docx", text.Body)
	require.Equal(t, http.StatusUnprocessableEntity, plain.StatusCode)
	require.Contains(t, plain.Body, words.T("error.field.word_no_marks"))

	block, first, was := quotableWords(t, h)
	file := inWord(t, text.Body, first, was, "elsewhere")
	got := b.postFile(path+"/word", nil, "answer.docx", file)
	require.Equal(t, http.StatusSeeOther, got.StatusCode, got.Body)
	require.Equal(t, path+"?kept=continue", got.Header.Get("Location"))
	shown := b.get(got.Header.Get("Location"))
	sound(t, shown)
	for _, want := range []string{"2 comments and 1 suggestion", "One of them has no place of its own", "Typed before.", "Who counts them?", ">elsewhere</textarea>", "A shorter title.", "So far so good."} {
		require.Contains(t, shown.Body, want, want)
	}
	h.chosenBefore(shown.Body, models.AnswerSupport)
	require.NotContains(t, shown.Body, "Ana Who")
	require.Equal(t, models.TaskOpen, h.taskNow(task).State, "nothing is answered by it")
	h.nobodyNamed(t, "Ana Who")

	again := b.postFile(path+"/word", nil, "answer.docx", file)
	require.Equal(t, http.StatusSeeOther, again.StatusCode)
	twice := b.get(path + "?kept=continue")
	for _, once := range []string{"Who counts them?", ">elsewhere</textarea>", "A shorter title.", "Typed before."} {
		require.Equal(t, 1, strings.Count(twice.Body, once), once)
	}
	f := filled(t, twice.Body, path+"/review")
	f.Set("answer", models.AnswerSupport)
	comments, _ := readComments(f, h.current().Body)
	require.Len(t, comments, 3)
	for _, c := range comments {
		if c.Kind == models.CommentSuggestion {
			require.Equal(t, block, c.Block)
			require.Equal(t, was, c.Quote)
		}
	}
	require.NoError(t, checkComments(models.ReviewPayload{VersionHash: h.current().Hash, Answer: "support", Comments: comments}, h.current().Body, comments), "it can be sent as it stands")
}

// TestAWordFileThatIsNoAnswerLosesNothing says what is wrong with each, and what was typed stays.
func TestAWordFileThatIsNoAnswerLosesNothing(t *testing.T) {
	t.Parallel()
	h := newHouse(t).withWord("off")
	task, l := h.reviewing("expert-02"), i18n.For("en")
	path := taskPath(task.ID)
	b := h.public("en")
	require.Equal(t, http.StatusSeeOther, b.get(h.linkFor(task, *task.PersonID)).StatusCode)
	require.Equal(t, http.StatusSeeOther, b.post(path+"/review", url.Values{"do": {"keep"}, "comment-1": {"Typed before."}}).StatusCode)
	text := b.get(path + "/text/docx").Body
	for name, given := range map[string]struct{ file, key string }{
		"a text":       {"Dear all", "word_type"},
		"empty":        {"", "file_empty"},
		"too large":    {strings.Repeat("x", word.MaxAnswer+1), "word_size"},
		"a bomb":       {bomb(t), "word_much"},
		"another text": {wordFile(t, "Something else, with many other words in it that nobody here has ever asked about."), "word_other_text"},
		"entities": {remade(t, text, func(name, content string) string {
			if name == "word/document.xml" {
				return strings.Replace(content, "<w:document", `<!DOCTYPE w:document [<!ENTITY a "aaaa">]><w:document`, 1)
			}
			return content
		}), "word_doctype"},
		"macros": {remade(t, text, func(name, content string) string {
			return strings.Replace(content, "wordprocessingml.document.main+xml", "ms-word.document.macroEnabled.main+xml", 1)
		}), "word_macros"},
	} {
		got := b.postFile(path+"/word", nil, "a.docx", given.file)
		require.Equal(t, http.StatusUnprocessableEntity, got.StatusCode, name)
		sound(t, got)
		said, _, _ := strings.Cut(l.T("error.field."+given.key, "megabytes", word.MaxAnswer>>20), "“")
		require.Contains(t, got.Body, said, name)
	}
	require.Equal(t, http.StatusUnprocessableEntity, b.post(path+"/word", nil).StatusCode, "a form as it stands")
	require.Contains(t, b.get(path+"?kept=continue").Body, "Typed before.")
}

// quotableWords are the first two words of a paragraph of the brief, and the second.
func quotableWords(t *testing.T, h *house) (block int, first, one string) {
	t.Helper()
	block, quote := h.quotable()
	return block, quote, strings.Fields(quote)[1]
}

func (h *house) taskNow(task *models.Task) *models.Task {
	h.t.Helper()
	now, err := models.TaskByID(h.t.Context(), h.db, task.ID)
	require.NoError(h.t, err)
	return now
}

// nobodyNamed makes sure that words stand in nothing that is kept of unsent answers.
func (h *house) nobodyNamed(t *testing.T, words string) {
	t.Helper()
	n, err := h.db.NewSelect().TableExpr("kept_words").Where("fields::text LIKE ? OR beside::text LIKE ?", "%"+words+"%", "%"+words+"%").Count(t.Context())
	require.NoError(t, err)
	require.Zero(t, n)
}

func TestAnAnswerInAWordFileIsRecordedForItsWriter(t *testing.T) {
	n := newOffice(t)
	n.patient(nil)
	n.withWord("off")
	n.review(1, "expert-02")
	b, words := n.as("officer-khc", "en"), i18n.For("en")
	task := n.open(models.TaskReview)[0]
	home := recommendationPath(n.brief.ID)
	path := home + "/on-behalf"
	page := b.get(path + "?task=" + task.ID.String())
	require.Contains(t, page.Body, `href="`+home+`/versions/1/docx"`)
	block, first, was := quotableWords(t, n.house)
	file := inWord(t, b.get(home+"/versions/1/docx").Body, first, was, "elsewhere")
	f := form(t, page.Body, path)
	fill := func(f url.Values) url.Values {
		for field, value := range map[string]string{"task": task.ID.String(), "on_behalf_of": task.PersonID.String(), "answer": models.AnswerSupportWithChanges, "behalf_note": "A mail of Monday."} {
			f.Set(field, value)
		}
		return f
	}
	f = fill(f)
	f.Set("do", "margin")
	none := b.postFile(path, f, "", "")
	require.Equal(t, http.StatusUnprocessableEntity, none.StatusCode)
	read := b.postFile(path, f, "answer.docx", file)
	require.Equal(t, http.StatusOK, read.StatusCode)
	sound(t, read)
	require.Contains(t, read.Body, words.T("margin.behalf_said"))
	require.Contains(t, read.Body, "2 comments and 1 suggestion")
	require.Equal(t, models.TaskOpen, n.taskNow(&task).State, "nothing is recorded by reading")

	f = fill(filled(t, read.Body, path))
	require.Equal(t, http.StatusSeeOther, b.postFile(path, f, "", "").StatusCode)
	rv, err := models.ReviewByTask(t.Context(), n.db, task.ID)
	require.NoError(t, err)
	require.Len(t, rv.Comments, 2)
	require.Equal(t, "A shorter title.", rv.Reasons[len(rv.Reasons)-len("A shorter title."):])
	require.Equal(t, block, rv.Comments[0].Block)
	require.NotEmpty(t, f.Get("attachment_id"), "the file stays on record as the original")
}
