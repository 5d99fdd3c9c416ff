package word

import (
	"bytes"
	"context"
	"encoding/json"
	"html"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/internal/markdown"
)

// document is the rich text in a language.
func document(t *testing.T, c *Converter, language string) Document {
	t.Helper()
	text, err := c.Read(t.Context(), wordFile(t, rich(t)))
	require.NoError(t, err)
	return Document{Language: language, Title: "Напускане на грижата & <това>", Kind: "Policy brief", Organisation: "Know-how Centre", Date: "12 March 2026", Markdown: text.Body}
}

func TestAWordFileOfOursIsUnderstoodAgainAndSaysItsLanguage(t *testing.T) {
	c := converter(t)
	d := document(t, c, "bg")
	file, err := c.Write(t.Context(), d, DOCX)
	require.NoError(t, err)
	text, err := c.Read(t.Context(), file)
	require.NoError(t, err)
	require.Equal(t, d.Title, text.Title)
	front := []string{"paragraph: Policy brief", "paragraph: Know-how Centre", "paragraph: 12 March 2026"}
	require.Equal(t, append(front, shape(d.Markdown)...), shape(text.Body))
	require.Equal(t, 4, text.Links)
	styles := ""
	parts(t, file, func(name, content string) string {
		if name == "word/styles.xml" {
			styles = content
		}
		return content
	})
	require.Contains(t, styles, `w:val="bg"`)

	again, err := c.Write(t.Context(), d, DOCX)
	require.NoError(t, err)
	require.Equal(t, &file[0], &again[0], "it lay ready")
	require.True(t, c.Kept(d, DOCX))
	other := d
	other.Date = "13 March 2026"
	require.NotEqual(t, c.Tag(d, DOCX), c.Tag(other, DOCX))
	require.NotEqual(t, c.Tag(d, DOCX), c.Tag(d, PDF))
}

func TestAPDFIsTaggedSaysItsLanguageAndHasBookmarks(t *testing.T) {
	if testing.Short() {
		t.Skip("Chromium takes seconds")
	}
	c := converter(t)
	require.True(t, c.Writes(PDF), "scripts/ensure chromium installs it")
	d := document(t, c, "sr-Latn")
	d.Markdown += "\n\n![away](http://127.0.0.1:1/x.png)\n\n<script>document.title='x'</script>\n"
	file, err := c.Write(t.Context(), d, PDF)
	require.NoError(t, err)
	if keep := os.Getenv("TRIBUNA_TEST_KEEP_PDF"); keep != "" {
		require.NoError(t, os.WriteFile(keep, file, 0o600))
	}
	require.True(t, bytes.HasPrefix(file, []byte("%PDF-")))
	for _, want := range []string{`/MarkInfo\s*<<[^>]*/Marked true`, `/StructTreeRoot \d+ 0 R`, `/Lang \(sr-Latn\)`, `/Outlines \d+ 0 R`, `/Title <FEFF041D04300`, `/S /H1`, `/S /Table`, `/S /TH`, `/S /Link`, `/S /L\b`} {
		require.Regexp(t, regexp.MustCompile(want), string(file))
	}
	require.NotContains(t, string(file), "/JavaScript")
}

func TestPrintingGoesOnWhereChromiumHasNoSandbox(t *testing.T) {
	script := t.TempDir() + "/chromium"
	require.NoError(t, os.WriteFile(script, []byte(`#!/bin/sh
case "$*" in
--version) echo "Chromium 1" ;;
*--no-sandbox*) for a in "$@"; do case $a in --print-to-pdf=*) printf '%%PDF-' > "${a#*=}" ;; esac; done ;;
*) exit 1 ;;
esac
`), 0o700)) //nolint:gosec // it has to be run
	c, err := Find(t.Context(), Options{Pandoc: "off", Chromium: script})
	require.NoError(t, err)
	for _, title := range []string{"a", "b"} {
		file, err := c.Write(t.Context(), Document{Language: "en", Title: title, Markdown: "x"}, PDF)
		require.NoError(t, err)
		require.Equal(t, "%PDF-", string(file))
	}
	require.False(t, c.sandboxed())
}

func TestNoMoreThanTwoAtOnceAndNobodyWaitsForEver(t *testing.T) {
	c := &Converter{pandoc: &program{path: "false"}, running: make(chan struct{}, atOnce), kept: newShelf()}
	for range atOnce {
		_, err := c.enter(t.Context())
		require.NoError(t, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := c.Write(ctx, Document{}, DOCX)
	require.ErrorIs(t, err, context.Canceled)
}

func TestTheShelfForgetsTheOldest(t *testing.T) {
	s := newShelf()
	s.put("a", make([]byte, shelfMost/2))
	s.put("b", make([]byte, shelfMost/2))
	s.put("c", []byte("c"))
	require.Nil(t, s.get("a"))
	require.NotNil(t, s.get("b"))
	require.Equal(t, []byte("c"), s.get("c"))
}

func TestWordsMeanNothingButThemselves(t *testing.T) {
	for _, said := range []string{"*a* _b_ [c](/d) `e` <f> ~~g~~ | h", "1. one", "- dash", "+ plus", "# head", "12) twelve", "a & b &amp; c", "x^2^ $y$ ![z](q) [^1]", `back\slash`} {
		shown, err := markdown.Render(escape(said))
		require.NoError(t, err)
		require.Equal(t, "<p>"+said+"</p>", html.UnescapeString(strings.TrimSpace(string(shown))))
		raw, err := exec.CommandContext(t.Context(), "sh", "-c", `printf '%s' "$1" | pandoc -f `+dialect+` -t plain --wrap=none`, "sh", escape(said)).Output()
		require.NoError(t, err)
		require.Equal(t, said, strings.TrimSpace(string(raw)))
	}
}

func TestACellThatReachesOverOthersLeavesThemEmpty(t *testing.T) {
	cell := func(down, right int, words string) string {
		said, _ := json.Marshal(words)
		return strings.NewReplacer("D", string(rune('0'+down)), "R", string(rune('0'+right)), "W", string(said)).Replace(`[["",[],[]],{"t":"AlignDefault"},D,R,[{"t":"Plain","c":[{"t":"Str","c":W}]}]]`)
	}
	row := func(cells ...string) string { return `[["",[],[]],[` + strings.Join(cells, ",") + `]]` }
	column := `[{"t":"AlignDefault"},{"t":"ColWidthDefault"}]`
	raw := `[["",[],[]],[null,[]],[` + column + `,` + column + `,` + column + `],[["",[],[]],[]],[[["",[],[]],0,[],[` +
		row(cell(1, 2, "ab"), cell(2, 1, "c")) + `,` + row(cell(1, 1, "d"), cell(1, 1, "e")) + `]]],[["",[],[]],[]]]`
	tidied := &tidy{}
	out := tidied.table(node{Kind: "Table", Content: json.RawMessage(raw)})
	require.NoError(t, tidied.err)
	doc := &tree{Version: json.RawMessage(`[1,22]`), Meta: map[string]node{}, Blocks: out}
	written, err := converter(t).write(t.Context(), doc, maxResult, "--to="+dialect, "--wrap=none")
	require.NoError(t, err)
	require.Equal(t, "| ab | | c |\n|-|-|-|\n| d | e | |", regexp.MustCompile(`-+`).ReplaceAllString(regexp.MustCompile(` +`).ReplaceAllString(strings.TrimSpace(string(written)), " "), "-"))
}
