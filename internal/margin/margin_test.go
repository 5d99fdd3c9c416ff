package margin_test

import (
	"archive/zip"
	"bytes"
	"context"
	"io"
	"math/rand"
	"os"

	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/internal/apperr"
	"tribuna/internal/i18n"
	"tribuna/internal/margin"
	"tribuna/internal/word"
	"tribuna/models"
)

// found is the real pandoc, which `make test` makes sure is there.
var found = sync.OnceValues(func() (*word.Converter, error) {
	return word.Find(context.Background(), word.Options{Pandoc: "pandoc", Chromium: "off"})
})

const body = "## Why\n\nEvery child has a plan and a date.\n\nMinistries pay for a flat within two years.[^1]\n\n- first thing to do\n- second thing to do\n\n" +
	"| Country | Left |\n|---|---|\n| Bulgaria | 4 |\n| Romania | 5 |\n\nThe last paragraph says “so – indeed”.\n\n[^1]: As the law of 2021 has it.\n"

var given = word.Document{Language: "en", Title: "Leaving care", Kind: "Policy brief", Date: "Version 1", Organisation: "KHC",
	Markdown: body + "\n## What is asked\n\n1.  Extend care to 21.\n\n    - Ministry of Labour\n"}

// written is the file that goes out.
func written(t *testing.T) []byte {
	t.Helper()
	c, err := found()
	require.NoError(t, err, "scripts/ensure pandoc installs it")
	file, err := c.Write(t.Context(), given, word.DOCX)
	require.NoError(t, err)
	return file
}

const by = ` w:id="9" w:author="Ana Who" w:date="2026-01-01T00:00:00Z"`

func run(text string) string { return `<w:r><w:t xml:space="preserve">` + text + `</w:t></w:r>` }

func put(text string) string { return `<w:ins` + by + `>` + run(text) + `</w:ins>` }

func out(text string) string {
	return `<w:del` + by + `><w:r><w:delText xml:space="preserve">` + text + `</w:delText></w:r></w:del>`
}

func about(id, text string) string {
	return `<w:commentRangeStart w:id="` + id + `"/>` + text + `<w:commentRangeEnd w:id="` + id + `"/><w:r><w:commentReference w:id="` + id + `"/></w:r>`
}

// answered is the file as somebody sends it back: the words named are changed, and the comments are added.
func answered(t *testing.T, changes, comments map[string]string) []byte {
	t.Helper()
	in := written(t)
	archive, err := zip.NewReader(bytes.NewReader(in), int64(len(in)))
	require.NoError(t, err)
	var all bytes.Buffer
	w := zip.NewWriter(&all)
	put := func(name, content string) {
		part, err := w.Create(name)
		require.NoError(t, err)
		_, err = io.WriteString(part, content)
		require.NoError(t, err)
	}
	for _, p := range archive.File {
		r, err := p.Open()
		require.NoError(t, err)
		raw, err := io.ReadAll(r)
		require.NoError(t, err)
		content := string(raw)
		switch p.Name {
		case "word/comments.xml":
			continue
		case "word/document.xml":
			for was, is := range changes {
				require.Equal(t, 1, strings.Count(content, run(was)), "%s in %s", was, content)
				content = strings.Replace(content, run(was), is, 1)
			}
		case "word/_rels/document.xml.rels":
			if !strings.Contains(content, "comments.xml") {
				content = strings.Replace(content, "</Relationships>", `<Relationship Id="rIdC" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/comments" Target="comments.xml"/></Relationships>`, 1)
			}
		}
		put(p.Name, content)
	}
	said := `<?xml version="1.0"?><w:comments xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">`
	for id, text := range comments {
		said += `<w:comment w:id="` + id + `" w:author="Ana Who" w:initials="AW" w:date="2026-01-01T00:00:00Z">`
		for _, p := range strings.Split(text, "\n") {
			said += `<w:p>` + run(p) + `</w:p>`
		}
		said += `</w:comment>`
	}
	put("word/comments.xml", said+`</w:comments>`)
	require.NoError(t, w.Close())
	return all.Bytes()
}

func place(t *testing.T, file []byte) (*margin.Found, error) {
	t.Helper()
	c, err := found()
	require.NoError(t, err)
	m, err := c.ReadMarked(t.Context(), file)
	require.NoError(t, err)
	return margin.Place(i18n.For("en"), m, body, given)
}

func TestTheFileAsItWentOutSaysNothing(t *testing.T) {
	got, err := place(t, written(t))
	require.NoError(t, err)
	require.Equal(t, margin.Found{}, *got)
	require.True(t, got.Nothing())

	rich, err := os.ReadFile("../word/testdata/rich.md") // with all that our texts can hold
	require.NoError(t, err)
	_, text, _ := strings.Cut(string(rich), "---\n\n")
	c, err := found()
	require.NoError(t, err)
	file, err := c.Write(t.Context(), word.Document{Language: "en", Title: "Rich", Markdown: text}, word.DOCX)
	require.NoError(t, err)
	ours, err := c.Read(t.Context(), file)
	require.NoError(t, err)
	text = ours.Body
	doc := word.Document{Language: "en", Title: "Rich", Markdown: text}
	file, err = c.Write(t.Context(), doc, word.DOCX)
	require.NoError(t, err)
	m, err := c.ReadMarked(t.Context(), file)
	require.NoError(t, err)
	got, err = margin.Place(i18n.For("en"), m, text, doc)
	require.NoError(t, err)
	require.Equal(t, margin.Found{}, *got)
}

func TestWhatWasMarkedStandsOnItsWords(t *testing.T) {
	got, err := place(t, answered(t, map[string]string{
		"Every child has a plan and a date.": about("1", run("Every child")) + run(" has a ") + out("plan") + put("written plan") + run(" and a date") + put(" to begin") + run("."),
		"second thing to do":                 run("second ") + out("thing ") + run("to do"),
		"Romania":                            about("2", run("Romania")),
		"Leaving":                            about("3", run("Leaving")),
		"Extend care to 21.":                 run("Extend care to ") + out("21") + put("25") + run("."),
		"The last paragraph says “so – indeed”.": run("The last para") + out("graph") + run(" says “so – ") + about("4", put("yes, ")) + run("indeed”."),
	}, map[string]string{"1": "Which?\nAnd who says so?", "2": "Not any more.", "3": "A better title, please.", "4": "As they say.", "5": "On nothing at all."}))
	require.NoError(t, err)
	require.Equal(t, 5, got.Commented)
	require.Equal(t, 6, got.Suggested)
	require.Equal(t, 3, got.Beside, "the title, a measure, and what stands on nothing")
	require.Zero(t, got.Missing)
	require.Equal(t, []string{"“Leaving”: A better title, please.", "Suggests instead of “Extend care to 21.”: “Extend care to 25.”", "On nothing at all."}, got.Whole)
	type say struct {
		block                    int
		kind                     models.CommentKind
		quote, replacement, body string
	}
	var said []say
	for _, c := range got.Comments {
		said = append(said, say{c.Block, c.Kind, c.Quote, c.Replacement, c.Body})
	}
	require.Equal(t, []say{
		{1, models.CommentSuggestion, "plan", "written plan", ""},
		{1, models.CommentSuggestion, "date.", "date to begin.", ""},
		{1, models.CommentRemark, "Every child", "", "Which?\nAnd who says so?"},
		{3, models.CommentSuggestion, "thing", "", ""},
		{4, models.CommentRemark, "Romania", "", "Not any more."},
		{5, models.CommentSuggestion, "paragraph", "para", ""},
		{5, models.CommentSuggestion, "“so –", "“so – yes,", ""},
		{5, models.CommentRemark, "", "", "“yes,”: As they say."},
	}, said)
	_, err = models.PlaceComments(body, got.Comments)
	require.NoError(t, err, "they are what the form takes")
}

func TestWhatWasNotTrackedIsNotLost(t *testing.T) {
	got, err := place(t, answered(t, map[string]string{
		"Every child has a plan and a date.": run("Every young person has a plan and a date.") + `</w:p><w:p>` + run("And nobody is forgotten."),
	}, nil))
	require.NoError(t, err)
	require.Equal(t, 2, got.Suggested)
	require.Equal(t, 1, got.Beside)
	require.Len(t, got.Comments, 2)
	require.Equal(t, "child", got.Comments[0].Quote)
	require.Equal(t, "young person", got.Comments[0].Replacement)
	require.Equal(t, "Suggests a new paragraph here: “And nobody is forgotten.”", got.Comments[1].Body)
}

func TestTheFileOfAnotherTextIsRefused(t *testing.T) {
	c, err := found()
	require.NoError(t, err)
	other, err := c.Write(t.Context(), word.Document{Language: "en", Title: "Leaving care", Markdown: "Something else.\n\nWith other words in it, and more of them.\n"}, word.DOCX)
	require.NoError(t, err)
	_, err = place(t, other)
	require.Equal(t, apperr.Invalid("file", "word_other_text"), err)
}

// TestSuggestionsLeadToWhatWasWritten changes paragraphs at random: whoever follows every suggestion has what was written, and
// each of them quotes words that stand there.
func TestSuggestionsLeadToWhatWasWritten(t *testing.T) {
	dice := rand.New(rand.NewSource(11))
	words := strings.Fields("every child has a plan and a date, the ministry “pays” for it – within 2 years of the law; дете plan. (so) it’s")
	sentence := func() []string {
		var s []string
		for range 6 + dice.Intn(14) {
			s = append(s, words[dice.Intn(len(words))])
		}
		return s
	}
	for range 500 {
		before := sentence()
		var after []string
		for _, w := range before {
			switch dice.Intn(9) {
			case 0:
			case 1:
				after = append(after, w+"x")
			case 2:
				after = append(after, words[dice.Intn(len(words))], w)
			case 3:
				after = append(after, "un"+w+",")
			default:
				after = append(after, w)
			}
		}
		was, is := strings.Join(before, " "), strings.Join(after, " ")
		got, err := margin.Place(i18n.For("en"), &word.Marked{Paragraphs: []word.MarkedParagraph{{Before: was, After: is, Changed: true}}}, was, word.Document{Markdown: was})
		require.NoError(t, err)
		follow := was
		for i := len(got.Comments) - 1; i >= 0; i-- {
			c := got.Comments[i]
			require.Equal(t, models.CommentSuggestion, c.Kind, "%s\n%s", was, is)
			at := strings.Index(was, c.Prefix+c.Quote+c.Suffix)
			require.GreaterOrEqual(t, at, 0)
			at += len(c.Prefix)
			follow = follow[:at] + c.Replacement + follow[at+len(c.Quote):]
		}
		require.Equal(t, strings.Fields(is), strings.Fields(follow), "%s\n%s\n%v", was, is, got.Comments)
	}
}
