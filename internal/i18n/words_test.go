package i18n

import (
	"html/template"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWhatIsInAnotherLanguageIsMarked(t *testing.T) {
	sq := For("sq")
	ministry := sq.Name(map[string]string{"en": "Ministry of <Labour>", "bg": "Министерство"})
	own := sq.Name(map[string]string{"en": "Albania", "sq": "Shqipëria"})
	require.Equal(t, Words{"Ministry of <Labour>", `<span lang="en">Ministry of &lt;Labour&gt;</span>`, "en"}, ministry)
	require.Equal(t, Said("Shqipëria"), own)
	require.Equal(t, Words{}, sq.Name(nil))

	said := sq.Say("dashboard.moved.status", "Number", 2, "Authority", ministry, "Status", "<b>")
	require.Equal(t, "Masa 2, Ministry of <Labour>: <b>", said.Text)
	require.Equal(t, template.HTML(`Masa 2, <span lang="en">Ministry of &lt;Labour&gt;</span>: &lt;b&gt;`), said.HTML)
	require.Equal(t, said.Text, sq.T("dashboard.moved.status", "Number", 2, "Authority", ministry, "Status", "<b>"), "T says them plainly")

	require.Equal(t, template.HTML(`Shqipëria dhe <span lang="en">Ministry of &lt;Labour&gt;</span>`), sq.List([]Words{own, ministry}).HTML)
	require.Equal(t, template.HTML(`A &amp; <span lang="en">Ministry of &lt;Labour&gt;</span>`), Joined("A & ", ministry).HTML)
}

func TestNobodyCanWriteAMark(t *testing.T) {
	en := For("en")
	first := en.In("first", "bg")
	said := Joined("\uE000\uE001\uE000", first, en.In("\uE000\uE001\uE000", "sq"))
	require.Equal(t, template.HTML("\uE001"+`<span lang="bg">first</span><span lang="sq">`+"\uE000\uE001\uE000</span>"), said.HTML)
}
