package models_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tribuna/models"
)

func TestWhatWasRefusedForNowIsTriedNoSoonerByMovingItsMailing(t *testing.T) {
	b := newMailbox(t, 3)
	mailing := b.sending(t)
	tomorrow := mailNow.Add(24 * time.Hour)
	execSQL(t, b.db, `UPDATE outbox SET not_before = ? WHERE mailing_id = ?`, tomorrow, mailing)
	execSQL(t, b.db, `UPDATE outbox SET attempts = 1 WHERE mailing_id = ? AND person_id = ?`, mailing, b.people[0])
	zones, err := models.ReaderZones(t.Context(), b.db, mailing)
	require.NoError(t, err)
	at := map[string]time.Time{}
	for _, z := range zones {
		at[z.Zone.String()] = mailNow
	}
	require.NoError(t, models.PutOff(t.Context(), b.db, mailing, at, false, mailNow))
	require.Len(t, claimMailing(t, b.db, mailing, models.NewID(), 10, mailNow), 2)

	for zone := range at {
		at[zone] = tomorrow.Add(time.Hour)
	}
	require.NoError(t, models.PutOff(t.Context(), b.db, mailing, at, false, mailNow))
	require.Empty(t, claimMailing(t, b.db, mailing, models.NewID(), 10, tomorrow.Add(time.Minute)), "later it may be")
}
