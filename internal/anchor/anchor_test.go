package anchor_test

import (
	"math/rand"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/internal/anchor"
	"tribuna/internal/markdown"
)

func TestQuotesAreFoundHoweverTheyAreTyped(t *testing.T) {
	const paragraph = "The ministry said “every child – without\u00a0exception – has a plan”. Every child has a plan, and every plan a date."
	for name, c := range map[string]struct {
		quote anchor.Selector
		want  anchor.Selector
		ok    bool
	}{
		"as it stands":     {anchor.Selector{Exact: "a date."}, anchor.Selector{Exact: "a date.", Prefix: "hild has a plan, and every plan "}, true},
		"typed plainly":    {anchor.Selector{Exact: ` "every  child - without exception`}, anchor.Selector{Exact: "“every child – without\u00a0exception", Prefix: "The ministry said ", Suffix: " – has a plan”. Every child has "}, true},
		"twice, the first": {anchor.Selector{Exact: "has a plan"}, anchor.Selector{Exact: "has a plan", Prefix: " child – without\u00a0exception – ", Suffix: "”. Every child has a plan, and e"}, true},
		"twice, by prefix": {anchor.Selector{Exact: "has a plan", Prefix: "Every child "}, anchor.Selector{Exact: "has a plan", Prefix: "", Suffix: ", and every plan a date."}, true},
		"twice, by suffix": {anchor.Selector{Exact: "plan", Suffix: " a date"}, anchor.Selector{Exact: "plan", Prefix: "", Suffix: " a date."}, true},
		"other words":      {anchor.Selector{Exact: "no child"}, anchor.Selector{}, false},
		"nothing":          {anchor.Selector{Exact: " \u200b"}, anchor.Selector{}, false},
	} {
		t.Run(name, func(t *testing.T) {
			got, ok := anchor.Find(paragraph, c.quote)
			require.Equal(t, c.ok, ok)
			require.Equal(t, c.want.Exact, got.Exact)
			require.Contains(t, paragraph, got.Prefix+got.Exact+got.Suffix)
			require.LessOrEqual(t, len([]rune(got.Prefix)), anchor.Context)
			require.LessOrEqual(t, len([]rune(got.Suffix)), anchor.Context)
			if ok {
				require.Equal(t, c.want.Suffix, got.Suffix)
				again, ok := anchor.Find(paragraph, got)
				require.True(t, ok)
				require.Equal(t, got, again, "what was found is found at the same place")
			}
		})
	}
}

func TestWordsAreChangedOnlyWhereThereIsNoDoubtWhich(t *testing.T) {
	for name, c := range map[string]struct {
		paragraph string
		quote     anchor.Selector
		before    string // "-": there is doubt
	}{
		"once":                        {"A plan and a date.", anchor.Selector{Exact: "plan", Prefix: "other words "}, "A "},
		"twice":                       {"A plan, a plan.", anchor.Selector{Exact: "plan"}, "-"},
		"twice, told by both sides":   {"A plan, a plan.", anchor.Selector{Exact: "plan", Prefix: ", a ", Suffix: "."}, "A plan, a "},
		"twice, told by a part":       {"A plan, a plan.", anchor.Selector{Exact: "plan", Prefix: "not a ", Suffix: "."}, "-"},
		"twice, told by neither":      {"A plan, a plan.", anchor.Selector{Exact: "plan", Suffix: " of"}, "-"},
		"it overlaps itself":          {"on and on and on", anchor.Selector{Exact: "on and on"}, "-"},
		"it overlaps, told by a side": {"on and on and on!", anchor.Selector{Exact: "on and on", Suffix: "!"}, "on and "},
		"nowhere":                     {"A plan.", anchor.Selector{Exact: "date"}, "-"},
		"no words":                    {"A plan.", anchor.Selector{Exact: " \u200b"}, "-"},
		"typed otherwise":             {"A “plan” – soon", anchor.Selector{Exact: `"plan" - soon`}, "A "},
	} {
		t.Run(name, func(t *testing.T) {
			got, ok := anchor.Sure(c.paragraph, c.quote)
			require.Equal(t, c.before != "-", ok)
			if ok {
				require.Equal(t, c.before, got.Before)
				require.True(t, strings.HasSuffix(c.paragraph, got.After))
			}
		})
	}
	require.Len(t, anchor.Every("on and on and on", "on and on"), 2)
	require.Empty(t, anchor.Every("on and on", " "))
	require.True(t, anchor.Alike(" “A” – b", `"A" -  b`))
	require.False(t, anchor.Alike("A b", "Ab"))
}

// TestWhatIsSureIsWhatIsShown draws paragraphs of few words, in which quotes stand often: where a place is sure, it is the one at which the
// quote is shown.
func TestWhatIsSureIsWhatIsShown(t *testing.T) {
	dice, sure := rand.New(rand.NewSource(11)), 0
	words := []string{"a", "b", "a b", "–", "“a”"}
	draw := func(n int) string {
		var s []string
		for range n {
			s = append(s, words[dice.Intn(len(words))])
		}
		return strings.Join(s, " ")
	}
	for range 3000 {
		paragraph, quote := draw(6), anchor.Selector{Exact: draw(1 + dice.Intn(2)), Prefix: draw(dice.Intn(2)), Suffix: draw(dice.Intn(2))}
		at, ok := anchor.Sure(paragraph, quote)
		if !ok {
			continue
		}
		sure++
		shown, ok := anchor.Find(paragraph, quote)
		require.True(t, ok)
		require.Equal(t, at.Before+shown.Exact+at.After, paragraph)
		require.True(t, strings.HasSuffix(at.Before, shown.Prefix) && strings.HasPrefix(at.After, shown.Suffix), "%q in %q", quote, paragraph)
	}
	require.Greater(t, sure, 100)
}

func TestQuotesInOtherAlphabets(t *testing.T) {
	got, ok := anchor.Find("Всяко дете – „без изключение“ – има план.", anchor.Selector{Exact: `"без изключение"`})
	require.True(t, ok)
	require.Equal(t, "„без изключение“", got.Exact)
	got, ok = anchor.Find("Да се подкрепи и\u0306 отчете", anchor.Selector{Exact: "й отчете"})
	require.True(t, ok, "a letter of two characters")
	require.Equal(t, "й отчете", got.Exact)
}

func TestWhereSomethingStandsInALaterVersion(t *testing.T) {
	const before = "# Care\n\nEvery child has a plan and a date.\n\nMinistries pay for a flat within two years.\n\nThis goes away.\n"
	const after = "# Care\n\nA new beginning that nobody expected here.\n\nEvery child has *a plan* and, from now on, a day and a date.\n\nMinistries pay for a flat within three years.\n"
	between, err := anchor.Between(before, after)
	require.NoError(t, err)
	for name, c := range map[string]struct {
		block   int
		quote   string
		want    int
		changed bool
	}{
		"the words stay":        {1, "has a plan", 2, false},
		"the words went":        {2, "two years", 3, true},
		"words elsewhere":       {1, "nobody expected", 2, true},
		"the paragraph went":    {3, "goes away", -1, true},
		"the whole stays":       {0, "", 0, false},
		"the whole changed":     {1, "", 2, true},
		"no such paragraph":     {9, "", -1, true},
		"of a mistaken version": {-1, "plan", -1, true},
	} {
		t.Run(name, func(t *testing.T) {
			got := between.Place(c.block, anchor.Selector{Exact: c.quote})
			require.Equal(t, c.want, got.Block)
			require.Equal(t, c.changed, got.Changed)
			require.Equal(t, c.quote != "" && !c.changed, got.Quote.Exact != "")
		})
	}
}

func TestParagraphsAreChangedOnlyWhereThereIsNoDoubtWhich(t *testing.T) {
	for name, c := range map[string]struct {
		before, after string
		block, want   int // -1: there is doubt
	}{
		"as it was":              {"One.\n\nA plan.", "One.\n\nA plan.", 1, 1},
		"moved":                  {"A plan.", "New words.\n\nA plan.", 0, 1},
		"twice from the first":   {"A plan.\n\nOne.\n\nA plan.", "A plan.\n\nOne.\n\nA plan.", 2, 2},
		"another came":           {"A plan.\n\nOne.", "A plan.\n\nOne.\n\nA plan.", 0, -1},
		"it changed":             {"A plan with words.", "A plan with more words.", 0, 0},
		"the words went from it": {"A plan with words.", "A date with words.", 0, -1},
		"it went":                {"A plan.\n\nOne.", "One.", 0, -1},
	} {
		t.Run(name, func(t *testing.T) {
			between, err := anchor.Between(c.before, c.after)
			require.NoError(t, err)
			at, words, ok := between.Sure(c.block, anchor.Selector{Exact: "plan"})
			require.Equal(t, c.want >= 0, ok)
			if ok {
				require.Equal(t, c.want, at)
				require.Equal(t, "A ", words.Before)
			}
		})
	}
}

// TestNothingSaidIsEverLost changes texts at random: everything said has a place afterwards, in its own paragraph or beside
// the one it was said of, and words that are said to stand there do.
func TestNothingSaidIsEverLost(t *testing.T) {
	dice := rand.New(rand.NewSource(7))
	words := strings.Fields("every child has a plan and a date the ministry pays for it within two years of the law")
	sentence := func() string {
		var s []string
		for range 4 + dice.Intn(9) {
			s = append(s, words[dice.Intn(len(words))])
		}
		return strings.Join(s, " ") + "."
	}
	for range 300 {
		var before, after []string
		for range 1 + dice.Intn(8) {
			p := sentence()
			before = append(before, p)
			switch dice.Intn(5) {
			case 0: // goes
			case 1:
				after = append(after, sentence(), p)
			case 2:
				at := dice.Intn(len(p))
				after = append(after, p[:at]+"x"+p[at:])
			default:
				after = append(after, p)
			}
		}
		now, err := markdown.Words(strings.Join(after, "\n\n"))
		require.NoError(t, err)
		between, err := anchor.Between(strings.Join(before, "\n\n"), strings.Join(after, "\n\n"))
		require.NoError(t, err)
		for block, p := range before {
			start := dice.Intn(len(p) - 2)
			quote, ok := anchor.Find(p, anchor.Selector{Exact: p[start : start+1+dice.Intn(len(p)-start-1)]})
			if !ok {
				continue // blanks alone
			}
			place := between.Place(block, quote)
			require.True(t, place.Changed || place.Block >= 0, "it stands somewhere")
			require.Less(t, place.Block, len(now))
			if !place.Changed {
				require.Contains(t, now[place.Block], place.Quote.Prefix+place.Quote.Exact+place.Quote.Suffix)
			}
		}
	}
}
