package markdown

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRender(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"heading id in any script": {"## Мярка първа", `<h2 id="t-мярка-първа">Мярка първа</h2>`},
		"repeated heading":         {"# A\n\n# A", `<h1 id="t-a">A</h1>` + "\n" + `<h1 id="t-a-2">A</h1>`},
		"external link":            {"[x](https://a.example/)", `<p><a href="https://a.example/" rel="nofollow noopener">x</a></p>`},
		"bare link":                {"https://a.example/b", `<p><a href="https://a.example/b" rel="nofollow noopener">https://a.example/b</a></p>`},
		"script link":              {"[x](javascript:alert(1))", `<p><a rel="nofollow noopener">x</a></p>`},
		"data link":                {"[x](data:text/html;base64,AAAA)", `<p><a rel="nofollow noopener">x</a></p>`},
		"raw inline HTML":          {"a <b onclick=x>b</b>", `<p>a b</p>`},
		"image":                    {"![alt](https://tracker.example/p.png)", `<p></p>`},
		"ordered from three":       {"3. c\n4. d", "<ol start=\"3\">\n<li>c</li>\n<li>d</li>\n</ol>"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Render(c.in)
			require.NoError(t, err)
			require.Equal(t, c.want, strings.TrimSpace(string(got)))
		})
	}
}

func TestWhatPeopleTypeIsShownAsTyped(t *testing.T) {
	for in, want := range map[string]string{
		"see <b>x</b> & <i onclick=y>z":     `<p>see &lt;b&gt;x&lt;/b&gt; &amp; &lt;i onclick=y&gt;z</p>`,
		"<script>alert(1)</script>":         `<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>`,
		"<!-- *note* -->\n\nafter":          "<p>&lt;!-- <em>note</em> --&gt;</p>\n<p>after</p>",
		"**bold** and <https://a.example/>": `<p><strong>bold</strong> and <a href="https://a.example/" rel="nofollow noopener">https://a.example/</a></p>`,
	} {
		got, err := Render(in, WithTypedHTML())
		require.NoError(t, err)
		require.Equal(t, want, strings.TrimSpace(string(got)), in)
	}
	noted, err := Render("<b>x</b>[^1]\n\n[^1]: <u>y</u>", WithTypedHTML(), WithIDPrefix("c-"))
	require.NoError(t, err)
	require.Contains(t, string(noted), "&lt;b&gt;x&lt;/b&gt;")
	require.Contains(t, string(noted), "&lt;u&gt;y&lt;/u&gt;")
	dropped, err := Render("a <b>x</b>")
	require.NoError(t, err)
	require.NotContains(t, string(dropped), "&lt;", "a text itself stays as it was")
}

func TestRenderDropsHTMLBlocks(t *testing.T) {
	got, err := Render("<script>alert(1)</script>\n\n<iframe src=x></iframe>\n\nafter")
	require.NoError(t, err)
	require.Equal(t, "<p>after</p>", strings.TrimSpace(string(got)))
}

func TestRenderTablesAndFootnotes(t *testing.T) {
	got, err := Render("| a | b |\n|---|--:|\n| 1 | 2 |\n\nText.[^1]\n\n[^1]: Note.")
	require.NoError(t, err)
	for _, want := range []string{`<td align="right">2</td>`, `href="#t-fn:1"`, `id="t-fn:1"`, `class="footnotes"`} {
		require.Contains(t, string(got), want)
	}
}

func TestRenderOptions(t *testing.T) {
	got, err := Render("# A\n\n###### F[^1]\n\n[^1]: n", WithIDPrefix("bg-"), WithHeadingShift(1))
	require.NoError(t, err)
	require.Contains(t, string(got), `<h2 id="bg-a">`)
	require.Contains(t, string(got), `<h6 id="bg-f-1">`)
	require.Contains(t, string(got), `id="bg-fn:1"`)
}
