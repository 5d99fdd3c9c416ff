package models_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/models"
)

func TestFindingsAreKeptWhileTheyAreFound(t *testing.T) {
	n := newNetwork(t)
	officer := n.person(t, "officer", models.RoleOfficer, n.partner)
	begin := func() models.Process {
		return models.Process{Kind: models.ProcessRecommendation, ID: n.recommendation(t, officer)}
	}
	one, other := begin(), begin()
	first, later := time.Now().Add(-time.Hour).UTC().Truncate(time.Millisecond), time.Now()
	stuck := func(p models.Process) models.Finding {
		return models.Finding{Kind: "stuck", Subject: p.WorkflowID(), What: "fails"}
	}
	look := func(at time.Time, seen []uuid.UUID, found ...models.Finding) []models.Finding {
		require.NoError(t, models.UpdateFindings(t.Context(), n.db, at, seen, found, false))
		left, err := models.Findings(t.Context(), n.db)
		require.NoError(t, err)
		return left
	}
	require.NoError(t, models.ReplaceFindings(t.Context(), n.db, first, []models.Finding{stuck(one), stuck(other), {Kind: "no_sweep", Subject: "sweep"}}))
	left := look(later, []uuid.UUID{one.ID}, stuck(one))
	require.Len(t, left, 2, "there is a sweep: it looks")
	for _, f := range left {
		require.WithinDuration(t, first, f.FoundAt, time.Millisecond, "found again, first seen before")
	}
	left = look(later, []uuid.UUID{one.ID})
	require.Len(t, left, 1)
	require.Equal(t, other.WorkflowID(), left[0].Subject, "nobody looked there")

	_, err := n.db.NewRaw("UPDATE processes SET closed_at = now() WHERE id = ?", other.ID).Exec(t.Context())
	require.NoError(t, err)
	require.Empty(t, look(later, nil), "what is over is not stuck")

	due := func(since time.Time) int {
		list, err := models.UnexaminedProcesses(t.Context(), n.db, later.Add(time.Minute), since, 10)
		require.NoError(t, err)
		return len(list)
	}
	require.Zero(t, due(later.Add(-time.Minute)))
	require.Equal(t, 1, due(later.Add(time.Minute)))
}
