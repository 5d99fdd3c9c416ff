package models_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/models"
)

// followed adds a follow-up of a measure of its own at an authority of a country.
func (d *desk) followed(t *testing.T, country string, status models.FollowUpStatus, since time.Time) *models.FollowUp {
	t.Helper()
	a := &models.Authority{ID: models.NewID(), Slug: "a-" + uuid.NewString(), CountryCode: country, Level: "state", Names: models.Names{"en": "Ministry of " + country}}
	m := &models.Measure{ID: models.NewID(), RecommendationID: d.rec.ID, Number: d.measures + 10, Text: "Fund it."}
	d.measures++
	ask := noon.AddDate(1, 0, 0)
	f := &models.FollowUp{ID: models.NewID(), RecommendationID: d.rec.ID, MeasureID: m.ID, AuthorityID: a.ID, OrganisationID: &d.rec.OrganisationID,
		Status: status, StatusSince: since, Period: 1, AskAt: &ask, CreatedAt: noon}
	insert(t, d.db, a)
	insert(t, d.db, m)
	require.NoError(t, f.Insert(t.Context(), d.db))
	return f
}

// requireCounted holds what is kept against what is there.
func (d *desk) requireCounted(t *testing.T) {
	t.Helper()
	const there = `SELECT f.authority_id::text || f.status || (r.kind = 'imported')::text || count(*)::text FROM followups AS f
		JOIN recommendations AS r ON r.id = f.recommendation_id WHERE f.ended_at IS NULL GROUP BY f.authority_id, f.status, r.kind = 'imported' ORDER BY 1`
	const kept = `SELECT authority_id::text || status || imported::text || sum(n)::text FROM followup_counts
		GROUP BY authority_id, status, imported HAVING sum(n) <> 0 ORDER BY 1`
	var want, got []string
	require.NoError(t, d.db.NewRaw(there).Scan(t.Context(), &want))
	require.NoError(t, d.db.NewRaw(kept).Scan(t.Context(), &got))
	require.Equal(t, want, got)
}

func TestFollowUpsAreCountedAsTheyChange(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	d.requireCounted(t)
	first, second := d.followed(t, "BG", "no_reply", noon), d.followed(t, "BG", "no_reply", noon)
	d.followed(t, "AL", "adopted", noon)
	d.requireCounted(t)
	first.Status = "committed"
	require.NoError(t, first.Save(ctx, d.db))
	d.requireCounted(t)
	require.NoError(t, first.Save(ctx, d.db), "nothing changed")
	d.requireCounted(t)
	ended := noon
	second.EndedAt = &ended
	require.NoError(t, second.Save(ctx, d.db))
	d.requireCounted(t)
	require.NoError(t, models.CompactFollowUpCounts(ctx, d.db))
	require.NoError(t, models.CompactFollowUpCounts(ctx, d.db))
	d.requireCounted(t)
	_, err := d.db.NewDelete().Model((*models.FollowUp)(nil)).Where("id = ?", first.ID).Exec(ctx)
	require.NoError(t, err)
	d.requireCounted(t)

	list, err := models.FollowUpsByAuthority(ctx, d.db, "AL")
	require.NoError(t, err)
	require.Len(t, list, 1)
	require.Equal(t, 1, list[0].Total)
	require.Equal(t, 1, list[0].Reached)
	require.Zero(t, list[0].NoReply+list[0].Moving+list[0].Lost)
}

func TestMovedIsWhatTheViewerMayReadSinceTheyLooked(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	d.enter(t, models.StageReview)
	f := d.followed(t, "BG", "adopted", noon.Add(time.Hour))
	d.followed(t, "AL", "no_reply", noon.Add(time.Hour))
	moved := func(v models.Viewer, country string, since time.Time) []models.Moved {
		list, until, err := models.MovedSince(ctx, d.db, v, country, since, noon.Add(3*time.Hour), 10)
		require.NoError(t, err)
		require.Equal(t, noon.Add(3*time.Hour), until)
		return list
	}
	before := noon.Add(-time.Hour)
	list := moved(d.viewer(t, d.sister), "", before)
	require.Len(t, list, 2, "silence is no move")
	require.Equal(t, f.ID, *list[0].FollowUpID, "the newest first")
	require.Equal(t, models.StageReview, list[1].Stage)
	require.Len(t, moved(d.viewer(t, d.stranger), "", before), 1, "the text is not for strangers; what became of measures is")
	require.Empty(t, moved(d.viewer(t, d.sister), "HR", before))
	require.Empty(t, moved(d.viewer(t, d.sister), "", noon.Add(2*time.Hour)))

	oldest, until, err := models.MovedSince(ctx, d.db, d.viewer(t, d.sister), "", before, noon.Add(3*time.Hour), 1)
	require.NoError(t, err)
	require.Len(t, oldest, 1)
	require.Equal(t, models.StageReview, oldest[0].Stage, "of too many the oldest come first")
	require.Equal(t, noon.UTC(), until.UTC(), "and what came after is not taken for seen")

	at, err := models.SeenAt(ctx, d.db, d.sister.ID, noon)
	require.NoError(t, err)
	require.Equal(t, noon.AddDate(0, 0, -14), at)
	for _, until := range []time.Time{noon, noon.Add(-time.Hour)} {
		require.NoError(t, models.MarkSeen(ctx, d.db, d.sister.ID, until))
		at, err = models.SeenAt(ctx, d.db, d.sister.ID, noon)
		require.NoError(t, err)
		require.Equal(t, noon.UTC(), at.UTC(), "it never goes back")
	}
}

func TestPipelineMeasuresStages(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	at := func(stage models.Stage, when time.Time) {
		d.rec.Enter(stage, when)
		require.NoError(t, d.rec.Save(ctx, d.db, when))
	}
	_, err := d.db.NewRaw(`UPDATE procedures SET document = document || '{"review": {"due": "10wd", "decide": {"due": "5wd"}},
		"translation": {"translate": {"due": "5wd"}, "approve": {"due": "2wd"}}}'`).Exec(ctx)
	require.NoError(t, err)
	begun := noon.AddDate(0, -2, 0)
	_, err = d.db.NewRaw("UPDATE stage_spells SET entered_at = ?", begun).Exec(ctx)
	require.NoError(t, err)
	at(models.StageTranslation, begun.AddDate(0, 0, 10))
	stages := func() map[models.Stage]models.PipelineStage {
		list, err := models.Pipeline(ctx, d.db, noon)
		require.NoError(t, err)
		require.Len(t, list, 5)
		by := map[models.Stage]models.PipelineStage{}
		for _, s := range list {
			by[s.Stage] = s
		}
		return by
	}
	by := stages()
	require.Equal(t, 1, by[models.StageReview].Ended)
	require.Equal(t, 10*24*time.Hour, by[models.StageReview].Median)
	require.Positive(t, by[models.StageReview].Procedure)
	require.Zero(t, by[models.StageDrafting].Procedure, "drafting takes the time it takes")
	require.Equal(t, 1, by[models.StageTranslation].Now)
	require.Equal(t, 1, by[models.StageTranslation].Long, "seven weeks are more than the procedure gives")
	held := noon
	d.rec.HeldAt = &held
	require.NoError(t, d.rec.Save(ctx, d.db, noon))
	by = stages()
	require.Equal(t, 1, by[models.StageTranslation].Held)
	require.Zero(t, by[models.StageTranslation].Long, "on hold nothing is late")
	long := noon.AddDate(0, -2, 11)
	_, err = d.db.NewRaw("UPDATE recommendations SET held_at = ?", long).Exec(ctx)
	require.NoError(t, err)
	d.rec.HeldAt = nil
	require.NoError(t, d.rec.Save(ctx, d.db, noon))
	by = stages()
	require.Equal(t, 1, by[models.StageTranslation].Now)
	require.Zero(t, by[models.StageTranslation].Long+by[models.StageTranslation].Held, "what it was on hold is nobody's time")
}

func TestCoverageCountsWhatTheViewerMayRead(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	d.enter(t, models.StageReview)
	_, err := d.db.NewRaw("INSERT INTO challenges (slug, names, position) VALUES ('leaving', '{\"en\": \"Leaving care\"}', 1) ON CONFLICT DO NOTHING").Exec(ctx)
	require.NoError(t, err)
	_, err = d.db.NewRaw("INSERT INTO recommendation_challenges VALUES (?, 'leaving')", d.rec.ID).Exec(ctx)
	require.NoError(t, err)
	cells, err := models.Coverage(ctx, d.db, d.viewer(t, d.sister))
	require.NoError(t, err)
	require.Len(t, cells, 2, "one for each country")
	require.Equal(t, models.CoverageCell{Challenge: "leaving", Country: cells[0].Country, UnderWay: 1}, cells[0])
	cells, err = models.Coverage(ctx, d.db, d.viewer(t, d.stranger))
	require.NoError(t, err)
	require.Empty(t, cells)
}
