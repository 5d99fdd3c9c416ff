package models_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/internal/demo"
	"tribuna/internal/markdown"
	"tribuna/models"
)

const formed = "## Why now\n\nA paragraph.\n\n- One\n- Two\n\n| a | b |\n| --- | --- |\n| 1 | 2 |\n\n> Said.\n\n    kept as it is\n\n1. First\n\n```\nfenced\n```"

// inBulgarian is a translation of the text above with one of its blocks rendered so.
func inBulgarian(position int, text string) models.Translation {
	tr := models.Translation{Title: "Заглавие"}
	for i, b := range markdown.Blocks(formed) {
		tr.Blocks = append(tr.Blocks, models.TranslationBlock{Position: i, Source: b.Source, Text: b.Source})
	}
	tr.Blocks[position].Text = text
	return tr
}

func TestATranslationKeepsTheFormOfEachBlock(t *testing.T) {
	v := &models.Version{Body: formed}
	for name, c := range map[string]struct {
		position   int
		text, rule string // rule: "" where it is good
	}{
		"a heading of the same level":        {0, "## Защо сега", ""},
		"underlined, of the same level":      {0, "Защо сега\n---", ""},
		"a heading without its marks":        {0, "Защо сега", "keep_heading"},
		"a heading of another level":         {0, "### Защо сега", "keep_heading"},
		"a heading with no space behind":     {0, "##Защо сега", "keep_heading"},
		"a heading with a paragraph":         {0, "## Защо\n\nсега", "keep_heading"},
		"a paragraph as two":                 {1, "Един.\n\nДва.", ""},
		"a list with other marks":            {2, "* Едно\n* Две", ""},
		"a list without its marks":           {2, "Едно\nДве", "keep_list"},
		"a list with a paragraph":            {2, "- Едно\n\nДве", "keep_list"},
		"a table with longer words":          {3, "| алфа | бета |\n| :-- | --: |\n| 1 | 2 |\n| 3 | 4 |", ""},
		"a table with a column less":         {3, "| алфа |\n| --- |\n| 1 |", "keep_table"},
		"a table without its line of dashes": {3, "| алфа | бета |\n| 1 | 2 |", "keep_table"},
		"a quotation":                        {4, "> Казано.", ""},
		"a quotation without its mark":       {4, "Казано.", "keep_quote"},
		"what is indented, fenced":           {5, "```\nкакто е\n```", ""},
		"what is indented as a paragraph":    {5, "както е", "keep_code"},
		"a numbered list":                    {6, "1. Първо", ""},
		"what is fenced as a paragraph":      {7, "оградено", "keep_code"},
	} {
		t.Run(name, func(t *testing.T) {
			e := inBulgarian(c.position, c.text).Missing(v)
			if c.rule == "" {
				require.Empty(t, e.Fields)
				return
			}
			require.Len(t, e.Fields, 1)
			require.Equal(t, "error.field."+c.rule, e.Fields[0].Key)
			require.Equal(t, "blocks["+string(rune('0'+c.position))+"].text", e.Fields[0].Path)
		})
	}
}

func TestABlockLeftOutHasNoForm(t *testing.T) {
	tr := inBulgarian(2, "Едно")
	tr.Blocks[2].LeftOut, tr.Blocks[2].Note = true, "Не се отнася за тук."
	require.Empty(t, tr.Missing(&models.Version{Body: formed}).Fields)
}

func TestWhatIsExpectedOfABlockIsSaid(t *testing.T) {
	v := &models.Version{Body: formed}
	require.Equal(t, map[string]any{"marks": "##"}, inBulgarian(0, "Защо").Missing(v).Fields[0].Args)
	require.Equal(t, map[string]any{"columns": 2}, inBulgarian(3, "алфа").Missing(v).Fields[0].Args)
}

// TestTheDemoBriefKeepsItsForm holds the rule against a real translation.
func TestTheDemoBriefKeepsItsForm(t *testing.T) {
	brief, err := demo.Brief()
	require.NoError(t, err)
	tr, v := models.Translation{Title: brief.Texts["bg"].Title}, &models.Version{Body: strings.TrimSpace(brief.Texts["en"].Body)}
	source, translated := markdown.Blocks(v.Body), markdown.Blocks(brief.Texts["bg"].Body)
	require.Len(t, translated, len(source))
	for i, b := range source {
		tr.Blocks = append(tr.Blocks, models.TranslationBlock{Position: i, Source: b.Source, Text: translated[i].Source})
	}
	require.Empty(t, tr.Missing(v).Fields)
}
