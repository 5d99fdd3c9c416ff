package markdown_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/internal/markdown"
)

func TestWordsAreThoseOfThePage(t *testing.T) {
	words, err := markdown.Words("Every **child** has [a plan](https://example.org), he said.[^1] R&amp;D \\* <b>x</b>\n\n- one\n- two\n\n| a | b |\n|---|---|\n| c | d |\n\nA line  \nbreak\n\n[^1]: A note.\n")
	require.NoError(t, err)
	require.Equal(t, []string{"Every child has a plan, he said. R&D * x", "one two", "a b c d", "A line break", "A note."}, words)
}
