package activities

import (
	"context"
	"database/sql"
	"io"
	"log/slog"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"tribuna/internal/demo"
	"tribuna/internal/devstack/testdb"
	"tribuna/internal/record"
	"tribuna/models"
)

// monday is a Monday morning, far from weekends and from changes of the clock.
var monday = time.Date(2026, time.June, 1, 7, 0, 0, 0, time.UTC)

const day = 24 * time.Hour

var network = &testdb.Prepared{Fill: func(ctx context.Context, db *bun.DB) error { return demo.Load(ctx, db, monday) }}

// desk takes decisions and steps by hand, each twice: what runs twice must be the same.
type desk struct {
	t       *testing.T
	ctx     context.Context
	db      *bun.DB
	clock   time.Time
	acts    *Activities
	rec     *models.Recommendation
	version *models.Version
	officer models.Person
	experts []models.Person
	steps   map[string]bool // taken so far
	kinds   map[models.DecisionKind]bool
}

// newDesk has a recommendation with one measure to a ministry in Bulgaria, where one expert is enough.
func newDesk(t *testing.T, change func(*models.ProcedureDocument)) *desk {
	t.Helper()
	d := &desk{t: t, ctx: t.Context(), db: network.Open(t).App, clock: monday, steps: map[string]bool{}, kinds: map[models.DecisionKind]bool{}}
	d.acts = &Activities{DB: d.db, Now: func() time.Time { return d.clock.UTC() }, Log: slog.New(slog.NewTextHandler(io.Discard, nil))}
	d.officer = d.person("milena.draganova@tribuna.example")
	require.NoError(t, d.db.NewSelect().Model(&d.experts).Where("person.id IN (SELECT person_id FROM roles WHERE role = 'expert')").
		Order("person.email").Scan(d.ctx))
	d.draft(change)
	return d
}

func (d *desk) draft(change func(*models.ProcedureDocument)) {
	d.tx(func(tx bun.Tx) {
		p, err := models.ProcedureBySlug(d.ctx, tx, "default")
		require.NoError(d.t, err)
		p.ID, p.Slug, p.Document.Review.Enough = models.NewID(), "under-test", 1
		if change != nil {
			change(&p.Document)
		}
		_, err = tx.NewInsert().Model(p).Exec(d.ctx)
		require.NoError(d.t, err)
		d.rec, err = models.CreateRecommendation(d.ctx, tx, models.RecommendationInput{Kind: "policy_brief", Language: "en",
			Procedure: "under-test", Languages: []string{"bg"}, OrganisationID: demo.ID("organisation", "khc"), Countries: []string{"BG", "HR"},
			Draft: models.Draft{Title: "Leaving care", Body: "First.\n\nSecond.", Measures: []models.DraftMeasure{
				{Text: "Fund it.", AuthorityIDs: []uuid.UUID{demo.ID("authority", "bg-ministry-labour-social-policy")}}}}}, d.officer, d.clock)
		require.NoError(d.t, err)
	})
	var err error
	d.version, err = models.VersionByID(d.ctx, d.db, *d.rec.CurrentVersionID)
	require.NoError(d.t, err)
}

func (d *desk) tx(do func(tx bun.Tx)) {
	d.t.Helper()
	require.NoError(d.t, d.db.RunInTx(d.ctx, &sql.TxOptions{}, func(_ context.Context, tx bun.Tx) error { do(tx); return nil }))
}

func (d *desk) person(email string) models.Person {
	d.t.Helper()
	p, err := models.PersonByEmail(d.ctx, d.db, email)
	require.NoError(d.t, err)
	return p
}

// pass lets time pass.
func (d *desk) pass(span time.Duration) { d.clock = d.clock.Add(span) }

// the returns the only open task of a kind.
func (d *desk) the(kind models.TaskKind) *models.Task {
	d.t.Helper()
	list, err := models.Tasks(d.ctx, d.db, models.TaskFilter{Recommendation: d.rec.ID, Kinds: []models.TaskKind{kind}, OpenOnly: true})
	require.NoError(d.t, err)
	require.Len(d.t, list, 1, "open tasks of kind %s", kind)
	return &list[0]
}

// kept lists the tables in which an activity may leave something.
var kept = []string{"recommendations", "processes", "tasks", "submissions", "decisions", "review_rounds", "reviews", "review_answers", "review_conflicts", "comments", "translations",
	"translation_blocks", "signoffs", "publications", "publication_texts", "deliveries", "mailings", "outbox", "followups", "progress_notes",
	"record_heads", "record_entries", "record_texts"}

// rows is all that stands in the tables, as one hash per table.
func (d *desk) rows() map[string]string {
	d.t.Helper()
	all := map[string]string{}
	for _, table := range kept {
		var hash string
		err := d.db.NewRaw("SELECT md5(coalesce(string_agg(x::text, '|' ORDER BY x::text), '')) FROM ? AS x", bun.Ident(table)).Scan(d.ctx, &hash)
		require.NoError(d.t, err)
		all[table] = hash
	}
	return all
}

type stepFunc func(context.Context, Step) (models.Position, error)

// step takes a step that is due, and takes it again.
func (d *desk) step(name string, f stepFunc, s Step) models.Position {
	d.t.Helper()
	before, err := models.ProcessByID(d.ctx, d.db, s.ProcessID)
	require.NoError(d.t, err)
	first, err := f(d.ctx, s)
	require.NoError(d.t, err, name)
	require.Greater(d.t, first.Revision, before.Revision, "%s did nothing", name)
	rows := d.rows()
	again, err := f(d.ctx, s)
	require.NoError(d.t, err, name)
	require.Equal(d.t, first, again, name)
	require.Equal(d.t, rows, d.rows(), name)
	d.steps[name] = true
	return first
}

// stage takes a step of the recommendation's stage.
func (d *desk) stage(name string, f stepFunc) models.Position {
	d.t.Helper()
	return d.step(name, f, d.stepNow())
}

// stepNow names a step of the recommendation as its workflow would.
func (d *desk) stepNow() Step {
	d.t.Helper()
	p, err := models.ProcessByID(d.ctx, d.db, d.rec.ID)
	require.NoError(d.t, err)
	return Step{ProcessID: d.rec.ID, N: int(p.Revision)}
}

// notNow takes a step that is not due: nothing may come of it.
func (d *desk) notNow(name string, f stepFunc, s Step) {
	d.t.Helper()
	rows := d.rows()
	_, err := f(d.ctx, s)
	require.NoError(d.t, err, name)
	require.Equal(d.t, rows, d.rows(), "%s did something", name)
}

// submit stores words as a door would.
func (d *desk) submit(process uuid.UUID, kind models.DecisionKind, who models.Person, task *uuid.UUID, payload any) *models.Submission {
	d.t.Helper()
	sub, err := models.NewSubmission(process, uuid.NewString(), kind, who.ID, payload)
	require.NoError(d.t, err)
	sub.TaskID = task
	stored, err := models.Receive(d.ctx, d.db, sub, d.clock)
	require.NoError(d.t, err)
	return stored
}

// decide has a decision recorded, and decides again.
func (d *desk) decide(process uuid.UUID, kind models.DecisionKind, who models.Person, task *models.Task, payload any) {
	d.t.Helper()
	var id *uuid.UUID
	if task != nil {
		id = &task.ID
	}
	in := DecideInput{ProcessID: process, SubmissionID: d.submit(process, kind, who, id, payload).ID}
	first, err := d.acts.Decide(d.ctx, in)
	require.NoError(d.t, err, kind)
	require.Equal(d.t, models.SubmissionRecorded, first.Outcome.State, "%s: %+v", kind, first.Outcome)
	rows := d.rows()
	again, err := d.acts.Decide(d.ctx, in)
	require.NoError(d.t, err, kind)
	require.Equal(d.t, first, again, kind)
	require.Equal(d.t, rows, d.rows(), kind)
	d.kinds[kind] = true
}

// says has the recommendation's officer decide.
func (d *desk) says(kind models.DecisionKind, task *models.Task, payload any) {
	d.t.Helper()
	d.decide(d.rec.ID, kind, d.officer, task, payload)
}

// whole says that the record is as it was written.
func (d *desk) whole() {
	d.t.Helper()
	report, err := record.Verify(d.ctx, d.db, d.rec.ID)
	require.NoError(d.t, err)
	require.Empty(d.t, report.Faults)
}

func (d *desk) count(model any, where string, args ...any) int {
	d.t.Helper()
	n, err := d.db.NewSelect().Model(model).Where(where, args...).Count(d.ctx)
	require.NoError(d.t, err)
	return int(n)
}
