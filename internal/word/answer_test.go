package word

import (
	"context"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/internal/apperr"
)

// TestWhatAnAnswerMayNotHold is refused with a sentence of its own before any program opens it.
func TestWhatAnAnswerMayNotHold(t *testing.T) {
	plain := wordFile(t, "Words.")
	with := func(part, was, is string) []byte {
		return parts(t, plain, func(name, content string) string {
			if name == part {
				require.Contains(t, content, was)
				return strings.Replace(content, was, is, 1)
			}
			return content
		})
	}
	related := func(kind, target string) []byte {
		return with("word/_rels/document.xml.rels", "</Relationships>", `<Relationship Id="rIdX" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/`+kind+
			`" Target="`+target+`" TargetMode="External"/></Relationships>`)
	}
	for name, c := range map[string]struct {
		file []byte
		rule string
	}{
		"entities":            {with("word/document.xml", "<w:document", `<!DOCTYPE w:document [<!ENTITY a SYSTEM "file:///etc/passwd">]><w:document`), "word_doctype"},
		"entities in a part":  {with("word/settings.xml", "<w:settings", `<!DOCTYPE x [<!ENTITY a "aaaa">]><w:settings`), "word_doctype"},
		"a picture elsewhere": {related("image", "https://example.org/seen.png"), "word_external"},
		"a file elsewhere":    {related("oleObject", "file:///etc/passwd"), "word_external"},
		"a template there":    {related("attachedTemplate", "https://example.org/t.dotm"), "word_external"},
		"a template on a net": {related("attachedTemplate", "file://example.org/share/t.dotm"), "word_external"},
		"macros":              {with("[Content_Types].xml", "document.main+xml", "document.macroEnabled.main+xml"), "word_macros"},
		"not XML":             {with("word/styles.xml", "<w:styles", "<w:styles <"), "word_broken"},
		"no Word file":        {[]byte("Dear all"), "word_type"},
		"nothing":             {nil, "file_empty"},
	} {
		_, err := converter(t).ReadMarked(t.Context(), c.file)
		require.Equal(t, apperr.CodeInvalid, apperr.CodeOf(err), name)
		require.ErrorContains(t, err, c.rule, name)
	}
	for _, harmless := range [][]byte{related("hyperlink", "https://example.org/"), related("attachedTemplate", "file:///C:/Templates/Office.dotx")} {
		_, err := converter(t).ReadMarked(t.Context(), harmless)
		require.NoError(t, err)
	}
}

// TestACommentOfManyPiecesIsBounded: a file of some kilobytes unfolds to a comment of millions of pieces, each of a letter. Reading it
// ends at a bound, and what it costs grows with its length alone: see BenchmarkCommentOfManyPieces.
func TestACommentOfManyPiecesIsBounded(t *testing.T) {
	_, err := inspectAnswer(t.Context(), ofPieces(t, commentMost+1))
	require.ErrorContains(t, err, "word_much")
	bodies, err := inspectAnswer(t.Context(), ofPieces(t, 1000))
	require.NoError(t, err)
	require.Len(t, bodies, 1)
	require.Equal(t, strings.Repeat("a", 1000), bodies[0].body)

	ended, end := context.WithCancel(t.Context())
	end()
	_, err = inspectAnswer(ended, ofPieces(t, 1000))
	require.ErrorIs(t, err, context.Canceled)
}

func BenchmarkCommentOfManyPieces(b *testing.B) {
	for _, pieces := range []int{50_000, 200_000} {
		file := ofPieces(b, pieces)
		b.Run(strconv.Itoa(pieces), func(b *testing.B) {
			for b.Loop() {
				_, err := inspectAnswer(b.Context(), file)
				require.NoError(b, err)
			}
		})
	}
}

// ofPieces is a Word file with one comment that is written letter by letter.
func ofPieces(t testing.TB, pieces int) []byte {
	return parts(t, wordFile(t, `Words [Said.]{.comment-start id="0" author="A" date="2026-01-01T00:00:00Z"}here[]{.comment-end id="0"}.`), func(name, content string) string {
		if name != "word/comments.xml" {
			return content
		}
		require.Contains(t, content, "</w:comment>")
		before, _, _ := strings.Cut(content, "<w:p")
		return before + "<w:p><w:r>" + strings.Repeat("<w:t>a</w:t>", pieces) + "</w:r></w:p></w:comment></w:comments>"
	})
}

func TestNobodyIsNamedByWhatWasMarked(t *testing.T) {
	file := wordFile(t, `First [Good words.]{.comment-start id="0" author="Ana Who" date="2026-01-01T00:00:00Z"}here[]{.comment-end id="0"} and `+
		`[new]{.insertion author="Ana Who" date="2026-01-01T00:00:00Z"}[old]{.deletion author="Ana Who" date="2026-01-01T00:00:00Z"} end.`)
	m, err := converter(t).ReadMarked(t.Context(), file)
	require.NoError(t, err)
	require.Equal(t, Marked{Paragraphs: []MarkedParagraph{{Before: "First here and old end.", After: "First here and new end.", Changed: true,
		Comments: []MarkedComment{{From: 6, To: 10, Body: "Good words."}}}}}, *m)
}
