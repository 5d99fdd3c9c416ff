package models_test

import (
	"context"
	"database/sql"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
	"tribuna/internal/record"
	"tribuna/models"
)

func TestContentHashNeverChanges(t *testing.T) {
	id, authority := uuid.MustParse("01999999-0000-7000-8000-000000000001"), uuid.MustParse("01999999-0000-7000-8000-000000000002")
	hash := func(change func(title, body *string, m *models.VersionMeasure)) string {
		title, body := "Leaving care", "Първо.\n\nSecond."
		m := models.VersionMeasure{ID: id, Number: 1, Text: "Fund it.", AuthorityIDs: []uuid.UUID{authority}}
		change(&title, &body, &m)
		h, err := models.ContentHash(title, body, []models.VersionMeasure{m})
		require.NoError(t, err)
		return h
	}
	as := hash(func(*string, *string, *models.VersionMeasure) {})
	require.Equal(t, "e1b59530d28e8bf64aeeeebbd29c0840aa5ef4e7b3be69eb307dbdcc2a2c1ff2", as, "records and forms of years ago refer to it")
	for name, change := range map[string]func(title, body *string, m *models.VersionMeasure){
		"title":     func(title, _ *string, _ *models.VersionMeasure) { *title += "." },
		"body":      func(_, body *string, _ *models.VersionMeasure) { *body += " " },
		"measure":   func(_, _ *string, m *models.VersionMeasure) { m.Text = "Fund it now." },
		"number":    func(_, _ *string, m *models.VersionMeasure) { m.Number = 2 },
		"authority": func(_, _ *string, m *models.VersionMeasure) { m.AuthorityIDs = []uuid.UUID{id} },
	} {
		require.NotEqual(t, as, hash(change), name)
	}
	moved := hash(func(title, body *string, _ *models.VersionMeasure) { *title, *body = *title+(*body)[:1], (*body)[1:] })
	require.NotEqual(t, as, moved, "what moves from title to body is another text")
}

// writer is an officer with a recommendation in drafting, and a ministry in Croatia to address.
type writer struct {
	network
	officer  models.Person
	rec      *models.Recommendation
	ministry uuid.UUID
}

func newWriter(t *testing.T) *writer {
	t.Helper()
	n := newNetwork(t)
	d := &writer{network: n, officer: n.person(t, "officer", models.RoleOfficer, n.partner), ministry: models.NewID()}
	insert(t, n.db, &models.Authority{ID: d.ministry, Slug: "ministry", CountryCode: "HR", Level: "state", Names: models.Names{"en": "Ministry"}})
	insert(t, n.db, &models.Procedure{ID: models.NewID(), Slug: "default", Version: 1, Names: models.Names{"en": "Default"}, Document: rules(), CreatedAt: noon})
	d.tx(t, func(ctx context.Context, tx bun.Tx) (err error) {
		d.rec, err = models.CreateRecommendation(ctx, tx, models.RecommendationInput{Kind: "analysis", Language: "en", Procedure: "default",
			OrganisationID: n.partner.ID, Countries: []string{"BG"}, Draft: d.draft("Fund it.")}, d.officer, noon)
		return err
	})
	return d
}

func (d *writer) draft(measures ...string) models.Draft {
	draft := models.Draft{Title: "Leaving care", Body: "First.\n\nSecond."}
	for _, m := range measures {
		draft.Measures = append(draft.Measures, models.DraftMeasure{Text: m, AuthorityIDs: []uuid.UUID{d.ministry}})
	}
	return draft
}

func (d *writer) try(t *testing.T, do func(ctx context.Context, tx bun.Tx) error) error {
	t.Helper()
	return d.db.RunInTx(t.Context(), &sql.TxOptions{}, do)
}

func (d *writer) tx(t *testing.T, do func(ctx context.Context, tx bun.Tx) error) {
	t.Helper()
	require.NoError(t, d.try(t, do))
}

// edit saves a draft on top of a version.
func (d *writer) edit(t *testing.T, seen int, draft models.Draft) (v *models.Version, err error) {
	t.Helper()
	err = d.try(t, func(ctx context.Context, tx bun.Tx) (err error) {
		v, err = models.EditDraft(ctx, tx, d.rec.ID, seen, draft, d.officer, noon.Add(time.Hour))
		return err
	})
	return v, err
}

func (d *writer) versions(t *testing.T) []models.Version {
	t.Helper()
	list, err := models.Versions(t.Context(), d.db, d.rec.ID)
	require.NoError(t, err)
	return list
}

func TestSaveVersionWithoutAChangeIsTheVersionThereIs(t *testing.T) {
	d := newWriter(t)
	first := d.versions(t)[0]
	same := d.draft("Fund it.")
	same.Measures[0].ID = &first.Measures[0].ID
	v, err := d.edit(t, 1, same)
	require.NoError(t, err)
	require.Equal(t, first.ID, v.ID)
	require.Len(t, d.versions(t), 1)
}

func TestSaveVersionKeepsWhatWasAndIsRecorded(t *testing.T) {
	d := newWriter(t)
	first := d.versions(t)[0]
	draft := d.draft("Fund it now.", "Count them.")
	draft.Measures[0].ID, draft.Note = &first.Measures[0].ID, "After the hearing."
	v, err := d.edit(t, 1, draft)
	require.NoError(t, err)
	require.Equal(t, 2, v.Number)
	require.NotEqual(t, first.Hash, v.Hash)
	require.Equal(t, first.Measures[0].ID, v.Measures[0].ID, "a measure keeps its id")
	require.Equal(t, []int{1, 2}, []int{v.Measures[0].Number, v.Measures[1].Number})

	kept, err := models.VersionByNumber(t.Context(), d.db, d.rec.ID, 1)
	require.NoError(t, err)
	require.Equal(t, "Fund it.", kept.Measures[0].Text)
	items, err := record.List(t.Context(), d.db, d.rec.ID, record.Network)
	require.NoError(t, err)
	last := items[len(items)-1]
	require.Equal(t, "version.saved", last.Verb)
	require.Equal(t, v.Hash, last.Facts["hash"])
	require.Equal(t, "After the hearing.", last.Texts["note"])
}

func TestSaveVersionAddsTheAddresseesCountries(t *testing.T) {
	d := newWriter(t)
	r, err := models.RecommendationByID(t.Context(), d.db, d.rec.ID)
	require.NoError(t, err)
	require.Equal(t, []string{"BG", "HR"}, r.Countries)
}

func TestEditDraftRefuses(t *testing.T) {
	d := newWriter(t)
	_, err := d.edit(t, 1, d.draft("Fund it now."))
	require.NoError(t, err)

	_, err = d.edit(t, 1, d.draft("Fund it tomorrow."))
	require.Equal(t, apperr.CodeOutdated, apperr.CodeOf(err), "somebody else saved meanwhile")

	foreign := d.draft("Fund it.")
	unknown := uuid.New()
	foreign.Measures[0].ID = &unknown
	_, err = d.edit(t, 2, foreign)
	require.Equal(t, []string{"measures[0].id"}, blamed(err))

	nowhere := d.draft("Fund it.", "Count them.")
	nowhere.Measures[1].AuthorityIDs = []uuid.UUID{unknown}
	_, err = d.edit(t, 2, nowhere)
	require.Equal(t, []string{"measures[1].authority_ids"}, blamed(err))
	require.Len(t, d.versions(t), 2, "what is refused leaves nothing")

	_, err = d.db.NewRaw("UPDATE recommendations SET stage = 'review' WHERE id = ?", d.rec.ID).Exec(t.Context())
	require.NoError(t, err)
	_, err = d.edit(t, 2, d.draft("Fund it tomorrow."))
	require.Equal(t, apperr.CodeWrongStage, apperr.CodeOf(err))
}

func TestEditDraftAtOnceSavesOne(t *testing.T) {
	d := newWriter(t)
	results := make(chan error, 5)
	for _, text := range []string{"one", "two", "three", "four", "five"} {
		draft := d.draft(text)
		go func() { _, err := d.edit(t, 1, draft); results <- err }()
	}
	saved := 0
	for range 5 {
		if err := <-results; err == nil {
			saved++
		} else {
			require.Equal(t, apperr.CodeOutdated, apperr.CodeOf(err))
		}
	}
	require.Equal(t, 1, saved)
	require.Len(t, d.versions(t), 2)
}

func TestPositionSaysWhereAProcessStands(t *testing.T) {
	d := newWriter(t)
	pos, err := models.LoadPosition(t.Context(), d.db, d.rec.ID)
	require.NoError(t, err)
	require.Equal(t, models.Position{ProcessID: d.rec.ID, Stage: models.StageDrafting}, pos)

	v := d.versions(t)[0]
	_, err = d.db.NewRaw("UPDATE recommendations SET stage = 'signoff', accepted_version_id = ?, held_at = ? WHERE id = ?", v.ID, noon, d.rec.ID).Exec(t.Context())
	require.NoError(t, err)
	task := models.NewTask(models.TaskSignOff, models.Wait{Due: "1d"}, noon, time.UTC)
	task.ProcessID, task.RecommendationID, task.OrganisationID, task.VersionID = d.rec.ID, d.rec.ID, &d.partner.ID, &v.ID
	require.NoError(t, task.Insert(t.Context(), d.db))
	pos, err = models.LoadPosition(t.Context(), d.db, d.rec.ID)
	require.NoError(t, err)
	require.True(t, pos.Held)
	require.Equal(t, &models.SignOffPosition{Opened: true}, pos.SignOff)
	require.Len(t, pos.Tasks, 1)
	require.Equal(t, task.DueAt, pos.Tasks[0].DueAt.UTC())

	_, err = d.db.NewRaw("UPDATE processes SET closed_at = ?, revision = 9 WHERE id = ?", noon, d.rec.ID).Exec(t.Context())
	require.NoError(t, err)
	pos, err = models.LoadPosition(t.Context(), d.db, d.rec.ID)
	require.NoError(t, err)
	require.Equal(t, models.Position{ProcessID: d.rec.ID, Revision: 9, Closed: true}, pos, "what is over stands nowhere")

	_, err = models.LoadPosition(t.Context(), d.db, uuid.New())
	require.Equal(t, apperr.CodeNotFound, apperr.CodeOf(err))
}
