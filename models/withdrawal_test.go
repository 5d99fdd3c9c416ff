package models_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tribuna/models"
)

func TestWithdrawalsAreTakenOverIntoAnotherDatabase(t *testing.T) {
	old, restored := newMailbox(t, 4), newMailbox(t, 4)
	email := func(i int) string {
		p, err := models.PersonByID(t.Context(), restored.db, restored.people[i])
		require.NoError(t, err)
		return p.Email
	}
	gone, suppressed, stays := restored.people[0], email(1), restored.people[2]
	require.NoError(t, models.Unsubscribe(t.Context(), old.db, old.people[0], mailNow))
	require.NoError(t, models.Suppress(t.Context(), old.db, suppressed, models.SuppressedHardBounce, mailNow))
	require.NoError(t, models.Suppress(t.Context(), old.db, "nobody@here.example", models.SuppressedComplaint, mailNow))
	old.erase(t, old.write(t, 3, nil).ID)
	list, err := models.Withdrawals(t.Context(), old.db)
	require.NoError(t, err)
	for _, w := range list {
		require.NoError(t, w.Validate())
	}

	later := mailNow.Add(time.Hour)
	taken, err := models.TakeWithdrawals(t.Context(), restored.db, list, "said.json", later)
	require.NoError(t, err)
	require.Equal(t, 4, taken)
	taken, err = models.TakeWithdrawals(t.Context(), restored.db, list, "said.json", later)
	require.NoError(t, err)
	require.Zero(t, taken, "twice is as once")

	p, err := models.PersonByID(t.Context(), restored.db, gone)
	require.NoError(t, err)
	require.WithinDuration(t, mailNow, *p.UnsubscribedAt, 0, "it is when they said so that counts")
	proof, err := models.ConsentsOf(t.Context(), restored.db, models.ConsentFilter{Person: gone})
	require.NoError(t, err)
	withdrawn := slices.DeleteFunc(proof, func(c models.Consent) bool { return c.Act != models.ConsentWithdrawn })
	require.Len(t, withdrawn, 1)
	require.Equal(t, "said.json", withdrawn[0].Source)
	for address, is := range map[string]bool{suppressed: true, "nobody@here.example": true, email(2): false, email(3): true} {
		s, err := models.Suppressed(t.Context(), restored.db, address)
		require.NoError(t, err)
		require.Equal(t, is, s, address)
	}
	p, err = models.PersonByID(t.Context(), restored.db, stays)
	require.NoError(t, err)
	require.Nil(t, p.UnsubscribedAt)
	back, err := models.ErasedAgain(t.Context(), restored.db, list)
	require.NoError(t, err)
	require.Equal(t, restored.people[3:], back, "who was erased is here again")
	back, err = models.ErasedAgain(t.Context(), old.db, list)
	require.NoError(t, err)
	require.Empty(t, back)
}

func TestWithdrawalsHaveHashReasonAndTime(t *testing.T) {
	right := models.Withdrawal{AddressHash: models.AddressHash("ana@example.org"), Reason: models.Unsubscribed, At: mailNow}
	require.NoError(t, right.Validate())
	for _, reason := range models.SuppressionReasons() {
		w := right
		w.Reason = reason
		require.NoError(t, w.Validate(), reason)
	}
	for name, spoil := range map[string]func(*models.Withdrawal){
		"an address":  func(w *models.Withdrawal) { w.AddressHash = "ana@example.org" },
		"a short one": func(w *models.Withdrawal) { w.AddressHash = strings.Repeat("a", 62) },
		"no reason":   func(w *models.Withdrawal) { w.Reason = "because" },
		"no time":     func(w *models.Withdrawal) { w.At = time.Time{} },
	} {
		wrong := right
		spoil(&wrong)
		require.Error(t, wrong.Validate(), name)
	}
}
