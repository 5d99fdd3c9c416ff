package worddiff_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/internal/worddiff"
)

func TestParagraphsSayWhatBecameOfEach(t *testing.T) {
	before := "# Leaving care\n\nEvery child has a plan.\n\nMinistries pay for a flat within two years.\n\nThis goes away entirely."
	after := "# Leaving care\n\nA new beginning nobody expected here.\n\nEvery child has a plan.\n\nMinistries pay for a flat within three years."
	got := worddiff.Paragraphs(before, after)
	kinds := make([]worddiff.Kind, len(got))
	for i, p := range got {
		kinds[i] = p.Kind
	}
	require.Equal(t, []worddiff.Kind{worddiff.Same, worddiff.Added, worddiff.Same, worddiff.Altered, worddiff.Removed}, kinds)
	require.Equal(t, []worddiff.Segment{{Kind: worddiff.Same, Text: "Ministries pay for a flat within "}, {Kind: worddiff.Removed, Text: "two"},
		{Kind: worddiff.Added, Text: "three"}, {Kind: worddiff.Same, Text: " years."}}, got[3].Segments)
	require.Equal(t, worddiff.Summary{Changed: 1, Added: 1, Removed: 1}, worddiff.Summarise(got))
	require.True(t, worddiff.Summarise(worddiff.Paragraphs(before, before)).Nothing())
	require.Empty(t, worddiff.Paragraphs("", "\n\n \n\n"))
}

func TestBothTextsCanBeReadFromTheParagraphs(t *testing.T) {
	var long, other strings.Builder
	for i := range 300 {
		fmt.Fprintf(&long, "дума %d стои тук\n\n", i)
		fmt.Fprintf(&other, "something %d else entirely\n\n", i)
	}
	for name, c := range map[string][2]string{
		"to nothing": {"a\n\nb", ""}, "from nothing": {"", "a\n\nb"}, "rewritten": {long.String(), other.String()},
		"moved":    {"one two three\n\nfour five six\n\nseven eight", "seven eight\n\none two three\n\nfour five nine"},
		"repeated": {"same\n\nsame\n\nsame", "same\n\nsame"},
	} {
		t.Run(name, func(t *testing.T) {
			var before, after []string
			for _, p := range worddiff.Paragraphs(c[0], c[1]) {
				var was, is strings.Builder
				for _, s := range p.Segments {
					if s.Kind != worddiff.Added {
						was.WriteString(s.Text)
					}
					if s.Kind != worddiff.Removed {
						is.WriteString(s.Text)
					}
				}
				if p.Kind != worddiff.Added {
					before = append(before, was.String())
				}
				if p.Kind != worddiff.Removed {
					after = append(after, is.String())
				}
			}
			require.Equal(t, strings.Trim(c[0], "\n"), strings.Join(before, "\n\n"))
			require.Equal(t, strings.Trim(c[1], "\n"), strings.Join(after, "\n\n"))
		})
	}
}

func TestTextsAreComparedAsTheyAreRead(t *testing.T) {
	before := "## Leaving care\n\nEvery **child** has a plan, see [the law](https://example.org/a).[^1]\n\n1. one flat\n2. two people\n\nA word.\n\n[^1]: A note.\n"
	after := "## Leaving care\n\nEvery **child** has a plan,\nsee [the law](https://example.org/b).[^2]\n\n1. a new item\n2. one flat\n3. two people\n\nA *word*.\n\n[^2]: A note.\n"
	got := worddiff.Texts(before, after)
	var said []string
	for _, p := range got {
		line := fmt.Sprint(p.Kind, " ", p.Level, " ", p.Reshaped)
		for _, s := range p.Segments {
			require.NotRegexp(t, `\*|#|\[\^|\]\(`, s.Text, "no marks")
			if s.Kind != worddiff.Same || p.Kind != worddiff.Altered {
				line += " " + string(s.Kind) + ":" + s.Text
			}
		}
		said = append(said, line)
	}
	require.Equal(t, []string{
		"same 2 false same:Leaving care",
		"changed 0 false removed:a added:b", // the address is read, and the number of the footnote is not
		"added 0 false added:• a new item",
		"same 0 false same:• one flat", "same 0 false same:• two people", // whatever their numbers
		"changed 0 true", // emphasis alone
		"same 0 false same:A note.",
	}, said)
	require.Equal(t, worddiff.Summary{Changed: 2, Added: 1}, worddiff.Summarise(got))
	heading := worddiff.Texts("A word", "# A word")
	require.True(t, heading[0].Reshaped)
	require.Equal(t, 1, heading[0].Level)
	segments, reshaped := worddiff.Text("Pay **now**.", "Pay now.")
	require.False(t, worddiff.Changed(segments))
	require.True(t, reshaped, "nothing changes unseen")
}
