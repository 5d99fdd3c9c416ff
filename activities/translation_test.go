package activities

import (
	"database/sql"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
	"tribuna/models"
)

// translated has a finished translation waiting for its second pair of eyes.
func (d *desk) translated() *models.Translation {
	d.t.Helper()
	d.startReview(d.experts[0])
	d.answerReview(d.experts[0])
	d.endReview(models.ReviewAccept)
	d.stage("OpenTranslations", d.acts.OpenTranslations)
	tr, err := models.TranslationFor(d.ctx, d.db, d.version.ID, "bg")
	require.NoError(d.t, err)
	title := "Заглавие"
	d.tx(func(tx bun.Tx) {
		tr, err = models.SaveTranslation(d.ctx, tx, tr.ID, tr.Revision, models.TranslationInput{Title: &title,
			Blocks:   []models.BlockInput{{Position: 0, Text: "Първо."}, {Position: 1, Text: "Второ."}},
			Measures: []models.TranslatedMeasure{{ID: d.version.Measures[0].ID, Text: "Да се финансира."}}})
		require.NoError(d.t, err)
	})
	return tr
}

// whileSaving has somebody decide while other words are being saved and the saving has not ended, and returns what came
// of the decision. What it waits for is the row: it does not go on before the database says that somebody waits.
func (d *desk) whileSaving(tr *models.Translation, sub *models.Submission) models.Outcome {
	d.t.Helper()
	saving, err := d.db.BeginTx(d.ctx, &sql.TxOptions{})
	require.NoError(d.t, err)
	defer func() { _ = saving.Rollback() }()
	_, err = models.SaveTranslation(d.ctx, saving, tr.ID, tr.Revision, models.TranslationInput{
		Blocks: []models.BlockInput{{Position: 0, Text: "Нещо, което никой не е видял."}}})
	require.NoError(d.t, err)

	decided := make(chan models.Outcome, 1)
	go func() {
		result, err := d.acts.Decide(d.ctx, DecideInput{ProcessID: sub.ProcessID, SubmissionID: sub.ID})
		if err != nil {
			result.Outcome.What = err.Error()
		}
		decided <- result.Outcome
	}()
	require.Eventually(d.t, func() bool {
		waiting, err := d.db.NewSelect().TableExpr("pg_stat_activity").
			Where("datname = current_database() AND wait_event_type = 'Lock'").Count(d.ctx)
		return err == nil && waiting > 0
	}, 10*time.Second, 5*time.Millisecond, "the decision waits for the words")
	require.NoError(d.t, saving.Commit())
	return <-decided
}

func TestWordsNobodySawAreNeitherHandedOverNorApproved(t *testing.T) {
	d := newDesk(t, nil)
	tr := d.translated()

	task := d.the(models.TaskTranslate)
	seen := models.SubmitTranslationPayload{Revision: tr.Revision}
	o := d.whileSaving(tr, d.submit(d.rec.ID, models.DecideSubmitTranslation, d.byID(*tr.TranslatorID), &task.ID, seen))
	require.Equal(t, models.SubmissionRefused, o.State, o.What)
	require.Equal(t, apperr.CodeOutdated, o.Code)

	seen.Revision++
	d.decide(d.rec.ID, models.DecideSubmitTranslation, d.byID(*tr.TranslatorID), task, seen)
	task = d.the(models.TaskApproveTranslation)
	tr, err := models.TranslationByID(t.Context(), d.db, tr.ID)
	require.NoError(t, err)
	o = d.whileSaving(tr, d.submit(d.rec.ID, models.DecideApproveTranslation, d.byID(*tr.ApproverID), &task.ID, seen))
	require.Equal(t, models.SubmissionRefused, o.State, o.What)
	require.Equal(t, apperr.CodeOutdated, o.Code)

	seen.Revision++
	d.decide(d.rec.ID, models.DecideApproveTranslation, d.byID(*tr.ApproverID), task, seen)
	_, err = models.SaveTranslation(t.Context(), d.db, tr.ID, seen.Revision, models.TranslationInput{})
	require.Equal(t, apperr.CodeClosed, apperr.CodeOf(err), "what is approved stays as it is")
}
