package models_test

import (
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/apperr"
	"tribuna/models"
)

func TestWhoIsAskedForAnAnswerMayDeclineWhereSomebodyElseCanGiveIt(t *testing.T) {
	for kind, declinable := range map[models.TaskKind]bool{models.TaskReview: true, models.TaskTranslate: true,
		models.TaskApproveTranslation: true, models.TaskConsult: false, models.TaskSignOff: false, models.TaskPublish: false} {
		require.Equal(t, declinable, kind.Declinable(), kind)
	}
	require.True(t, models.DecideAnswerReview.Answers(models.TaskReview))
	require.False(t, models.DecideAnswerReview.Answers(models.TaskConsult))
	require.False(t, models.DecideHold.AnswersTasks())
	require.False(t, models.DecideHold.Answers(""))
}

func TestWordsForSomebodyAreNotStoredWithoutSayingHowTheyCame(t *testing.T) {
	d := newDesk(t)
	for note, rule := range map[string]string{"": "required", strings.Repeat("я", 2001): "max_length", strings.Repeat("я", 2000): ""} {
		sub, err := models.NewSubmission(d.rec.ID, uuid.NewString(), models.DecideAnswerReview, d.officer.ID, models.NoPayload{})
		require.NoError(t, err)
		sub.OnBehalfOf, sub.BehalfNote = &d.expert.ID, note
		_, err = models.Receive(t.Context(), d.db, sub, noon)
		if rule == "" {
			require.NoError(t, err)
			continue
		}
		var refused *apperr.Error
		require.ErrorAs(t, err, &refused)
		require.Equal(t, "behalf_note", refused.Fields[0].Path)
		require.Equal(t, "error.field."+rule, refused.Fields[0].Key)
	}
}
