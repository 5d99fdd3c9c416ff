package models_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/models"
)

// TestWordsToStandInsteadAreSuggestedWhateverTheKind: the kind is chosen, and the words are typed.
func TestWordsToStandInsteadAreSuggestedWhateverTheKind(t *testing.T) {
	require.True(t, models.CommentSuggestion.Suggests(""), "it leaves out what it quotes")
	require.True(t, models.CommentRemark.Suggests("other words"))
	require.False(t, models.CommentRemark.Suggests(""))
}
