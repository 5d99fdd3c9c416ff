package activities

import (
	"fmt"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/apperr"
	"tribuna/internal/record"
	"tribuna/models"
)

// original stores a file as a door would.
func (d *desk) original(content string) *models.Attachment {
	d.t.Helper()
	a, err := models.NewAttachment(d.rec.ID, "letter.txt", []byte(content), d.officer.ID, d.clock)
	require.NoError(d.t, err)
	require.NoError(d.t, a.Insert(d.ctx, d.db))
	return a
}

// onBehalf stores what the officer records for an expert, with the original beside it.
func (d *desk) onBehalf(id string, task *models.Task, who models.Person, original uuid.UUID) (*models.Submission, error) {
	d.t.Helper()
	sub, err := models.NewSubmission(d.rec.ID, id, models.DecideAnswerReview, d.officer.ID,
		models.ReviewPayload{VersionHash: d.version.Hash, Answer: models.AnswerSupport})
	require.NoError(d.t, err)
	sub.TaskID, sub.OnBehalfOf, sub.BehalfNote, sub.AttachmentID = &task.ID, &who.ID, "By letter.", &original
	return models.Receive(d.ctx, d.db, sub, d.clock)
}

func (d *desk) outcome(sub *models.Submission) models.Outcome {
	d.t.Helper()
	result, err := d.acts.Decide(d.ctx, DecideInput{ProcessID: d.rec.ID, SubmissionID: sub.ID})
	require.NoError(d.t, err)
	return result.Outcome
}

func TestTheOriginalGoesOnRecordWithTheWordsOnce(t *testing.T) {
	d := newDesk(t, nil)
	start := d.reviewStart()
	start.Invite = append(start.Invite, d.experts[1].ID)
	d.says(models.DecideStartReview, nil, start)
	d.stage("OpenReview", d.acts.OpenReview)
	tasks, err := models.Tasks(d.ctx, d.db, models.TaskFilter{Recommendation: d.rec.ID, Kinds: []models.TaskKind{models.TaskReview}, OpenOnly: true})
	require.NoError(t, err)
	byExpert := map[uuid.UUID]*models.Task{}
	for i := range tasks {
		byExpert[*tasks[i].PersonID] = &tasks[i]
	}
	expert, other := d.experts[0], d.experts[1]
	letter := d.original("We agree.")

	sub, err := d.onBehalf("the-same-form", byExpert[expert.ID], expert, letter.ID)
	require.NoError(t, err)
	first := d.outcome(sub)
	require.Equal(t, models.SubmissionRecorded, first.State)
	rows := d.rows()
	require.Equal(t, first, d.outcome(sub))
	require.Equal(t, rows, d.rows(), "twice is once")
	again, err := d.onBehalf("the-same-form", byExpert[expert.ID], expert, d.original("We agree.").ID)
	require.NoError(t, err)
	require.Equal(t, sub.ID, again.ID)
	_, err = d.onBehalf("the-same-form", byExpert[expert.ID], expert, d.original("We do not agree.").ID)
	require.Equal(t, apperr.CodeOtherWords, apperr.CodeOf(err), "the same id with another file")

	items, err := record.List(d.ctx, d.db, d.rec.ID, record.Confidential)
	require.NoError(t, err)
	var facts []map[string]string
	for _, it := range items {
		if it.Facts[record.FactAttachment] != "" {
			require.Equal(t, "review.answered", it.Verb)
			facts = append(facts, it.Facts)
		}
	}
	require.Len(t, facts, 1)
	require.Equal(t, letter.ID.String(), facts[0][record.FactAttachment])
	require.Equal(t, letter.Hash, facts[0][record.FactAttachmentHash])
	require.Equal(t, fmt.Sprint(letter.Size), facts[0][record.FactAttachmentSize])
	d.whole()

	elsewhere, err := d.onBehalf("form-of-another", byExpert[other.ID], other, letter.ID)
	require.NoError(t, err)
	refused := d.outcome(elsewhere)
	require.Equal(t, models.SubmissionRefused, refused.State)
	require.Equal(t, "attachment_id", refused.Fields[0].Path, "one person's letter is not shown to another")
	d.whole()
}
