package worddiff_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/internal/worddiff"
)

func TestCompareNamesWordsAddedAndRemoved(t *testing.T) {
	got := worddiff.Compare("Within two years, count the children.", "Within three years, count all the children.")
	require.Equal(t, []worddiff.Segment{
		{Kind: worddiff.Same, Text: "Within "},
		{Kind: worddiff.Removed, Text: "two"},
		{Kind: worddiff.Added, Text: "three"},
		{Kind: worddiff.Same, Text: " years, count"},
		{Kind: worddiff.Added, Text: " all"},
		{Kind: worddiff.Same, Text: " the children."},
	}, got)
}

func TestNeighbouringChangesReadAsOne(t *testing.T) {
	got := worddiff.Compare("a red old house", "a blue new house")
	require.Equal(t, []worddiff.Segment{
		{Kind: worddiff.Same, Text: "a "},
		{Kind: worddiff.Removed, Text: "red old"},
		{Kind: worddiff.Added, Text: "blue new"},
		{Kind: worddiff.Same, Text: " house"},
	}, got)
}

func TestBothTextsCanBeReadFromTheSegments(t *testing.T) {
	var many strings.Builder
	for i := range 60_000 {
		fmt.Fprintf(&many, "дума%d ", i)
	}
	cases := map[string][2]string{
		"empty":        {"", ""},
		"from nothing": {"", "Първи ред\n\nВтори ред"},
		"to nothing":   {"Първи ред\n\nВтори ред", ""},
		"scripts":      {"# Закрила\n\n- децата\n- семействата", "# Закрила\n\n1. децата и младите\n2. семействата"},
		"emoji":        {"a 👩‍👧 b", "a 👨‍👧 b"},
		"many words":   {many.String(), "x" + many.String()[10:]},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			var before, after strings.Builder
			for _, s := range worddiff.Compare(c[0], c[1]) {
				if s.Kind != worddiff.Added {
					before.WriteString(s.Text)
				}
				if s.Kind != worddiff.Removed {
					after.WriteString(s.Text)
				}
			}
			require.Equal(t, c[0], before.String())
			require.Equal(t, c[1], after.String())
		})
	}
}

func TestChanged(t *testing.T) {
	require.False(t, worddiff.Changed(worddiff.Compare("same words", "same words")))
	require.True(t, worddiff.Changed(worddiff.Compare("same words", "other words")))
}
