package models_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/models"
)

func TestTheSpeedOfAMailingIsThatOfItsLastMinute(t *testing.T) {
	b := newMailbox(t, 12)
	mailing := b.sending(t)
	ends := func(state models.MailState, mails int, ago time.Duration) {
		t.Helper()
		execSQL(t, b.db, `UPDATE outbox SET state = ?, finished_at = ? WHERE id IN (SELECT id FROM outbox WHERE mailing_id = ? AND state = 'queued' ORDER BY id LIMIT ?)`,
			state, mailNow.Add(-ago), mailing, mails)
	}
	of := func() (models.MailCounts, models.MailingSpeed) {
		t.Helper()
		counts, speed, err := models.MailingProgress(t.Context(), b.db, mailing, mailNow)
		require.NoError(t, err)
		return counts, speed
	}
	ends(models.MailDelivered, 2, time.Hour)
	counts, speed := of()
	require.Equal(t, models.MailCounts{Queued: 10, Delivered: 2}, counts)
	require.Zero(t, speed, "what went an hour ago says nothing about now")

	ends(models.MailCancelled, 1, 10*time.Second)
	_, speed = of()
	require.Zero(t, speed, "who does not want it is no speed")

	ends(models.MailDelivered, 3, 30*time.Second)
	ends(models.MailFailed, 1, 10*time.Second)
	ends(models.MailUnknown, 1, 5*time.Second)
	counts, speed = of()
	require.Equal(t, models.MailCounts{Queued: 4, Delivered: 5, Failed: 1, Unknown: 1, Cancelled: 1}, counts)
	require.Equal(t, models.MailingSpeed{PerMinute: 10, Left: 24 * time.Second}, speed, "five in half a minute, four to go")

	execSQL(t, b.db, `UPDATE outbox SET not_before = ? WHERE mailing_id = ? AND state = 'queued'`, mailNow.Add(time.Hour), mailing)
	_, speed = of()
	require.Equal(t, models.MailingSpeed{PerMinute: 10}, speed, "what waits for later takes as long as it waits")
}

func TestASpeedIsNotSaidFromLessThanASecond(t *testing.T) {
	b := newMailbox(t, 3)
	mailing := b.sending(t)
	execSQL(t, b.db, `UPDATE outbox SET state = 'delivered', finished_at = ? WHERE mailing_id = ? AND person_id = ?`, mailNow, mailing, b.people[0])
	_, speed, err := models.MailingProgress(t.Context(), b.db, mailing, mailNow)
	require.NoError(t, err)
	require.Equal(t, models.MailingSpeed{PerMinute: 60, Left: 2 * time.Second}, speed)
	counts, speed, err := models.MailingProgress(t.Context(), b.db, uuid.New(), mailNow)
	require.NoError(t, err)
	require.Zero(t, counts)
	require.Zero(t, speed)
}
