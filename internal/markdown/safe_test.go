package markdown

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// pieces are what people write, what the renderer makes of it, and what somebody might try.
var pieces = []string{"word", "Дума", "жълт ", " ", "\n", "\n\n", "  \n", "*", "**", "_", "~~", "`", "```\n", "- ", "1. ", "2) ", "> ", "# ", "| a | b |\n|---|---|\n| c | d |",
	"[^1]", "[^1]: note", "[a](https://a.example)", "https://a.example/?a=1&b=2", "www.a.example", "a@b.example", "\\", "'", `"`, "&", "&amp;", "&lt", "&copy;", "&#0;", "&#13;",
	"&;", "<", ">", "</", "/>", "<p>", "</p>", "<p", "<br>", "<br />", "<br/>", "<em>", "<EM>", "<strong >", "<script>", "</script>", "<style>", "<b>", "<!--", "-->", "<![CDATA[",
	"<textarea>", "<plaintext>", "<code>", "<pre>", "<p class=\"x\">", "<li onclick=x>", "\r", "\r\n", "\x00", "\xff", "\ufffd", "\u2028", "\ufeff", "=", "===", "---", "\t", "    ", "0", "!"}

func jumble(r *rand.Rand) string {
	var b strings.Builder
	for range r.IntN(14) {
		b.WriteString(pieces[r.IntN(len(pieces))])
	}
	return b.String()
}

// What is simply safe is what the policy makes of it, byte for byte.
func sameAsPolicy(t *testing.T, html []byte) bool {
	t.Helper()
	got, ok := simplySafe(html)
	if ok {
		require.Equal(t, string(policy.SanitizeBytes(html)), string(got), "%q", html)
	}
	return ok
}

// rendered is what a text is before anything makes it safe.
func rendered(t *testing.T, source string) []byte {
	t.Helper()
	var out output
	src := []byte(unixNewlines(source))
	engine := newEngine(defaultPrefix)
	require.NoError(t, engine.Renderer().Render(&out, src, parse(engine, src, defaultPrefix)))
	return out.Bytes()
}

func TestWhatIsSimplySafeIsWhatThePolicyMakesOfIt(t *testing.T) {
	r, simple := rand.New(rand.NewPCG(1, 2)), 0
	for range 5_000 {
		text := jumble(r)
		sameAsPolicy(t, []byte(text))
		if sameAsPolicy(t, rendered(t, text)) {
			simple++
		}
	}
	require.Greater(t, simple, 500, "the texts are such that much of them is simple")
	require.True(t, sameAsPolicy(t, rendered(t, "It's \"said\" **here**, a < b & c:\n\n- *once*\n- `twice`\n\n> and  \n> again")), "so are the comments of most people")
	for _, not := range []string{"## Heading", "[a](https://a.example)", "3. third", "| a |\n|---|\n| b |", "a[^1]\n\n[^1]: b"} {
		require.False(t, sameAsPolicy(t, rendered(t, not)), not)
	}
}

func FuzzSimplySafe(f *testing.F) {
	for _, piece := range pieces {
		f.Add(piece)
		f.Add("<p>" + piece + "</p>")
	}
	f.Fuzz(func(t *testing.T, text string) {
		sameAsPolicy(t, []byte(text))
		sameAsPolicy(t, rendered(t, text))
	})
}
