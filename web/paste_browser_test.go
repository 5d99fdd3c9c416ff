package web

import (
	"encoding/json"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// pastedHTML is how a word processor puts a text on the clipboard.
const pastedHTML = `<html><head><style>p.MsoNormal {margin: 0}</style></head><body>
<h2><b><span lang="EN-GB">Leaving   care</span></b></h2>
<p class="MsoNormal"><span>A <b>roof </b>decides, <span style="mso-bidi:x;font-style:italic">always</span>; see <a href="https://example.org/a">the study</a> at 5*6.</span></p>
<ul><li><p>a key</p></li><li>a name<ul><li>known</li></ul></li></ul><ol><li>first</li><li>second</li></ol>
<table><tr><td><p>Country</p></td><td>Left</td></tr><tr><td>Bulgaria</td><td>4|12</td></tr></table>
<a href="javascript:alert(1)">click</a><script>alert(1)</script></body></html>`

const pastedMarkdown = `## Leaving care

A **roof** decides, *always*; see [the study](https://example.org/a) at 5\*6.

- a key
- a name
  - known

1. first
2. second

| Country | Left |
| --- | --- |
| Bulgaria | 4\|12 |

click`

// TestPasteFromAWordProcessor keeps structure as Markdown, can be undone, and leaves plain text to the browser.
func TestPasteFromAWordProcessor(t *testing.T) {
	b, server := newBrowser(t), styleServer(t)
	html, err := json.Marshal(pastedHTML)
	require.NoError(t, err)
	paste := func(kind, data string) string {
		return `(() => { const data = new DataTransfer(); data.setData("` + kind + `", ` + data + `)
			const e = new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true})
			const area = document.querySelector("#f-text"); area.focus(); return !area.dispatchEvent(e) })()`
	}
	var taken, plainTaken bool
	var pasted, undone string
	require.NoError(t, chromedp.Run(b.ctx,
		chromedp.Navigate(server.URL+"/dev/style"),
		chromedp.Evaluate(`document.querySelector("#f-text").value = ""`, nil),
		chromedp.Evaluate(paste("text/plain", `"**as it is**"`), &plainTaken),
		chromedp.Evaluate(paste("text/html", string(html)), &taken),
		chromedp.Value("#f-text", &pasted),
		chromedp.Evaluate(`document.execCommand("undo")`, nil),
		chromedp.Value("#f-text", &undone),
	))
	require.False(t, plainTaken, "plain text is the browser's to paste")
	require.True(t, taken)
	require.Equal(t, pastedMarkdown, pasted)
	require.Empty(t, undone)
	require.Empty(t, b.complaints)
}
