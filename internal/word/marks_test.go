package word

import (
	"html/template"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/internal/markdown"
)

func TestPassagesInOtherLanguagesSaySo(t *testing.T) {
	line := spoken("outer "+spoken(escape("a & <b> *c*"), "sq")+" still", "en") + " mine"
	page, err := markdown.Render("## " + line + "\n\n" + pictured(0) + "\n\n" + pictured(7))
	require.NoError(t, err)
	shown := string(Document{Pictures: []Picture{{MediaType: "image/png", Bytes: []byte("x"), Instead: `"A"`}}}.show(page))
	require.Contains(t, shown, `<abbr lang="en">outer <abbr lang="sq">a &amp; &lt;b&gt; *c*</abbr> still</abbr> mine`)
	require.Contains(t, shown, `<img src="data:image/png;base64,eA==" alt="&#34;A&#34;">`)
	require.Equal(t, 1, strings.Count(shown, "<img"), "a picture that there is not is not shown")

	c := converter(t)
	doc := Document{Language: "ro", Title: "T", Kind: "Brief", Around: "en", Markdown: "## " + spoken("Asked", "en") + "\n\n" + line + " and **bold**\n"}
	file, err := c.Write(t.Context(), doc, DOCX)
	require.NoError(t, err)
	text := ""
	parts(t, file, func(name, content string) string {
		if name == "word/document.xml" {
			text = content
		}
		return content
	})
	for _, run := range []string{`<w:lang w:val="en"/></w:rPr><w:t xml:space="preserve">outer </w:t>`, `<w:lang w:val="sq"/></w:rPr><w:t xml:space="preserve">a &amp; &lt;b&gt; *c*</w:t>`,
		`<w:lang w:val="en"/></w:rPr><w:t xml:space="preserve"> still</w:t>`, `<w:lang w:val="en"/></w:rPr><w:t xml:space="preserve">Brief</w:t>`, `<w:lang w:val="en"/></w:rPr><w:t xml:space="preserve">Asked</w:t>`} {
		require.Contains(t, text, run)
	}
}

func TestNobodysWordsAreTakenForMarks(t *testing.T) {
	forged := langOpens + "en" + langBegins + "x" + langEnds + pictureIs + "0" + pictureIs
	require.Equal(t, "enx0", escape(forged))
	require.Equal(t, template.HTML("<p>enx0</p>\n"), Document{}.show(must(markdown.Render(unmarked(forged)))))
}

func must(page template.HTML, err error) template.HTML {
	if err != nil {
		panic(err)
	}
	return page
}
