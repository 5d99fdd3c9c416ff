package markdown

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestWhatWasRenderedIsRemembered(t *testing.T) {
	m, made := &memory{}, 0
	render := func(source string) string {
		text, err := result(m, asked{what: "whole", source: source}, func() (string, error) { made++; return "<p>" + source, nil })
		require.NoError(t, err)
		require.Equal(t, "<p>"+source, text)
		return text
	}
	render("a")
	render("a")
	render("b")
	require.Equal(t, 2, made)
	_, err := result(m, asked{source: "bad"}, func() (string, error) { made++; return "", errors.New("no") })
	require.Error(t, err)
	_, err = result(m, asked{source: "bad"}, func() (string, error) { made++; return "", nil })
	require.NoError(t, err, "a mistake is not remembered")
	require.Equal(t, 4, made)
}

func TestSoMuchIsRememberedAndNoMore(t *testing.T) {
	m, page := &memory{}, strings.Repeat("x", 10_000)
	keep := func(name string) (made bool) {
		_, err := result(m, asked{source: name}, func() (int, error) { made = true; return 0, nil })
		require.NoError(t, err)
		return made
	}
	require.True(t, keep("often"))
	for i := range 3 * rememberMost / len(page) {
		require.True(t, keep(page+fmt.Sprint(i)))
		require.False(t, keep("often"), "what is asked for often stays")
		require.LessOrEqual(t, m.size, rememberMost)
	}
	require.True(t, keep(page+"0"), "what is not is forgotten")
	require.True(t, keep(strings.Repeat("y", rememberMost)))
	require.True(t, keep(strings.Repeat("y", rememberMost)), "one text never drives out all others")
	m.since = m.since.Add(-rememberFor - time.Second)
	require.False(t, keep("often"), "of the while before")
	m.since = m.since.Add(-rememberFor - time.Second)
	require.False(t, keep("often"))
	for range 2 {
		m.since = m.since.Add(-rememberFor - time.Second)
		m.turn(0)
	}
	require.True(t, keep("often"), "words that nobody asks for any more are gone")
}

func TestBlocksAreTheCallersOwn(t *testing.T) {
	for range 2 {
		blocks, err := RenderBlocks("# One\n\nTwo")
		require.NoError(t, err)
		require.Equal(t, "Two", blocks[1].Text)
		blocks[1].Text, blocks[1].HTML = "changed", "changed"
		cut := Blocks("# One\n\nTwo")
		require.Equal(t, "Two", cut[1].Source)
		cut[1].Source = "changed"
	}
}
