package activities

import (
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"tribuna/internal/demo"
	"tribuna/internal/record"
	"tribuna/models"
)

// TestCoordinatorActsForOthersAsCoordinator: what a coordinator decides or writes for an organisation in which they are
// nobody says so; what its own officer does, or the coordinator for their own organisation, is in its name alone.
func TestCoordinatorActsForOthersAsCoordinator(t *testing.T) {
	d := newDesk(t, nil)
	coordinator := d.coordinator()
	last := func() record.Item {
		t.Helper()
		items, err := record.List(d.ctx, d.db, d.rec.ID, record.Public, record.Network, record.Confidential)
		require.NoError(t, err)
		return items[len(items)-1]
	}
	d.decide(d.rec.ID, models.DecideHold, coordinator, nil, models.ReasonPayload{Reason: "Elections."})
	held := last()
	require.Equal(t, []any{record.Institutional, d.rec.OrganisationID, models.RoleCoordinator}, []any{held.Capacity, held.Organisation, held.Facts[record.FactAs]})
	d.says(models.DecideResume, nil, models.NoPayload{})
	require.Empty(t, last().Facts[record.FactAs])

	write := func(who models.Person) {
		d.tx(func(tx bun.Tx) {
			_, err := models.SaveVersion(d.ctx, tx, d.rec, models.Draft{Title: "By " + who.Name, Body: "First."}, who, d.clock)
			require.NoError(t, err)
		})
	}
	write(coordinator)
	require.Equal(t, models.RoleCoordinator, last().Facts[record.FactAs])
	write(d.officer)
	require.Empty(t, last().Facts[record.FactAs])
	own, err := models.RolesOf(d.ctx, d.db, coordinator.ID)
	require.NoError(t, err)
	_, err = d.db.NewUpdate().Model(d.rec).Set("organisation_id = ?", own[0].OrganisationID).WherePK().Exec(d.ctx)
	require.NoError(t, err)
	d.rec.OrganisationID = own[0].OrganisationID
	write(coordinator)
	require.Empty(t, last().Facts[record.FactAs], "in their own organisation they are its own")
	d.whole()
}

// TestWhatACoordinatorWritesDownOrReportsForOthers says for whom, and that it was the coordinator.
func TestWhatACoordinatorWritesDownOrReportsForOthers(t *testing.T) {
	d := newDesk(t, nil)
	coordinator := d.coordinator()
	d.startReview(d.experts[0])
	sub, err := models.NewSubmission(d.rec.ID, uuid.NewString(), models.DecideAnswerReview, coordinator.ID,
		models.ReviewPayload{VersionHash: d.version.Hash, Answer: models.AnswerSupport})
	require.NoError(t, err)
	sub.TaskID, sub.OnBehalfOf, sub.BehalfNote = &d.reviewOf(d.experts[0]).ID, &d.experts[0].ID, "By letter."
	stored, err := models.Receive(d.ctx, d.db, sub, d.clock)
	require.NoError(t, err)
	require.Equal(t, models.SubmissionRecorded, d.outcome(stored).State)
	items, err := record.List(d.ctx, d.db, d.rec.ID, record.Confidential)
	require.NoError(t, err)
	said := items[len(items)-1]
	require.Equal(t, "review.answered", said.Verb)
	require.Equal(t, models.RoleCoordinator, said.Facts["recorded_as"])
	require.Empty(t, said.Facts[record.FactAs], "the words are the expert's")

	d.tx(func(tx bun.Tx) {
		x := &act{tx: tx, now: d.clock, id: "followed", rec: d.rec}
		require.NoError(t, x.followMeasure(d.ctx, d.version.Measures[0].ID, demo.ID("authority", "bg-ministry-labour-social-policy")))
	})
	list, err := models.FollowUps(d.ctx, d.db, models.FollowUpFilter{Recommendation: d.rec.ID})
	require.NoError(t, err)
	for _, by := range []models.Person{coordinator, d.person("stoyan.velev@tribuna.example")} {
		d.pass(day)
		d.decide(list[0].ID, models.DecideReportProgress, by, nil, models.ProgressPayload{Status: "committed", Note: "In the budget.", DayUnknown: true})
		var n models.ProgressNote
		require.NoError(t, d.db.NewSelect().Model(&n).Where("person_id = ?", by.ID).Scan(d.ctx))
		require.Equal(t, d.rec.OrganisationID, *n.SpokenBy)
		require.Equal(t, by.ID == coordinator.ID, n.AsCoordinator)
	}
	d.whole()
}
