package models_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
	"tribuna/models"
)

// leftNow is what the page says of the suggestion, and how many are listed as to be taken out.
func (w *reviewed) leftNow(t *testing.T) (models.Left, int) {
	t.Helper()
	rec, err := models.RecommendationByID(t.Context(), w.db, w.rec.ID)
	require.NoError(t, err)
	left, err := models.LeftInText(t.Context(), w.db, rec, w.remarks(t, models.RemarkFilter{}))
	require.NoError(t, err)
	p, err := models.PlanPutIn(t.Context(), w.db, rec, nil)
	require.NoError(t, err)
	return left[w.suggestion], len(p.Out)
}

func TestASuggestionRefusedAfterItWasAppliedIsSaidToStandInTheText(t *testing.T) {
	w := newReviewed(t)
	w.tx(t, func(ctx context.Context, tx bun.Tx) error {
		_, err := models.ApplySuggestion(ctx, tx, w.rec.ID, w.suggestion, 1, "As suggested.", w.officer, noon.Add(time.Hour))
		return err
	})
	left, listed := w.leftNow(t)
	require.Empty(t, left, "it is accepted")
	require.Zero(t, listed)
	no := models.ResponseInput{Outcome: models.ResponseNotAccepted, Reason: "Costs too much."}
	require.NoError(t, w.respond(t, no, models.SeenRemark{ID: w.suggestion, Revision: 1}))
	left, listed = w.leftNow(t)
	require.Equal(t, models.LeftStands, left)
	require.Equal(t, 1, listed)

	d := w.draft("Fund it.")
	d.Body = "Foremost of all.\n\nSecond."
	_, err := w.edit(t, 2, d)
	require.NoError(t, err)
	left, _ = w.leftNow(t)
	require.Equal(t, models.LeftUnsure, left, "it reads neither as suggested nor as before")
	d.Body = "First.\n\nSecond."
	_, err = w.edit(t, 3, d)
	require.NoError(t, err)
	left, listed = w.leftNow(t)
	require.Empty(t, left, "the words quoted are back")
	require.Zero(t, listed)
}

func TestASuggestionThatWasTakenOutWaitsAgainOnceItIsAccepted(t *testing.T) {
	w := newReviewed(t)
	out := func(seen int) error {
		return w.try(t, func(ctx context.Context, tx bun.Tx) error {
			return models.MarkTakenOut(ctx, tx, w.rec.ID, []uuid.UUID{w.suggestion}, seen)
		})
	}
	require.Equal(t, apperr.CodeOutdated, apperr.CodeOf(out(1)), "it was never put in")
	w.tx(t, func(ctx context.Context, tx bun.Tx) error {
		_, err := models.ApplySuggestion(ctx, tx, w.rec.ID, w.suggestion, 1, "As suggested.", w.officer, noon.Add(time.Hour))
		return err
	})
	require.Equal(t, apperr.CodeOutdated, apperr.CodeOf(out(2)), "it is accepted")
	no := models.ResponseInput{Outcome: models.ResponseNotAccepted, Reason: "Costs too much."}
	require.NoError(t, w.respond(t, no, models.SeenRemark{ID: w.suggestion, Revision: 1}))
	require.Equal(t, apperr.CodeOutdated, apperr.CodeOf(out(1)), "somebody saved another draft")
	require.NoError(t, out(2))
	left, listed := w.leftNow(t)
	require.Empty(t, left)
	require.Zero(t, listed)
	require.NoError(t, w.respond(t, models.ResponseInput{Outcome: models.ResponseAccepted}, models.SeenRemark{ID: w.suggestion, Revision: 2}))
	n, err := models.CountToPutIn(t.Context(), w.db, w.rec.ID)
	require.NoError(t, err)
	require.Equal(t, 1, n)
}

func TestUndoingTheStepTakesOutWhatIsNotAcceptedAnyMore(t *testing.T) {
	w := newReviewed(t)
	w.tx(t, func(ctx context.Context, tx bun.Tx) error {
		_, err := models.ApplySuggestion(ctx, tx, w.rec.ID, w.suggestion, 1, "As suggested.", w.officer, noon.Add(time.Hour))
		return err
	})
	no := models.ResponseInput{Outcome: models.ResponseNotAccepted, Reason: "Costs too much."}
	require.NoError(t, w.respond(t, no, models.SeenRemark{ID: w.suggestion, Revision: 1}))
	w.tx(t, func(ctx context.Context, tx bun.Tx) error {
		_, err := models.UndoPutIn(ctx, tx, w.rec.ID, 2, w.officer, noon.Add(2*time.Hour))
		return err
	})
	left, listed := w.leftNow(t)
	require.Empty(t, left)
	require.Zero(t, listed)
	r, err := models.RemarkByID(t.Context(), w.db, w.rec.ID, w.suggestion)
	require.NoError(t, err)
	require.Nil(t, r.AppliedVersionID)
	require.Equal(t, models.ResponseNotAccepted, *r.Outcome, "what was answered stays")
}
