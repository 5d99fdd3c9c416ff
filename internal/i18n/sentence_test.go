package i18n

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestSentencesAreSaidAsTheEngineSaysThem holds every sentence of every language against what the engine of templates makes of it.
func TestSentencesAreSaidAsTheEngineSaysThem(t *testing.T) {
	for _, tag := range Tags() {
		l, filled := For(tag), 0
		require.Greater(t, len(l.own.said), 1000, tag)
		for key, s := range l.own.said {
			var args []any
			for i, name := range s.names {
				args = append(args, name, []any{"12 мај 2026.", 7, Said("A & <b>")}[i%3])
			}
			args = append(args, "Unused", "end.")
			got, ok := s.say(args)
			require.True(t, ok, "%s %s", tag, key)
			require.Equal(t, l.localize(key, nil, arguments(args)), got, "%s %s", tag, key)
			fromMap, ok := s.say([]any{arguments(args)})
			require.True(t, ok)
			require.Equal(t, got, fromMap)
			if len(s.names) > 0 {
				filled++
				_, ok := s.say(nil)
				require.False(t, ok, "what is missing is for the engine to say")
				_, ok = s.say([]any{s.names[0], 1.5})
				require.False(t, ok, "and so is what it writes in a way of its own")
			}
		}
		require.Greater(t, filled, 300, tag)
	}
}

func TestOfTwoArgumentsOfOneNameTheLastCounts(t *testing.T) {
	s := cut("{{.A}} and {{.A}}, {{ .B }}")
	require.Equal(t, []string{"A", "A"}, s.names)
	text, ok := s.say([]any{"A", "x", "A", "y"})
	require.True(t, ok)
	require.Equal(t, "y and y, {{ .B }}", text, "such a message is left to the engine: see sentenceOf")
}
