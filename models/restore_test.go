package models_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/apperr"
	"tribuna/models"
)

// restoredMailbox has one mail in every state in which a backup can find it, and was restored.
func restoredMailbox(t *testing.T) (b *mailbox, waiting, future *models.OutboxMail) {
	t.Helper()
	b = newMailbox(t, 4)
	execSQL(t, b.db, `INSERT INTO sessions (token, data, expiry) VALUES ('x', '', now() + interval '1 day')`)
	claimed := b.write(t, 0, nil)
	require.Len(t, b.claim(t, uuid.New(), 1, mailNow), 1)
	sending, token := b.write(t, 1, nil), uuid.New()
	require.Len(t, b.claim(t, token, 1, mailNow), 1)
	taken, err := models.MarkSending(t.Context(), b.db, token, []uuid.UUID{sending.ID}, mailNow, mailNow.Add(time.Minute))
	require.NoError(t, err)
	require.Len(t, taken, 1)
	waiting = b.write(t, 2, nil)
	future = b.write(t, 3, func(m *models.OutboxMail) { m.NotBefore = mailNow.Add(time.Hour) })
	held, err := models.MarkRestored(t.Context(), b.db, mailNow.Add(time.Minute))
	require.NoError(t, err)
	require.Equal(t, 2, held)
	require.Equal(t, map[uuid.UUID]models.MailState{claimed.ID: models.MailQueued, sending.ID: models.MailUnknown,
		waiting.ID: models.MailQueued, future.ID: models.MailQueued}, b.states(t))
	return b, waiting, future
}

func (b *mailbox) states(t *testing.T) map[uuid.UUID]models.MailState {
	t.Helper()
	var rows []models.OutboxMail
	require.NoError(t, b.db.NewSelect().Model(&rows).Scan(t.Context()))
	states := map[uuid.UUID]models.MailState{}
	for _, m := range rows {
		states[m.ID] = m.State
	}
	return states
}

func TestNothingGoesOutAfterARestoreUntilTheRelease(t *testing.T) {
	b, waiting, future := restoredMailbox(t)
	later := mailNow.Add(2 * time.Hour)
	require.Empty(t, b.claim(t, uuid.New(), 10, later), "not even what comes due later")
	sessions, err := b.db.NewSelect().Table("sessions").Count(t.Context())
	require.NoError(t, err)
	require.Zero(t, sessions)

	require.NoError(t, models.Release(t.Context(), b.db, false, later))
	got := b.claim(t, uuid.New(), 10, later)
	require.Len(t, got, 1, "what could not have gone out goes")
	require.Equal(t, future.ID, got[0].ID)
	require.Equal(t, models.MailUnknown, b.states(t)[waiting.ID], "what may have gone out does not")
}

func TestHeldMailsGoOutWhereSomebodySaysSo(t *testing.T) {
	b, _, _ := restoredMailbox(t)
	require.NoError(t, models.Release(t.Context(), b.db, true, mailNow.Add(time.Minute)))
	require.Len(t, b.claim(t, uuid.New(), 10, mailNow.Add(time.Minute)), 2)
}

func TestNothingIsDecidedAfterARestoreUntilTheRelease(t *testing.T) {
	i := newInbox(t)
	_, err := models.MarkRestored(t.Context(), i.db, noon)
	require.NoError(t, err)
	_, err = models.LockProcessToDecide(t.Context(), i.db, i.process)
	require.Equal(t, apperr.CodeUnavailable, apperr.CodeOf(err))

	require.NoError(t, models.Release(t.Context(), i.db, false, noon))
	p, err := models.LockProcessToDecide(t.Context(), i.db, i.process)
	require.NoError(t, err)
	require.Equal(t, i.process, p.ID)
	_, err = models.LockProcessToDecide(t.Context(), i.db, uuid.New())
	require.Equal(t, apperr.CodeNotFound, apperr.CodeOf(err))
}
