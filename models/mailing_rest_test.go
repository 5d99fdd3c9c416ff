package models_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tribuna/models"
)

// TestTwoLaunchesToTheRestAtOnceReachNobodyTwice has one wait for the other: what it leaves out is what the other has frozen.
func TestTwoLaunchesToTheRestAtOnceReachNobodyTwice(t *testing.T) {
	n := newEngagedNetwork(t)
	ctx := t.Context()
	n.everyOutcome(t)
	n.exec(t, `UPDATE recommendations SET published_at = now(), stage = 'done' WHERE id = ?`, n.about)
	n.exec(t, `INSERT INTO mailing_texts (mailing_id, language, subject, body, plain) VALUES (?, 'en', 'S', 'B', 'P')`, n.mailing)
	rec, err := models.RecommendationByID(ctx, n.db, n.about)
	require.NoError(t, err)
	m, err := models.MailingByID(ctx, n.db, n.mailing)
	require.NoError(t, err)
	var to [2]models.MailingRecipients
	for i := range to {
		draft, err := models.CreateRest(ctx, n.db, m, rec, models.Again{}, n.officer.ID, time.Now())
		require.NoError(t, err)
		to[i] = models.MailingRecipients{MailingID: draft.ID, RecommendationID: n.about, Audience: draft.Audience, Texts: []string{"en"}, Fallback: "en"}
	}

	first, err := n.db.BeginTx(ctx, nil)
	require.NoError(t, err)
	frozen, err := models.EnqueueMailing(ctx, first, to[0], time.Now())
	require.NoError(t, err)
	require.Positive(t, frozen)
	type result struct {
		frozen int
		err    error
	}
	other := make(chan result, 1)
	go func() {
		n, err := models.EnqueueMailing(context.Background(), n.db, to[1], time.Now())
		other <- result{n, err}
	}()
	require.Eventually(t, func() bool {
		var waits bool
		err := n.db.NewRaw(`SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')`).Scan(ctx, &waits)
		return err == nil && waits
	}, time.Minute, 10*time.Millisecond)
	require.NoError(t, first.Commit())
	got := <-other
	require.NoError(t, got.err)
	require.Zero(t, got.frozen, "they all have it from the first")
}
