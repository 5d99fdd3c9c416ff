package word

import (
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

func TestNobodyIsNamedByWhatWasMarked(t *testing.T) {
	file := wordFile(t, `First [Good words.]{.comment-start id="0" author="Ana Who" date="2026-01-01T00:00:00Z"}here[]{.comment-end id="0"} and `+
		`[new]{.insertion author="Ana Who" date="2026-01-01T00:00:00Z"}[old]{.deletion author="Ana Who" date="2026-01-01T00:00:00Z"} end.`)
	m, err := converter(t).ReadMarked(t.Context(), file)
	require.NoError(t, err)
	require.Equal(t, Marked{Paragraphs: []MarkedParagraph{{Before: "First here and old end.", After: "First here and new end.", Changed: true,
		Comments: []MarkedComment{{From: 6, To: 10, Body: "Good words."}}}}}, *m)
}
