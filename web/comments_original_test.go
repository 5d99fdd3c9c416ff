package web

import (
	"net/http"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/models"
)

// recordedFor puts a file behind the answer to a question, as if an officer had recorded it for whoever was asked.
func (h *house) recordedFor(task *models.Task, name string) uuid.UUID {
	h.t.Helper()
	ctx, officer := h.t.Context(), h.person("officer-khc")
	rv, err := models.ReviewByTask(ctx, h.db, task.ID)
	require.NoError(h.t, err)
	a, err := models.NewAttachment(h.brief.ID, name, []byte("We agree."), officer.ID, time.Now())
	require.NoError(h.t, err)
	require.NoError(h.t, a.Insert(ctx, h.db))
	sub, err := models.NewSubmission(h.brief.ID, rv.DecisionID, models.DecideAnswerReview, officer.ID, models.ReviewPayload{})
	require.NoError(h.t, err)
	sub.TaskID, sub.OnBehalfOf, sub.BehalfNote, sub.AttachmentID = &task.ID, task.PersonID, "By letter.", &a.ID
	stored, err := models.Receive(ctx, h.db, sub, time.Now())
	require.NoError(h.t, err)
	require.NoError(h.t, stored.Settle(ctx, h.db, models.Outcome{State: models.SubmissionRecorded, DecidedAt: time.Now()}))
	return a.ID
}

// TestCommentsRecordedForSomebodyLeadToTheirOriginal wherever they stand, for whoever may open it.
func TestCommentsRecordedForSomebodyLeadToTheirOriginal(t *testing.T) {
	h := newHouse(t)
	h.commented("expert-02", models.CommentPayload{Block: 1, Body: "Which year?"})
	var task models.Task
	require.NoError(t, h.db.NewSelect().Model(&task).Where("t.recommendation_id = ? AND t.kind = ?", h.brief.ID, models.TaskReview).Scan(t.Context()))
	original := h.recordedFor(&task, "Letter.txt")
	link := `href="` + attachmentPath(original) + `"`
	home := recommendationPath(h.brief.ID)
	for who, shown := range map[string]bool{"officer-khc": true, "coordinator": true, "partner-khc": false, "reader": false, "officer-tdh": false} {
		got := h.as(who, "en").get(home + "/comments")
		require.Equal(t, shown, http.StatusOK == h.as(who, "en").get(attachmentPath(original)).StatusCode, who)
		if shown {
			sound(t, got)
			require.Contains(t, got.Body, "Which year?", who)
			require.Contains(t, got.Body, link, who)
		} else {
			require.NotContains(t, got.Body, link, who)
		}
	}
	h.exec(`UPDATE review_rounds SET closed_at = now() WHERE recommendation_id = ?`, h.brief.ID)
	h.enter(models.StageDrafting)
	require.Contains(t, h.as("officer-khc", "en").get(responsesPath(h.brief.ID)).Body, link, "and where they are answered")
	require.NotContains(t, h.as("partner-khc", "en").get(responsesPath(h.brief.ID)).Body, link)
}
