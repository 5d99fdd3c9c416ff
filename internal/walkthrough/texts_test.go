package walkthrough

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/internal/devstack/testmaterial"
	"tribuna/internal/markdown"
	"tribuna/models"
)

// TestEveryRealTextCanBeHandedOver cuts every text as the walkthrough does and holds it against the rule for translations.
func TestEveryRealTextCanBeHandedOver(t *testing.T) {
	realTexts, _ := testmaterial.Folder(t)
	files, err := filepath.Glob(filepath.Join(realTexts, "udhr", "*.md"))
	require.NoError(t, err)
	source, err := readDocument(realTexts, "en")
	require.NoError(t, err)
	for _, file := range files {
		language := strings.TrimSuffix(filepath.Base(file), ".md")
		d, err := readDocument(realTexts, language)
		require.NoError(t, err)
		canBeHandedOver(t, language, source.blocks, align(source.blocks, d.blocks))
	}
}

func TestInventedWordsCanBeHandedOver(t *testing.T) {
	realTexts, _ := testmaterial.Folder(t)
	for _, dir := range []string{"", realTexts} {
		words, err := readTexts(dir)
		require.NoError(t, err)
		var source, invention []string
		for _, b := range markdown.Blocks(words.body) {
			source, invention = append(source, b.Source), append(invention, invented("sq", b.Source))
		}
		canBeHandedOver(t, "invented", source, invention)
		if real := words.real["bg"]; real != nil {
			canBeHandedOver(t, "bg", source, real.blocks)
		}
	}
}

func canBeHandedOver(t *testing.T, language string, source, translated []string) {
	t.Helper()
	tr := models.Translation{Title: "Title"}
	for i, b := range source {
		block := models.TranslationBlock{Position: i, Source: b, Text: markdown.Clean(translated[i])}
		if block.Text == "" {
			block.LeftOut, block.Note = true, "Not in the published text."
		}
		tr.Blocks = append(tr.Blocks, block)
	}
	require.Empty(t, tr.Missing(&models.Version{Body: strings.Join(source, "\n\n")}).Fields, language)
}
