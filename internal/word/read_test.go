package word

import (
	"archive/zip"
	"bytes"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tribuna/internal/apperr"
	"tribuna/internal/devstack/testbrowser"
	"tribuna/internal/devstack/testmaterial"
	"tribuna/internal/markdown"
)

// found are the real programs, which `make test` makes sure are there.
var found = sync.OnceValues(func() (*Converter, error) {
	return Find(context.Background(), Options{Pandoc: "pandoc", Chromium: testbrowser.Chromium()})
})

func converter(t *testing.T) *Converter {
	t.Helper()
	c, err := found()
	require.NoError(t, err, "scripts/ensure pandoc installs it")
	return c
}

// wordFile has pandoc itself make a Word file, as an office program would.
func wordFile(t testing.TB, source string, args ...string) []byte {
	t.Helper()
	picture, err := filepath.Abs("testdata/picture.png")
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), "pandoc", append([]string{"--from=markdown", "--to=docx", "--output=-"}, args...)...)
	cmd.Stdin = strings.NewReader(strings.ReplaceAll(source, "picture.png", picture))
	file, err := cmd.Output()
	require.NoError(t, err)
	return file
}

// parts rewrites a Word file part by part.
func parts(t testing.TB, file []byte, change func(name, content string) string) []byte {
	t.Helper()
	in, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	require.NoError(t, err)
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, p := range in.File {
		r, err := p.Open()
		require.NoError(t, err)
		content, err := io.ReadAll(r)
		require.NoError(t, err)
		part, err := w.Create(p.Name)
		require.NoError(t, err)
		_, err = io.WriteString(part, change(p.Name, string(content)))
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return out.Bytes()
}

func rich(t *testing.T) string {
	t.Helper()
	source, err := os.ReadFile("testdata/rich.md")
	require.NoError(t, err)
	return string(source)
}

func TestARichWordFileIsUnderstood(t *testing.T) {
	text, err := converter(t).Read(t.Context(), wordFile(t, rich(t)))
	require.NoError(t, err)
	require.Equal(t, "Leaving care", text.Title)
	require.Equal(t, Text{Title: text.Title, Body: text.Body, Headings: 4, Lists: 4, Tables: 3, Footnotes: 3, Links: 4, Pictures: 2}, *text)
	html, err := markdown.Render(text.Body)
	require.NoError(t, err)
	for what, want := range map[string]int{"<h1": 1, "<h2": 2, "<h3": 1, "<ul>": 3, "<ol>": 2, "<ol start=\"3\">": 1, "<table>": 3, "<blockquote>": 1,
		"<a href=\"https://example.org/a?b=c&amp;d=e\"": 1, "<a href=\"mailto:": 1, "<strong>bold</strong>": 1, "<em>it</em>": 1, "<del>struck</del>": 1,
		"class=\"footnote-ref\"": 3, "<li id=\"t-fn:": 3, "5*6 _ a|b &lt;b&gt;": 1, "<th>Cell</th>": 1, "<td>one; two; three</td>": 1, "Line one<br/>": 1} {
		require.Equal(t, want, strings.Count(string(html), what), "%s in\n%s", what, html)
	}
	require.NotContains(t, text.Body, "picture.png")
}

func TestWhatAnEditorLeftInAFile(t *testing.T) {
	file := parts(t, wordFile(t, "---\ntitle: T\n---\n\n## A\n\nOld Kept New\n", "--toc"), func(name, content string) string {
		if name == "word/styles.xml" {
			return strings.Replace(content, "</w:styles>", `<w:style w:type="paragraph" w:styleId="TOC1"><w:name w:val="toc 1"/></w:style></w:styles>`, 1)
		}
		if name != mainPart {
			return content
		}
		content = strings.Replace(content, "</w:sdtContent>", `<w:p><w:pPr><w:pStyle w:val="TOC1"/></w:pPr><w:r><w:t>A on page 1</w:t></w:r></w:p></w:sdtContent>`, 1)
		const at = `<w:t xml:space="preserve">Old Kept New</w:t>`
		require.Contains(t, content, at)
		return strings.Replace(content, "<w:r>"+at+"</w:r>", `<w:del w:id="9" w:author="Ana Who" w:date="2026-01-01T00:00:00Z"><w:r><w:delText xml:space="preserve">Old </w:delText></w:r></w:del>`+
			`<w:r><w:t>Kept</w:t></w:r><w:ins w:id="10" w:author="Ana Who" w:date="2026-01-01T00:00:00Z"><w:r><w:t xml:space="preserve"> New</w:t></w:r></w:ins>`, 1)
	})
	text, err := converter(t).Read(t.Context(), file)
	require.NoError(t, err)
	require.Equal(t, "## A\n\nKept New", text.Body)
	require.Equal(t, 2, text.Changes)
	require.True(t, text.Contents)
	require.NotContains(t, text.Body, "Ana Who")
}

// TestARealTextGoesOutAndComesBackInAgain takes one text in every language there is.
func TestARealTextGoesOutAndComesBackInAgain(t *testing.T) {
	texts, _ := testmaterial.Folder(t)
	files, err := filepath.Glob(filepath.Join(texts, "udhr", "*.md"))
	require.NoError(t, err)
	for _, file := range files {
		tag := strings.TrimSuffix(filepath.Base(file), ".md")
		t.Run(tag, func(t *testing.T) {
			raw, err := os.ReadFile(file)
			require.NoError(t, err)
			body := markdown.Clean(string(raw))
			out, err := converter(t).Write(t.Context(), Document{Language: tag, Title: "Title & more", Kind: "Kind", Markdown: body}, DOCX)
			require.NoError(t, err)
			back, err := converter(t).Read(t.Context(), out)
			require.NoError(t, err)
			require.Equal(t, "Title & more", back.Title)
			require.Equal(t, shape(body), shape(back.Body)[1:], "the kind stands before it")
		})
	}
}

// shape is what stands in a text, block by block.
func shape(source string) []string {
	var list []string
	for _, b := range markdown.Blocks(source) {
		list = append(list, string(b.Kind)+": "+strings.Join(strings.Fields(b.Text), " "))
	}
	return list
}

func TestWhatIsNoWordFileIsSaidSo(t *testing.T) {
	c := converter(t)
	good := wordFile(t, "Words.")
	bomb := parts(t, good, func(name, content string) string {
		if name == mainPart {
			return content + strings.Repeat(" ", textMost)
		}
		return content
	})
	require.Less(t, len(bomb), 1<<20, "it looks harmless")
	for name, given := range map[string]struct {
		file []byte
		rule string
	}{
		"nothing":            {nil, "file_empty"},
		"a text":             {[]byte("Dear colleagues"), "word_type"},
		"an old Word file":   {[]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + strings.Repeat("x", 600)), "word_type"},
		"another zip":        {renamed(t, good), "word_type"},
		"cut in two":         {good[:len(good)/2], "word_type"},
		"a bomb":             {bomb, "word_much"},
		"not XML":            {parts(t, good, func(name, c string) string { return map[bool]string{true: "<w:document", false: c}[name == mainPart] }), "word_broken"},
		"without words":      {wordFile(t, ""), "word_empty"},
		"a picture and that": {wordFile(t, "![](picture.png)"), "word_empty"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := c.Read(t.Context(), given.file)
			var wrong *apperr.Error
			require.ErrorAs(t, err, &wrong)
			require.Len(t, wrong.Fields, 1)
			require.Equal(t, "file", wrong.Fields[0].Path)
			require.Equal(t, "error.field."+given.rule, wrong.Fields[0].Key)
		})
	}
}

// renamed is a zip file with other parts than Word's.
func renamed(t *testing.T, file []byte) []byte {
	t.Helper()
	return bytes.ReplaceAll(file, []byte(mainPart), []byte("text/document.xml"))
}

func TestMeasuresAreTakenWhereTheListIsPlainlyOne(t *testing.T) {
	for name, given := range map[string]struct {
		body  string
		items []string
		rest  string
	}{
		"numbers":           {"## A\n\nWords.\n\n## 3. Recommendations:\n\n1.  Do *this*.\n2.  Do that.", []string{"Do *this*.", "Do that."}, "## A\n\nWords."},
		"Bulgarian bullets": {"## Мерки\n\n-   Да се направи.\n\n## B\n\nWords.", []string{"Да се направи."}, "## B\n\nWords."},
		"more below":        {"## Mjere\n\n- One.\n\nMore.", []string{"One."}, "## Mjere\n\nMore."},
		"notes below":       {"A.[^1]\n\n## Masat\n\n- One.\n\n[^1]: Note.", []string{"One."}, "A.[^1]\n\n[^1]: Note."},
		"lists in lists":    {"## Measures\n\n- One.\n    - Two.", nil, "## Measures\n\n- One.\n    - Two."},
		"a footnote":        {"## Measures\n\n- One.[^1]\n\n[^1]: Note.", nil, "## Measures\n\n- One.[^1]\n\n[^1]: Note."},
		"words between":     {"## Measures\n\nWords.\n\n- One.", nil, "## Measures\n\nWords.\n\n- One."},
		"another heading":   {"## Measured\n\n- One.", nil, "## Measured\n\n- One."},
	} {
		t.Run(name, func(t *testing.T) {
			text := &Text{}
			require.NoError(t, text.finish(given.body))
			require.Equal(t, given.items, text.TakeMeasures())
			require.Equal(t, given.rest, text.Body)
		})
	}
}

func TestPandocAloneIsMissing(t *testing.T) {
	c, err := Find(t.Context(), Options{Pandoc: "off", Chromium: "off"})
	require.NoError(t, err)
	require.Equal(t, []string{"pandoc", "chromium"}, c.Missing())
	_, err = c.Read(t.Context(), []byte("x"))
	require.Equal(t, apperr.CodeNotInstalled, apperr.CodeOf(err))
	_, err = c.Write(t.Context(), Document{}, PDF)
	require.Equal(t, apperr.CodeNotInstalled, apperr.CodeOf(err))
	_, err = Find(t.Context(), Options{Pandoc: "/no/pandoc"})
	require.ErrorContains(t, err, "TRIBUNA_PANDOC names /no/pandoc, which is not there")
	_, err = Find(t.Context(), Options{Pandoc: "false"})
	require.ErrorContains(t, err, "cannot be run")
}

func TestAProgramThatHangsOrTalksIsEnded(t *testing.T) {
	shell, err := exec.LookPath("sh")
	require.NoError(t, err)
	for _, alone := range []bool{true, false} {
		p := &program{path: shell, alone: alone}
		if _, err := p.withPatience(t.Context(), nil, 100, "-c", "true"); err != nil {
			continue // no namespaces here
		}
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		_, err := p.withPatience(ctx, nil, 100, "-c", "sleep 60 & wait")
		cancel()
		require.ErrorIs(t, err, errTooLong)
		_, err = p.withPatience(t.Context(), nil, 100, "-c", "yes")
		require.ErrorIs(t, err, errTooMuch)
		said, err := p.withPatience(t.Context(), nil, 1000, "-c", "env; pwd")
		require.NoError(t, err)
		require.NotContains(t, string(said), "GOFLAGS")
		require.NotContains(t, string(said), "DATABASE_URL")
	}
}
