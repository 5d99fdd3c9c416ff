package models_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/apperr"
	"tribuna/models"
)

// TestLinksLiveWhileAnAnswerIsTaken: a round that lasts longer than the grace of its first tasks, and a sign-off that
// others keep open, still take a changed answer; so the link to it lives, and a new one can be had. After a round the answer can be read
// for a while, however long it lasted.
func TestLinksLiveWhileAnAnswerIsTaken(t *testing.T) {
	for _, kind := range []models.TaskKind{models.TaskReview, models.TaskConsult, models.TaskSignOff} {
		t.Run(string(kind), func(t *testing.T) {
			d := newDesk(t)
			who, task := d.answered(t, kind)
			after := task.GraceUntil.Add(time.Hour)
			require.NoError(t, d.opens(t, task, who, after))
			require.False(t, d.mailTask(t, task).Over(after))
			require.NoError(t, models.RenewLink(t.Context(), d.db, task.ID, who.ID, after))
			queued, err := d.db.NewSelect().Model((*models.OutboxMail)(nil)).Where("kind = ? AND task_id = ?", models.MailNewLink, task.ID).Count(t.Context())
			require.NoError(t, err)
			require.EqualValues(t, 1, queued)

			d.end(t, kind, after)
			over := after
			if kind != models.TaskSignOff {
				d.readable(t, task, who, after.AddDate(0, 0, 1))
				over = after.AddDate(0, 0, 1).Add(time.Second)
			}
			require.Equal(t, apperr.CodeLinkExpired, apperr.CodeOf(d.opens(t, task, who, over)))
			require.True(t, d.mailTask(t, task).Over(over))
			require.NoError(t, d.opens(t, task, who, task.GraceUntil), "it can be read until its own grace ends")
		})
	}
}

// TestAnAnswerIsReadableAfterItsRound for as long as late answers are taken, also where the round ended by a withdrawal; who was asked and
// did not answer has nothing to read.
func TestAnAnswerIsReadableAfterItsRound(t *testing.T) {
	for _, withdrawn := range []bool{false, true} {
		d := newDesk(t)
		who, task := d.answered(t, models.TaskReview)
		execSQL(t, d.db, `UPDATE procedures SET document = jsonb_set(document, '{review,late_for}', '"5d"')`)
		ended := task.GraceUntil.AddDate(0, 0, 35)
		if withdrawn {
			d.rec.Enter(models.StageWithdrawn, ended)
			require.NoError(t, d.rec.Save(t.Context(), d.db, ended))
		} else {
			d.end(t, models.TaskReview, ended)
		}
		d.readable(t, task, who, ended.AddDate(0, 0, 5))
		after := ended.AddDate(0, 0, 8) // past a weekend
		require.Equal(t, apperr.CodeLinkExpired, apperr.CodeOf(d.opens(t, task, who, after)))
		require.True(t, d.mailTask(t, task).Over(after))

		task.State = models.TaskCancelled
		require.NoError(t, task.Save(t.Context(), d.db))
		require.Equal(t, apperr.CodeLinkExpired, apperr.CodeOf(d.opens(t, task, who, ended)))
	}
}

// readable requires that the link to a task lives at an instant, and that a new one can be had.
func (d *desk) readable(t *testing.T, task *models.Task, who models.Person, at time.Time) {
	t.Helper()
	require.NoError(t, d.opens(t, task, who, at))
	require.False(t, d.mailTask(t, task).Over(at))
}

func TestALinkEndsWithAnotherRoundOrVersion(t *testing.T) {
	for _, kind := range []models.TaskKind{models.TaskReview, models.TaskSignOff} {
		t.Run(string(kind), func(t *testing.T) {
			d := newDesk(t)
			who, task := d.answered(t, kind)
			d.rec.Round++
			require.NoError(t, d.rec.Save(t.Context(), d.db, noon))
			require.Equal(t, apperr.CodeLinkExpired, apperr.CodeOf(d.opens(t, task, who, task.GraceUntil.Add(time.Hour))))
		})
	}
}

// answered returns a task of a kind that was answered, and who did.
func (d *desk) answered(t *testing.T, kind models.TaskKind) (models.Person, *models.Task) {
	t.Helper()
	who, task := d.partner, (*models.Task)(nil)
	if kind == models.TaskReview {
		who = d.expert
		task = d.ask(t, kind, &d.expert, nil, 3)
	} else {
		task = d.ask(t, kind, nil, &d.lead, 3)
	}
	if kind == models.TaskSignOff {
		d.rec.AcceptedVersionID = &d.version.ID
		d.enter(t, models.StageSignOff)
	}
	task.Close(models.TaskDone, noon)
	require.NoError(t, task.Save(t.Context(), d.db))
	return who, task
}

// end closes the round or the sign-off that takes answers to tasks of a kind.
func (d *desk) end(t *testing.T, kind models.TaskKind, at time.Time) {
	t.Helper()
	if kind == models.TaskSignOff {
		d.enter(t, models.StagePublication)
		return
	}
	execSQL(t, d.db, "UPDATE review_rounds SET closed_at = ? WHERE recommendation_id = ?", at, d.rec.ID)
}

func (d *desk) opens(t *testing.T, task *models.Task, who models.Person, at time.Time) error {
	t.Helper()
	_, _, err := models.OpenByLink(t.Context(), d.db, task.ID, who.ID, task.Generation, at)
	return err
}

func (d *desk) mailTask(t *testing.T, task *models.Task) models.MailTask {
	t.Helper()
	list, err := models.MailTasks(t.Context(), d.db, task.ID, []uuid.UUID{task.ID})
	require.NoError(t, err)
	require.Len(t, list, 1)
	return list[0]
}
