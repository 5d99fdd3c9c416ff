package markdown

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestClean(t *testing.T) {
	long := strings.Repeat("word ", 30) + "end."
	for name, c := range map[string]struct{ in, want string }{
		"line ends":                  {"a\r\nb\rc\vd\u2028e\fg", "a\nb\nc\nd\ne\n\ng"},
		"exotic spaces":              {"a\u00a0b\u2009c\u202fd", "a b c d"},
		"invisible characters":       {"\ufeffso\u00adcial\u200b work\u200d", "social work"},
		"non-breaking hyphen":        {"well\u2011being", "well-being"},
		"letters composed":           {"s\u0326i", "și"},
		"cedilla is another letter":  {"ş ș", "ş ș"},
		"typography stays":           {"„цитат“ – “quote” — ’", "„цитат“ – “quote” — ’"},
		"symbol-font bullets":        {"\uf0b7\tone\n\uf0a7  two", "- one\n- two"},
		"second level":               {"•\tone\n\to\ttwo", "- one\n  - two"},
		"dashes with tabs":           {"–\tone\n-\ttwo", "- one\n- two"},
		"a dash in a dialogue":       {"– Yes, he said.", "– Yes, he said."},
		"automatic numbers":          {"1.\tone\n2)\ttwo", "1. one\n2) two"},
		"private use in a line":      {"see\uf020 here", "see here"},
		"many blank lines":           {"a\n \n\t\n\nb", "a\n\nb"},
		"hard break":                 {"a  \nb   \nc", "a  \nb\nc"},
		"invalid bytes":              {"a\xffb\x00", "ab"},
		"indented code survives":     {"a\n\n    code", "a\n\n    code"},
		"one line end per paragraph": {"Title\n" + long + "\n" + long, "Title\n\n" + long + "\n\n" + long},
		"list between paragraphs":    {long + "\n•\ta\n•\tb\n" + long, long + "\n\n- a\n- b\n\n" + long},
		"wrapped by hand":            {"short line\nanother", "short line\nanother"},
		"wide table":                 {"| " + long + " |\n|---|\n| b |", "| " + long + " |\n|---|\n| b |"},
	} {
		t.Run(name, func(t *testing.T) {
			got := Clean(c.in)
			require.Equal(t, c.want, got)
			require.Equal(t, got, Clean(got), "cleaning twice changes nothing more")
		})
	}
}
