package models_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/models"
)

// desk is a recommendation in review with everybody around it.
type desk struct {
	measures int // added by followed
	network
	rec                              *models.Recommendation
	version                          *models.Version
	officer, expert, partner, sister models.Person
	stranger, coordinator            models.Person
	authority                        models.Authority
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{network: newNetwork(t)}
	ctx := t.Context()
	d.officer = d.person(t, "officer", models.RoleOfficer, d.network.partner)
	d.expert = d.person(t, "expert", models.RoleExpert, d.academics, func(p *models.Person) { p.Topics = []string{"care"}; p.CountryCode = "AL" })
	d.partner = d.person(t, "partner", models.RolePartner, d.lead)
	d.sister = d.person(t, "sister", models.RolePartner, d.delegation)
	d.stranger = d.person(t, "stranger", models.RoleReader, d.academics)
	d.coordinator = d.person(t, "coordinator", models.RoleCoordinator, d.lead)
	insert(t, d.db, &models.Topic{Slug: "care", Names: models.Names{"en": "Care"}})
	d.authority = models.Authority{ID: models.NewID(), Slug: "ministry", CountryCode: "AL", Level: models.LevelState, Names: models.Names{"en": "Ministry"}}
	insert(t, d.db, &d.authority)
	insert(t, d.db, &models.Procedure{ID: models.NewID(), Slug: "rules", Version: 1, Names: models.Names{"en": "Rules"}, CreatedAt: noon,
		Document: models.ProcedureDocument{SignOff: models.SignOffRules{Rule: models.SignOffNoObjection, Quorum: 1, Silence: models.SilenceWaits}}})
	var err error
	d.rec, err = models.CreateRecommendation(ctx, d.db, models.RecommendationInput{Kind: "analysis", Language: "en", OrganisationID: d.network.partner.ID,
		Procedure: "rules", Languages: []string{"bg"}, Countries: []string{"AL", "BG"}, Topics: []string{"care"},
		Draft: models.Draft{Title: "A text", Body: "# One\n\nTwo.", Measures: []models.DraftMeasure{{Text: "Do it", AuthorityIDs: []uuid.UUID{d.authority.ID}}}}},
		d.officer, noon)
	require.NoError(t, err)
	d.version, err = models.VersionByID(ctx, d.db, *d.rec.CurrentVersionID)
	require.NoError(t, err)
	d.enter(t, models.StageReview)
	d.rec.Round = 1
	require.NoError(t, d.rec.Save(ctx, d.db, noon))
	insert(t, d.db, &models.ReviewRound{RecommendationID: d.rec.ID, Number: 1, VersionID: d.version.ID, Invited: []uuid.UUID{d.expert.ID},
		Reserve: []uuid.UUID{}, Enough: 1, DueAt: noon.AddDate(0, 0, 5)})
	return d
}

func (d *desk) enter(t *testing.T, s models.Stage) {
	t.Helper()
	d.rec.Enter(s, noon)
	require.NoError(t, d.rec.Save(t.Context(), d.db, noon))
}

// ask opens a task that is due the given number of days from noon.
func (d *desk) ask(t *testing.T, kind models.TaskKind, person *models.Person, organisation *models.Organisation, days int) *models.Task {
	t.Helper()
	due := noon.AddDate(0, 0, days)
	task := &models.Task{ID: models.NewID(), ProcessID: d.rec.ID, RecommendationID: d.rec.ID, Kind: kind, Round: 1, VersionID: &d.version.ID,
		State: models.TaskOpen, OpenedAt: noon, DueAt: due, GraceUntil: due.AddDate(0, 0, 2), Generation: 1}
	if person != nil {
		task.PersonID = &person.ID
	}
	if organisation != nil {
		task.OrganisationID = &organisation.ID
	}
	require.NoError(t, task.Insert(t.Context(), d.db))
	return task
}

func (d *desk) viewer(t *testing.T, p models.Person) models.Viewer {
	t.Helper()
	v, err := models.ViewerOf(t.Context(), d.db, p.ID)
	require.NoError(t, err)
	return v
}

func TestWaitingIsForThoseAskedAndThoseWhoSpeakForThem(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	review := d.ask(t, models.TaskReview, &d.expert, nil, 3)
	consult := d.ask(t, models.TaskConsult, nil, &d.lead, 4)
	late := d.ask(t, models.TaskDecideReview, &d.officer, nil, -1)
	escalation := d.ask(t, models.TaskEscalation, &d.coordinator, nil, 9)
	_, err := d.db.NewUpdate().Model(escalation).Set("subject_id = ?", late.ID).WherePK().Exec(ctx)
	require.NoError(t, err)

	waiting := func(v models.Viewer) []models.WaitingItem {
		items, err := models.Waiting(ctx, d.db, v, noon)
		require.NoError(t, err)
		n, err := models.CountWaiting(ctx, d.db, v)
		require.NoError(t, err)
		require.Len(t, items, n, "the list and its count agree")
		return items
	}
	require.Equal(t, review.ID, waiting(d.viewer(t, d.expert))[0].TaskID)
	for _, p := range []models.Person{d.partner, d.sister} {
		items := waiting(d.viewer(t, p))
		require.Len(t, items, 1, "a vote is spoken for by every sister")
		require.Equal(t, consult.ID, items[0].TaskID)
		require.Equal(t, "lead", items[0].Organisation)
	}
	officer := waiting(d.viewer(t, d.officer))
	require.Len(t, officer, 1)
	require.True(t, officer[0].Overdue)
	coordinator := waiting(d.viewer(t, d.coordinator))
	require.Len(t, coordinator, 2)
	require.Equal(t, models.TaskDecideReview, coordinator[1].OverdueKind)
	require.Equal(t, late.DueAt.UTC(), coordinator[1].OverdueDue.UTC())

	require.Empty(t, waiting(d.viewer(t, d.stranger)))
	require.Empty(t, waiting(models.Viewer{}))
	require.Len(t, waiting(models.Viewer{PersonID: d.officer.ID, LinkTask: late.ID}), 1)

	held := noon
	d.rec.HeldAt = &held
	require.NoError(t, d.rec.Save(ctx, d.db, noon))
	onHold := waiting(d.viewer(t, d.officer))
	require.True(t, onHold[0].Held)
	require.False(t, onHold[0].Overdue, "on hold nothing is overdue")
}

func TestWaitingShowsWhatIsOverdueFirst(t *testing.T) {
	d := newDesk(t)
	soon := d.ask(t, models.TaskChooseReviewer, &d.officer, nil, 1)
	later := d.ask(t, models.TaskPublish, &d.officer, nil, 2)
	overdue := d.ask(t, models.TaskDecideReview, &d.officer, nil, -1)
	items, err := models.Waiting(t.Context(), d.db, d.viewer(t, d.officer), noon)
	require.NoError(t, err)
	var order []uuid.UUID
	for _, i := range items {
		order = append(order, i.TaskID)
	}
	require.Equal(t, []uuid.UUID{overdue.ID, soon.ID, later.ID}, order)
}

func TestAwaitedNamesExpertsToOwnersOnly(t *testing.T) {
	d := newDesk(t)
	d.ask(t, models.TaskReview, &d.expert, nil, 3)
	d.ask(t, models.TaskConsult, nil, &d.lead, 4)
	d.ask(t, models.TaskDecideReview, &d.officer, nil, 5)
	awaited := func(v models.Viewer) []models.AwaitedItem {
		items, err := models.Awaited(t.Context(), d.db, v, d.rec, noon)
		require.NoError(t, err)
		return items
	}
	for _, p := range []models.Person{d.officer, d.coordinator, d.expert} {
		require.Equal(t, "expert", awaited(d.viewer(t, p))[0].Person, p.Name)
	}
	partner := awaited(d.viewer(t, d.partner))
	require.Len(t, partner, 3)
	require.True(t, partner[0].Hidden)
	require.Empty(t, partner[0].Person)
	require.Nil(t, partner[0].PersonID)
	require.Equal(t, "lead", partner[1].Organisation)
	require.Equal(t, "officer", partner[2].Person)
	require.True(t, awaited(models.Viewer{PersonID: d.stranger.ID})[2].Hidden)
	require.Empty(t, awaited(models.Viewer{}))
}

func TestRibbonTellsTheSevenSteps(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	ribbon := func() models.RibbonState {
		s, err := models.RibbonOf(ctx, d.db, d.rec, noon)
		require.NoError(t, err)
		require.Len(t, s.Steps, 7)
		return s
	}
	states := func() []models.RibbonStepState {
		var all []models.RibbonStepState
		for _, s := range ribbon().Steps {
			all = append(all, s.State)
		}
		return all
	}
	const done, now, next, skipped = models.RibbonDone, models.RibbonNow, models.RibbonToCome, models.RibbonSkipped
	const held, ended = models.RibbonHeld, models.RibbonEnded

	review := d.ask(t, models.TaskReview, &d.expert, nil, 3)
	consult := d.ask(t, models.TaskConsult, nil, &d.lead, 2)
	require.Equal(t, []models.RibbonStepState{done, now, next, next, next, next, next}, states())
	step := ribbon().Steps[1]
	require.Equal(t, consult.DueAt.UTC(), step.Until.UTC(), "the next deadline")
	require.Equal(t, []models.RibbonWhom{{Kind: models.TaskConsult, Count: 1, Organisation: "lead", Concerned: []string{"delegation"}},
		{Kind: models.TaskReview, Count: 1, Concerned: []string{}}}, step.Whom)

	at := noon
	d.rec.HeldAt = &at
	require.Equal(t, held, states()[1])
	require.Nil(t, ribbon().Steps[1].Until, "a deadline that moves is not told")
	d.rec.HeldAt = nil

	for _, task := range []*models.Task{review, consult} {
		task.Close(models.TaskDone, noon)
		require.NoError(t, task.Save(ctx, d.db))
	}
	d.rec.AcceptedVersionID, d.rec.Languages = &d.version.ID, []string{"en"}
	d.enter(t, models.StagePublication)
	require.Equal(t, []models.RibbonStepState{done, done, skipped, skipped, now, next, next}, states(), "nobody was asked to sign, nothing was translated")

	d.rec.PublishedAt = &at
	d.enter(t, models.StageDone)
	require.Equal(t, []models.RibbonStepState{done, done, skipped, skipped, done, next, skipped}, states(), "no measure is followed up")
	measures, err := models.Measures(ctx, d.db, d.rec.ID)
	require.NoError(t, err)
	askAt := noon.AddDate(0, 2, 0)
	insert(t, d.db, &models.FollowUp{ID: models.NewID(), RecommendationID: d.rec.ID, MeasureID: measures[0].ID, AuthorityID: d.authority.ID,
		OrganisationID: &d.lead.ID, Status: "no_reply", StatusSince: noon, Period: 1, AskAt: &askAt, CreatedAt: noon})
	require.Equal(t, now, states()[6])
	require.Equal(t, askAt.UTC(), ribbon().Steps[6].Until.UTC())

	from := models.StageSignOff
	d.rec.WithdrawnFrom, d.rec.PublishedAt = &from, nil
	d.rec.Languages = []string{"en", "bg"}
	d.enter(t, models.StageWithdrawn)
	require.True(t, ribbon().Withdrawn)
	require.Equal(t, []models.RibbonStepState{done, done, skipped, ended, skipped, skipped, skipped}, states(), "what had been done stays done")
}

// A round that is closing ends for experts when it closes, for partners when their own time is over.
func TestRibbonTellsPartnersTheirOwnTimeWhileARoundIsClosing(t *testing.T) {
	d := newDesk(t)
	closing := noon.Add(time.Hour)
	_, err := d.db.NewUpdate().Model((*models.ReviewRound)(nil)).Set("closing_at = ?", closing).Where("recommendation_id = ?", d.rec.ID).Exec(t.Context())
	require.NoError(t, err)
	until := func() time.Time {
		s, err := models.RibbonOf(t.Context(), d.db, d.rec, noon)
		require.NoError(t, err)
		return s.Steps[1].Until.UTC()
	}
	require.Equal(t, closing.UTC(), until(), "nobody is awaited")
	consult := d.ask(t, models.TaskConsult, nil, &d.lead, 2)
	require.Equal(t, consult.DueAt.UTC(), until())
	d.ask(t, models.TaskReview, &d.expert, nil, 3)
	require.Equal(t, closing.UTC(), until())
}

func TestDashboardCountsWhatTheViewerMayRead(t *testing.T) {
	d := newDesk(t)
	d.ask(t, models.TaskReview, &d.expert, nil, -1)
	d.ask(t, models.TaskDecideReview, &d.officer, nil, 2)
	board := func(v models.Viewer, f models.DashboardFilter) models.DashboardData {
		b, err := models.Dashboard(t.Context(), d.db, v, f, noon)
		require.NoError(t, err)
		return b
	}
	b := board(d.viewer(t, d.sister), models.DashboardFilter{})
	require.Equal(t, 1, b.Total)
	require.Equal(t, 1, b.Overdue)
	require.Equal(t, map[models.Stage]int{models.StageReview: 1}, b.Stages)
	require.Equal(t, "AL", b.Countries[0].Country)
	require.Len(t, b.Countries, 2)
	require.Equal(t, 2, b.Rows[0].Awaited)
	require.Equal(t, 1, b.Rows[0].Overdue)
	require.Equal(t, noon.AddDate(0, 0, -1).UTC(), b.Rows[0].AwaitedUntil.UTC())
	require.Equal(t, []string{"AL", "BG"}, b.Rows[0].Countries)

	require.Zero(t, board(models.Viewer{}, models.DashboardFilter{}).Total, "nothing of it is public")
	require.Zero(t, board(d.viewer(t, d.stranger), models.DashboardFilter{}).Total)
	require.Empty(t, board(d.viewer(t, d.sister), models.DashboardFilter{Countries: []string{"HR"}}).Rows)
	require.Empty(t, board(d.viewer(t, d.sister), models.DashboardFilter{Status: "adopted"}).Rows)
	require.Len(t, board(d.viewer(t, d.sister), models.DashboardFilter{Countries: []string{"AL"}, Stage: models.StageReview, OverdueOnly: true}).Rows, 1)
	b, err := models.Dashboard(t.Context(), d.db, d.viewer(t, d.sister), models.DashboardFilter{OverdueOnly: true}, noon.Add(-48*time.Hour))
	require.NoError(t, err)
	require.Empty(t, b.Rows, "two days before nothing was overdue")
}
