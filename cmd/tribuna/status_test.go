package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tribuna/internal/config"
	"tribuna/internal/demo"
	"tribuna/internal/devstack/testdb"
	"tribuna/models"
)

func TestStatusSaysWhatIsNotAsItShouldBe(t *testing.T) {
	db, now := testdb.Open(t), time.Now()
	require.NoError(t, demo.Load(t.Context(), db.App, now))
	status := func() []string {
		s, err := readStatus(t.Context(), config.Config{DatabaseURL: db.AppURL}, now)
		require.NoError(t, err)
		return s.Troubles
	}
	require.Len(t, status(), 1)
	require.Contains(t, status()[0], "the sweep never came by")
	require.NoError(t, models.MarkSwept(t.Context(), db.App, now))
	require.NoError(t, models.ReplaceFindings(t.Context(), db.App, now, nil))
	require.Empty(t, status())

	require.NoError(t, models.MarkSwept(t.Context(), db.App, now.Add(-time.Hour)))
	require.NoError(t, models.ReplaceFindings(t.Context(), db.App, now, []models.Finding{{Kind: "stuck", Subject: "recommendation:x", What: "fails"}}))
	require.NoError(t, models.Enqueue(t.Context(), db.App, &models.OutboxMail{Kind: models.MailDigest, DedupeKey: "old",
		PersonID: demo.ID("person", "officer-khc"), CreatedAt: now.Add(-time.Hour)}))
	troubles := status()
	require.Len(t, troubles, 3)
	for i, says := range []string{"the last sweep was", "1 mail is due, the oldest for 1h0m0s", "1 finding,"} {
		require.Contains(t, troubles[i], says)
	}
}

func TestStatusTellsScripts(t *testing.T) {
	db := testdb.Open(t)
	p := launch(t, map[string]string{"DATABASE_URL": db.AppURL}, "status", "--json")
	p.ended(1)
	require.Contains(t, p.output(), `"processes_open":0`)
	require.Contains(t, p.output(), "not everything is as it should be")
	launch(t, map[string]string{"DATABASE_URL": db.AppURL}, "status", "--xml").ended(2)
}
