package models_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"tribuna/internal/access"
	"tribuna/internal/apperr"
	"tribuna/models"
)

// TestTheQueryAndTheTableAreOneRule holds what the SQL shows against what the table of roles allows: every role, in the
// organisation that owns the recommendation, in one of its countries, in one that was asked, in one of another country;
// asked in person or not; in every stage, published or not, withdrawn on the way
// or from the desk.
func TestTheQueryAndTheTableAreOneRule(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	d.ask(t, models.TaskConsult, nil, &d.lead, 4)
	readers := []models.Person{{}, d.officer, d.coordinator, d.stranger}
	for _, role := range models.RoleNames() {
		for place, o := range map[string]models.Organisation{"owner": d.network.partner, "country": d.delegation, "asked": d.lead, "other": d.academics} {
			readers = append(readers, d.person(t, role+"-"+place, role, o))
			involved := d.person(t, role+"-"+place+"-involved", role, o)
			d.ask(t, models.TaskReview, &involved, nil, 3)
			readers = append(readers, involved)
		}
	}
	stages := []models.Stage{models.StageDrafting, models.StageReview, models.StageTranslation, models.StageSignOff,
		models.StagePublication, models.StageDone, models.StageWithdrawn}
	if testing.Short() { // one that is hidden, one that is not, and one withdrawn
		stages = stages[2:4]
	}
	seen := map[bool]int{}
	fromDesk := models.StageDrafting
	for i, stage := range append(stages, models.StageWithdrawn) {
		if d.rec.WithdrawnFrom = nil; i == len(stages) {
			d.rec.WithdrawnFrom = &fromDesk
		}
		for _, published := range []bool{false, true} {
			d.rec.PublishedAt = nil
			if at := noon; published {
				d.rec.PublishedAt = &at
			}
			d.enter(t, stage)
			d.hide(t, stage == models.StageTranslation || stage == models.StageDone && published)
			for _, p := range readers {
				_, err := models.VisibleRecommendation(ctx, d.db, d.viewer(t, p), d.rec.ID)
				shown := err == nil
				require.True(t, shown || apperr.CodeOf(err) == apperr.CodeNotFound, "%v", err)
				actor, err := models.AccessActor(ctx, d.db, p.ID, nil)
				require.NoError(t, err)
				object, err := models.AccessObject(ctx, d.db, d.rec, nil)
				require.NoError(t, err)
				require.Equal(t, access.Can(actor, access.ReadRecommendation, object) == nil, shown, "%s, %s, published %v", p.Name, stage, published)
				d.requireOnDashboard(t, d.viewer(t, p), shown)
				seen[shown]++
			}
		}
	}
	require.Greater(t, seen[true], 100)
	require.Greater(t, seen[false], 100)
}

// requireOnDashboard holds the figures and the rows of the overview against what somebody may read.
func (d *desk) requireOnDashboard(t *testing.T, v models.Viewer, shown bool) {
	t.Helper()
	want := map[bool]int{true: 1}[shown]
	for _, f := range []models.DashboardFilter{{}, {Countries: []string{"BG", "HR"}}, {Stage: d.rec.Stage}} {
		board, err := models.Dashboard(t.Context(), d.db, v, f, noon)
		require.NoError(t, err)
		require.Len(t, board.Rows, want)
		require.Equal(t, want, board.Total)
		require.Equal(t, want, board.Stages[d.rec.Stage])
		require.Equal(t, want == 1 && d.rec.PublishedAt != nil, board.Published == 1)
		require.Equal(t, want == 1, len(board.Countries) > 0)
	}
}

// TestBeyondItsTaskALinkShowsWhatIsPublic: the same for who came by a personal link.
func TestBeyondItsTaskALinkShowsWhatIsPublic(t *testing.T) {
	d := newDesk(t)
	task := d.ask(t, models.TaskReview, &d.expert, nil, 3)
	v := d.viewer(t, d.expert)
	v.LinkTask = task.ID
	_, err := models.VisibleRecommendation(t.Context(), d.db, v, d.rec.ID)
	require.Equal(t, apperr.CodeNotFound, apperr.CodeOf(err))
	at := noon
	d.rec.PublishedAt = &at
	d.enter(t, models.StageDone)
	_, err = models.VisibleRecommendation(t.Context(), d.db, v, d.rec.ID)
	require.NoError(t, err)
}

// hide puts the recommendation in quarantine, or takes it out.
func (d *desk) hide(t *testing.T, hidden bool) {
	t.Helper()
	act := models.LiftQuarantine
	if hidden {
		act = models.Quarantine
	}
	require.NoError(t, d.db.RunInTx(t.Context(), nil, func(ctx context.Context, tx bun.Tx) error {
		_, err := act(ctx, tx, d.rec.ID, d.coordinator, noon)
		return err
	}))
	rec, err := models.RecommendationByID(t.Context(), d.db, d.rec.ID)
	require.NoError(t, err)
	d.rec.QuarantinedAt = rec.QuarantinedAt
}
