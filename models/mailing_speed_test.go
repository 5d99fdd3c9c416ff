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
		counts, speed, err := models.MailingProgress(t.Context(), b.db, mailing, nil, mailNow)
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
	_, speed, err := models.MailingProgress(t.Context(), b.db, mailing, nil, mailNow)
	require.NoError(t, err)
	require.Equal(t, models.MailingSpeed{PerMinute: 60, Left: 2 * time.Second}, speed)
	counts, speed, err := models.MailingProgress(t.Context(), b.db, uuid.New(), nil, mailNow)
	require.NoError(t, err)
	require.Zero(t, counts)
	require.Zero(t, speed)
}

// TestASpeedIsSaidUnderLimits while mails wait, and how long the rest takes only where that can be known.
func TestASpeedIsSaidUnderLimits(t *testing.T) {
	b := newMailbox(t, 40)
	mailing := b.sending(t)
	ends := func(mails int, ago time.Duration) {
		t.Helper()
		execSQL(t, b.db, `UPDATE outbox SET state = 'delivered', finished_at = ? WHERE id IN (SELECT id FROM outbox WHERE mailing_id = ? AND state = 'queued' ORDER BY id LIMIT ?)`,
			mailNow.Add(-ago), mailing, mails)
	}
	under := func(waits ...models.MailingWait) models.MailingSpeed {
		t.Helper()
		_, speed, err := models.MailingProgress(t.Context(), b.db, mailing, waits, mailNow)
		require.NoError(t, err)
		return speed
	}
	minute := models.MailingWait{Why: models.WaitMinute, Most: 10, Until: mailNow.Add(time.Minute)}
	require.Zero(t, under(minute), "nothing has left yet")
	ends(10, 5*time.Second)
	require.Equal(t, models.MailingSpeed{PerMinute: 120, Left: 15 * time.Second}, under())
	require.Equal(t, models.MailingSpeed{PerMinute: 10, Left: 3 * time.Minute}, under(minute), "not as fast as the ten that a minute lets go went")

	slow := models.MailingWait{Why: models.WaitSlow, Domain: "busy.example", Until: mailNow.Add(2 * time.Minute)}
	require.Equal(t, models.MailingSpeed{PerMinute: 10, Left: 3 * time.Minute}, under(minute, slow), "by then it has been tried again")
	slow.Until = mailNow.Add(time.Hour)
	for _, w := range []models.MailingWait{slow, {Why: models.WaitDay, Most: 10, Until: mailNow.Add(time.Second)},
		{Why: models.WaitDomain, Domain: "big.example", Most: 10, Until: mailNow.Add(time.Second)}, {Why: models.WaitServer, Until: mailNow.Add(-time.Second)}} {
		require.Equal(t, models.MailingSpeed{PerMinute: 10}, under(w, minute), w.Why)
	}

	ends(5, 70*time.Second)
	require.Equal(t, models.MailingSpeed{PerMinute: 10}, under(models.MailingWait{Why: models.WaitDomain, Most: 10}), "a burst is no speed, what went in the minute is")
}
