package models_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/models"
)

// What pages find in a list and what the database finds are found by the same letters.
func TestWordsAreFoldedAsTheDatabaseFoldsThem(t *testing.T) {
	d := newDesk(t)
	for _, words := range []string{"Ђорђе Љубица Њњ Џ ћ ч", "Софийска община, щит юг ябълка", "ŞTEFAN ţară Țară î ı İ", "  Zaštita – djece/2030 ", "œuvre Straße Łódź", "гьол Ѕ ѓ ќ", "Ministria e Arsimit (Tiranë)", "i-i", ""} {
		var folded string
		require.NoError(t, d.db.NewRaw("SELECT folded(?)", words).Scan(t.Context(), &folded))
		require.Equal(t, folded, models.Folded(words), words)
	}
}
