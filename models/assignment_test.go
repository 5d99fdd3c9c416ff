package models_test

import (
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/models"
)

// reviewable returns a recommendation of the partner's that concerns Bulgaria, on care.
func (n network) reviewable(t *testing.T, officer models.Person) models.Recommendation {
	t.Helper()
	id := n.recommendation(t, officer)
	stored, err := models.RecommendationByID(t.Context(), n.db, id)
	require.NoError(t, err)
	return models.Recommendation{ID: id, ProcedureID: stored.ProcedureID, OrganisationID: n.partner.ID, Language: "en", Topics: []string{"care"}, Countries: []string{"BG"}}
}

func TestReviewsAreSharedOut(t *testing.T) {
	n := newNetwork(t)
	fits := knows("BG", []string{"en"}, "care")
	first, second := n.person(t, "first", models.RoleExpert, n.academics, fits), n.person(t, "second", models.RoleExpert, n.academics, fits)
	own := n.person(t, "own", models.RoleExpert, n.partner, fits)
	n.person(t, "cannot-read", models.RoleExpert, n.academics, knows("BG", []string{"bg"}, "care"))
	officer := n.person(t, "officer", models.RoleOfficer, n.partner)
	recs := []models.Recommendation{n.reviewable(t, officer), n.reviewable(t, officer)}

	proposals, err := models.ShareOutReviews(t.Context(), n.db, recs, []int{2, 2}, 0)
	require.NoError(t, err)
	require.Len(t, proposals, 2)
	var asked []uuid.UUID
	for i, p := range proposals {
		require.Equal(t, recs[i].ID, p.Recommendation.ID)
		require.Len(t, p.Experts, 1, "each has as few as the other")
		asked = append(asked, p.Experts[0].ID)
	}
	require.ElementsMatch(t, []uuid.UUID{first.ID, second.ID}, asked)
	require.NotContains(t, asked, own.ID)

	var tasks int
	require.NoError(t, n.db.NewRaw(`SELECT count(*) FROM tasks`).Scan(t.Context(), &tasks))
	require.Zero(t, tasks, "nobody is asked by a proposal")
}

func TestNobodyIsProposedMoreThanTheLimit(t *testing.T) {
	n := newNetwork(t)
	n.person(t, "willing", models.RoleExpert, n.academics, knows("BG", []string{"en"}, "care"), func(p *models.Person) { p.MaxOpen = 5 })
	officer := n.person(t, "officer", models.RoleOfficer, n.partner)
	recs := []models.Recommendation{n.reviewable(t, officer), n.reviewable(t, officer), n.reviewable(t, officer)}
	for each, want := range map[int]int{0: 3, 2: 2} {
		proposals, err := models.ShareOutReviews(t.Context(), n.db, recs, []int{1, 1, 1}, each)
		require.NoError(t, err)
		got := 0
		for _, p := range proposals {
			got += len(p.Experts)
		}
		require.Equal(t, want, got, each)
	}
}

func TestWhoWasReplacedForAConflictIsNotProposedForTheNextRound(t *testing.T) {
	n := newNetwork(t)
	replaced := n.person(t, "replaced", models.RoleExpert, n.academics, knows("BG", []string{"en"}, "care"))
	rec := n.reviewable(t, n.person(t, "officer", models.RoleOfficer, n.partner))
	n.openTask(t, rec.ID, "review", replaced)
	rules := func(ruling string) {
		_, err := n.db.NewRaw(`INSERT INTO review_conflicts (task_id, person_id, recommendation_id, kind, words, declared_at, ruling, ruled_at)
			SELECT id, person_id, recommendation_id, 'funded', 'Paid.', now(), ?, now() FROM tasks WHERE person_id = ?
			ON CONFLICT (task_id, person_id) DO UPDATE SET ruling = EXCLUDED.ruling`, ruling, replaced.ID).Exec(t.Context())
		require.NoError(t, err)
		_, err = n.db.NewRaw(`UPDATE tasks SET state = 'done', closed_at = now() WHERE person_id = ?`, replaced.ID).Exec(t.Context())
		require.NoError(t, err)
	}
	proposable := func() bool {
		experts, err := models.ExpertsFor(t.Context(), n.db, models.WantedFor(&rec))
		require.NoError(t, err)
		require.Len(t, experts, 1)
		return experts[0].Proposable()
	}
	rules(models.RulingShown)
	require.True(t, proposable(), "whose answer counts may be asked again")
	rules(models.RulingReplaced)
	require.False(t, proposable())
	proposals, err := models.ShareOutReviews(t.Context(), n.db, []models.Recommendation{rec}, []int{1}, 0)
	require.NoError(t, err)
	for _, p := range proposals {
		require.Empty(t, p.Experts)
	}
}

func TestConflictsOfExpertsAreSeen(t *testing.T) {
	n := newNetwork(t)
	fits := knows("BG", []string{"en"}, "care")
	n.person(t, "own", models.RoleExpert, n.partner, fits)
	asked := n.person(t, "asked", models.RoleExpert, n.academics, fits)
	n.person(t, "free", models.RoleExpert, n.academics, knows("HR", []string{"en"}))
	rec := n.reviewable(t, n.person(t, "officer", models.RoleOfficer, n.partner))
	n.openTask(t, rec.ID, "review", asked)
	_, err := n.db.NewRaw(`UPDATE tasks SET state = 'declined', closed_at = now() WHERE person_id = ?`, asked.ID).Exec(t.Context())
	require.NoError(t, err)

	experts, err := models.ExpertsFor(t.Context(), n.db, models.WantedFor(&rec))
	require.NoError(t, err)
	require.Equal(t, []string{"asked", "free", "own"}, expertNames(experts), "whose text it is comes last")
	require.True(t, experts[0].NotBefore)
	require.False(t, experts[0].Proposable())
	require.True(t, experts[1].Proposable())
	require.True(t, experts[2].OwnText)
	require.False(t, experts[2].Proposable())
}
