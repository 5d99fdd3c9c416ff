package models_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

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

func (d *desk) requireCounted(t *testing.T) {
	t.Helper()
	requireCounted(t, d.db)
}

// requireCounted holds what is kept against what is there.
func requireCounted(t *testing.T, db bun.IDB) {
	t.Helper()
	const there = `SELECT f.authority_id::text || f.status || (r.kind = 'imported')::text || count(*)::text FROM followups AS f
		JOIN recommendations AS r ON r.id = f.recommendation_id WHERE f.ended_at IS NULL GROUP BY f.authority_id, f.status, r.kind = 'imported' ORDER BY 1`
	const kept = `SELECT authority_id::text || status || imported::text || sum(n)::text FROM followup_counts
		GROUP BY authority_id, status, imported HAVING sum(n) <> 0 ORDER BY 1`
	var want, got []string
	require.NoError(t, db.NewRaw(there).Scan(t.Context(), &want))
	require.NoError(t, db.NewRaw(kept).Scan(t.Context(), &got))
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

// requireOpenCounted holds the kept counts of recommendations, and the countries kept beside them, against what is there.
func (d *desk) requireOpenCounted(t *testing.T) {
	t.Helper()
	const there = `SELECT codes::text || stage || held::text || count(*)::text FROM (SELECT r.stage, r.held_at IS NOT NULL AS held,
			ARRAY(SELECT rc.country_code FROM recommendation_countries AS rc WHERE rc.recommendation_id = r.id ORDER BY 1) AS codes
			FROM recommendations AS r WHERE r.kind <> 'imported' AND r.published_at IS NOT NULL AND r.quarantined_at IS NULL) AS open
		GROUP BY codes, stage, held ORDER BY 1`
	const kept = `SELECT country_codes::text || stage || held::text || sum(n)::text FROM recommendation_counts
		GROUP BY country_codes, stage, held HAVING sum(n) <> 0 ORDER BY 1`
	var want, got []string
	require.NoError(t, d.db.NewRaw(there).Scan(t.Context(), &want))
	require.NoError(t, d.db.NewRaw(kept).Scan(t.Context(), &got))
	require.Equal(t, want, got)
}

func TestWhatEverybodyMayReadIsCountedAsItChanges(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	changed := func(sql string, args ...any) {
		t.Helper()
		_, err := d.db.NewRaw(sql, args...).Exec(ctx)
		require.NoError(t, err)
		d.requireOpenCounted(t)
	}
	d.requireOpenCounted(t)
	at := noon
	d.rec.PublishedAt = &at
	d.enter(t, models.StagePublication)
	d.requireOpenCounted(t)
	d.enter(t, models.StageDone)
	d.requireOpenCounted(t)
	changed("DELETE FROM recommendation_countries WHERE country_code = 'AL'")
	changed("INSERT INTO recommendation_countries SELECT id, 'HR' FROM recommendations")
	changed("UPDATE recommendations SET held_at = ?", noon)
	d.hide(t, true)
	d.requireOpenCounted(t)
	d.hide(t, false)
	changed("UPDATE recommendations SET kind = 'imported'")
	changed("UPDATE recommendations SET kind = 'analysis'")
	for range 2 {
		require.NoError(t, models.CompactRecommendationCounts(ctx, d.db))
		d.requireOpenCounted(t)
	}
	_, err := d.db.NewRaw("UPDATE recommendation_countries SET country_code = 'RO'").Exec(ctx)
	require.Error(t, err, "they are added and removed, never renamed")
}

func TestWhatBecameOfMeasuresByStage(t *testing.T) {
	d := newDesk(t)
	at := noon
	d.rec.PublishedAt = &at
	d.enter(t, models.StagePublication)
	d.followed(t, "BG", "adopted", noon)
	d.followed(t, "AL", "stalled", noon)
	adopted := func(p models.Person, f models.DashboardFilter) (n int) {
		t.Helper()
		f.Status = "adopted"
		b, err := models.Dashboard(t.Context(), d.db, d.viewer(t, p), f, noon)
		require.NoError(t, err)
		for _, s := range b.Statuses {
			require.Equal(t, f.Status, s.Status)
			n += s.Count
		}
		return n
	}
	bg, hr := []string{"BG"}, []string{"HR"}
	by := func(p models.Person, stage models.Stage) []int {
		return []int{adopted(p, models.DashboardFilter{Stage: stage}), adopted(p, models.DashboardFilter{Stage: stage, Countries: bg}),
			adopted(p, models.DashboardFilter{Stage: stage, Countries: hr})}
	}
	for stage, want := range map[models.Stage][]int{"": {1, 1, 0}, models.StagePublication: {1, 1, 0}, models.StageDone: {0, 0, 0}} {
		require.Equal(t, want, by(d.stranger, stage), stage)
	}
	d.enter(t, models.StageDone)
	for stage, want := range map[models.Stage][]int{"": {1, 1, 0}, models.StagePublication: {0, 0, 0}, models.StageDone: {1, 1, 0}} {
		require.Equal(t, want, by(d.stranger, stage), stage)
	}
	d.hide(t, true)
	for _, stage := range []models.Stage{"", models.StageDone} {
		require.Equal(t, []int{0, 0, 0}, by(d.stranger, stage), "what is hidden is not counted")
		require.Equal(t, []int{0, 0, 0}, by(d.coordinator, stage), "nor for whom may read it: the list shows it to nobody")
	}
}

func TestAFollowUpKnowsItsCountry(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	f := d.followed(t, "BG", "adopted", noon)
	in := func(country string) int {
		n, _, err := models.CountFollowUps(ctx, d.db, models.FollowUpFilter{Country: country})
		require.NoError(t, err)
		return n
	}
	require.Equal(t, 1, in("BG"))
	_, err := d.db.NewRaw("UPDATE authorities SET country_code = 'HR' WHERE id = ?", f.AuthorityID).Exec(ctx)
	require.NoError(t, err)
	require.Equal(t, []int{0, 1}, []int{in("BG"), in("HR")}, "it moves with its authority")
	_, err = d.db.NewRaw("UPDATE authorities SET country_code = NULL WHERE id = ?", f.AuthorityID).Exec(ctx)
	require.NoError(t, err)
	require.Zero(t, in("HR"), "an authority of no country")
}

func TestMovedIsWhatTheViewerMayReadSinceTheyLooked(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	d.enter(t, models.StageReview)
	f := d.followed(t, "BG", "adopted", noon.Add(time.Hour))
	d.followed(t, "AL", "no_reply", noon.Add(time.Hour))
	moved := func(v models.Viewer, countries []string, since time.Time) []models.Moved {
		list, until, err := models.MovedSince(ctx, d.db, v, countries, since, noon.Add(3*time.Hour), 10)
		require.NoError(t, err)
		require.Equal(t, noon.Add(3*time.Hour), until)
		return list
	}
	before := noon.Add(-time.Hour)
	list := moved(d.viewer(t, d.sister), nil, before)
	require.Len(t, list, 2, "silence is no move")
	require.Equal(t, f.ID, *list[0].FollowUpID, "the newest first")
	require.Equal(t, models.StageReview, list[1].Stage)
	require.Len(t, moved(d.viewer(t, d.stranger), nil, before), 1, "the text is not for strangers; what became of measures is")
	require.Empty(t, moved(d.viewer(t, d.sister), []string{"HR"}, before))
	require.Empty(t, moved(d.viewer(t, d.sister), nil, noon.Add(2*time.Hour)))

	oldest, until, err := models.MovedSince(ctx, d.db, d.viewer(t, d.sister), nil, before, noon.Add(3*time.Hour), 1)
	require.NoError(t, err)
	require.Len(t, oldest, 1)
	require.Equal(t, models.StageReview, oldest[0].Stage, "of too many the oldest come first")
	require.Equal(t, noon.UTC(), until.UTC(), "and what came after is not taken for seen")

	at, said, err := models.SeenAt(ctx, d.db, d.sister.ID, noon)
	require.NoError(t, err)
	require.False(t, said)
	require.Equal(t, noon.AddDate(0, 0, -14), at)
	for _, until := range []time.Time{noon, noon.Add(-time.Hour)} {
		require.NoError(t, models.MarkSeen(ctx, d.db, d.sister.ID, until))
		at, said, err = models.SeenAt(ctx, d.db, d.sister.ID, noon)
		require.NoError(t, err)
		require.True(t, said)
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
	stages := func() map[models.Stage]models.PipelineStage { return d.pipeline(t) }
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

// pipeline returns the seven steps by their name.
func (d *desk) pipeline(t *testing.T) map[models.Stage]models.PipelineStage {
	t.Helper()
	list, err := models.Pipeline(t.Context(), d.db, noon)
	require.NoError(t, err)
	require.Len(t, list, 7)
	by := map[models.Stage]models.PipelineStage{}
	for _, s := range list {
		by[models.Stage(s.Step)] = s
	}
	return by
}

func TestPipelineGoesOnAfterPublication(t *testing.T) {
	d := newDesk(t)
	changed := func(sql string, args ...any) {
		t.Helper()
		_, err := d.db.NewRaw(sql, args...).Exec(t.Context())
		require.NoError(t, err)
	}
	require.Zero(t, d.pipeline(t)[models.StepCampaign].Now+d.pipeline(t)[models.StepFollowUp].Now)
	changed(`UPDATE procedures SET document = document || '{"follow_up": {"first": "90d", "every": "90d", "report": {"due": "14d"}}}'`)
	at := noon.AddDate(0, -3, 0)
	d.rec.PublishedAt = &at
	d.enter(t, models.StageDone)
	f := d.followed(t, "BG", "no_reply", at)
	changed(`INSERT INTO campaigns (id, recommendation_id, title, officer_id, created_at) VALUES (?0, ?0, 'Write', ?1, ?2)`, d.rec.ID, d.officer.ID, at)
	mailing := func(state string, finished *time.Time) {
		changed(`INSERT INTO mailings (id, campaign_id, recommendation_id, state, fallback_language, created_by, created_at, finished_at)
			VALUES (?, ?, ?, ?, 'en', ?, ?, ?)`, models.NewID(), d.rec.ID, d.rec.ID, state, d.officer.ID, at, finished)
	}
	over := at.AddDate(0, 0, 10)
	mailing("sent", &over)
	campaign := d.pipeline(t)[models.StepCampaign]
	require.Equal(t, models.PipelineStage{Step: models.StepCampaign, Ended: 1, Median: 10 * 24 * time.Hour}, campaign)
	mailing("paused", nil)
	campaign = d.pipeline(t)[models.StepCampaign]
	require.Equal(t, []int{1, 1, 0}, []int{campaign.Now, campaign.Held, campaign.Ended}, "it goes on, and waits")

	asked := d.ask(t, models.TaskReportProgress, nil, &d.lead, -1)
	asked.OpenedAt = noon.AddDate(0, 0, -6)
	require.NoError(t, asked.Save(t.Context(), d.db))
	followUp := d.pipeline(t)[models.StepFollowUp]
	require.Equal(t, []int{1, 1, 0}, []int{followUp.Now, followUp.Long, followUp.Ended}, "the answer is late")
	require.InDelta(t, 14*24, followUp.Procedure.Hours(), 24)
	asked.Close(models.TaskDone, noon)
	require.NoError(t, asked.Save(t.Context(), d.db))
	followUp = d.pipeline(t)[models.StepFollowUp]
	require.Equal(t, []int{1, 0, 1}, []int{followUp.Now, followUp.Long, followUp.Ended})
	require.Equal(t, 6*24*time.Hour, followUp.Median)
	f.EndedAt = &over
	require.NoError(t, f.Save(t.Context(), d.db))
	require.Zero(t, d.pipeline(t)[models.StepFollowUp].Now)
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
