package workflows_test

import (
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"tribuna/internal/apperr"
	"tribuna/internal/demo"
	"tribuna/models"
)

// arrive puts the recommendation into a stage with its version accepted: a process begins wherever the rows stand.
func (o *office) arrive(stage models.Stage) {
	o.t.Helper()
	o.tx(func(tx bun.Tx) {
		o.rec.AcceptedVersionID, o.rec.Round = &o.version.ID, 1
		o.rec.Enter(stage, begin)
		require.NoError(o.t, o.rec.Save(o.ctx, tx, begin))
	})
}

// exec changes rows as an operator would, where no rule is under test.
func (o *office) exec(query string, args ...any) {
	o.t.Helper()
	_, err := o.db.NewRaw(query, args...).Exec(o.ctx)
	require.NoError(o.t, err)
}

// countries makes the recommendation concern these.
func (o *office) countries(codes ...string) {
	o.t.Helper()
	o.exec("DELETE FROM recommendation_countries WHERE recommendation_id = ?", o.rec.ID)
	for _, c := range codes {
		o.exec("INSERT INTO recommendation_countries (recommendation_id, country_code) VALUES (?, ?)", o.rec.ID, c)
	}
}

// languages asks for translations.
func (o *office) languages(tags ...string) {
	o.t.Helper()
	o.exec("UPDATE recommendations SET languages = ? WHERE id = ?", pgdialect.Array(tags), o.rec.ID)
}

// openTasks lists the open tasks of a kind.
func (o *office) openTasks(kind models.TaskKind) []models.Task {
	o.t.Helper()
	list, err := models.Tasks(o.ctx, o.db, models.TaskFilter{Recommendation: o.rec.ID, Kinds: []models.TaskKind{kind}, OpenOnly: true})
	require.NoError(o.t, err)
	return list
}

// the returns the only open task of a kind.
func (o *office) the(kind models.TaskKind) *models.Task {
	o.t.Helper()
	list := o.openTasks(kind)
	require.Len(o.t, list, 1, "open tasks of kind %s", kind)
	return &list[0]
}

// decides plans the officer's answer to the open task of a kind.
func (o *office) decides(after time.Duration, kind models.DecisionKind, task models.TaskKind, payload any) {
	o.at(after, func() { o.tell(kind, o.officer, &o.the(task).ID, payload) })
}

// withdraws plans the officer's withdrawal.
func (o *office) withdraws(after time.Duration) {
	o.at(after, func() {
		o.tell(models.DecideWithdraw, o.officer, nil, models.ReasonPayload{Reason: "Overtaken by the new law."})
	})
}

// publish has the recommendation published at the beginning, and the process cut off an hour later.
func (o *office) publish() {
	o.t.Helper()
	o.arrive(models.StagePublication)
	o.decides(time.Minute, models.DecidePublish, models.TaskPublish, models.NoPayload{})
	cutOff(o.t, o.run(time.Hour))
	published, err := models.RecommendationByID(o.ctx, o.db, o.rec.ID)
	require.NoError(o.t, err)
	require.NotNil(o.t, published.PublishedAt)
	o.rec = published
}

// organisation returns one of the demo network's by its slug.
func (o *office) organisation(slug string) models.Organisation {
	o.t.Helper()
	org, err := models.OrganisationByID(o.ctx, o.db, demo.ID("organisation", slug))
	require.NoError(o.t, err)
	return org
}

// recorded says that what was said was decided.
func (o *office) recorded(s *said) {
	o.t.Helper()
	require.NoError(o.t, s.err)
	require.Equal(o.t, models.SubmissionRecorded, s.outcome.State, "%+v", s.outcome)
}

// refused says that what was said was refused, and why.
func (o *office) refused(code apperr.Code, s *said) {
	o.t.Helper()
	require.NoError(o.t, s.err)
	require.Equal(o.t, models.SubmissionRefused, s.outcome.State)
	require.Equal(o.t, code, s.outcome.Code, "%+v", s.outcome)
}

// decisionID gives a submission the id of a form.
func decisionID(id string) func(*models.Submission) {
	return func(s *models.Submission) { s.DecisionID = id }
}

// behalf has the actor record what somebody else said.
func behalf(of models.Person, note string) func(*models.Submission) {
	return func(s *models.Submission) { s.OnBehalfOf, s.BehalfNote = &of.ID, note }
}

// mailsTo counts the mails of a kind to somebody.
func (o *office) mailsTo(kind models.MailKind, person uuid.UUID) int {
	o.t.Helper()
	n, err := o.db.NewSelect().Model((*models.OutboxMail)(nil)).Where("kind = ? AND person_id = ?", kind, person).Count(o.ctx)
	require.NoError(o.t, err)
	return int(n)
}
