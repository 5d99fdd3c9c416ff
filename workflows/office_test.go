package workflows_test

import (
	"context"
	"database/sql"
	"errors"
	"io"
	"log/slog"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"tribuna/activities"
	"tribuna/internal/demo"
	"tribuna/internal/devstack/testdb"
	"tribuna/internal/record"
	"tribuna/models"
	"tribuna/workflows"
)

// begin is a Monday morning, far from weekends and from changes of the clock.
var begin = time.Date(2026, time.June, 1, 7, 0, 0, 0, time.UTC)

// office runs one process in the time-skipping environment over the real activities and a real database: only the clock
// is the environment's. Acts are planned before run; time passes in between.
type office struct {
	t       *testing.T
	ctx     context.Context
	db      *bun.DB
	env     *testsuite.TestWorkflowEnvironment
	clock   time.Time
	planned []*plannedAct
	mails   activities.MailingSender
	runs    int // how often the process continued as new, plus one

	officer, other models.Person // other is an officer elsewhere
	experts        []models.Person
	rec            *models.Recommendation
	version        *models.Version
	listen         func(*activity.Info) // to what is begun; nil: nobody does
}

type plannedAct struct {
	at   time.Time
	do   func()
	done bool
}

// network is a database with the demo network.
var network = &testdb.Prepared{Fill: func(ctx context.Context, db *bun.DB) error { return demo.Load(ctx, db, begin) }}

// newOffice opens a database with the demo network and a recommendation of Know-how Centre Bulgaria under the network's
// own procedure, which change may alter first.
func newOffice(t *testing.T, change func(*models.ProcedureDocument)) *office {
	t.Helper()
	t.Parallel()
	o := &office{t: t, ctx: context.Background(), db: network.Open(t).App, clock: begin}
	o.officer = o.person("milena.draganova@tribuna.example")
	require.NoError(t, o.db.NewSelect().Model(&o.experts).Where("person.id IN (SELECT person_id FROM roles WHERE role = 'expert')").
		Order("person.email").Scan(o.ctx))
	o.other = o.officerElsewhere()
	o.tx(func(tx bun.Tx) {
		p, err := models.ProcedureBySlug(o.ctx, tx, "default")
		require.NoError(t, err)
		p.ID, p.Slug = models.NewID(), "under-test"
		if change != nil {
			change(&p.Document)
		}
		require.NoError(t, p.Document.Validate())
		_, err = tx.NewInsert().Model(p).Exec(o.ctx)
		require.NoError(t, err)
		o.rec, err = models.CreateRecommendation(o.ctx, tx, o.input(), o.officer, begin)
		require.NoError(t, err)
	})
	var err error
	o.version, err = models.VersionByID(o.ctx, o.db, *o.rec.CurrentVersionID)
	require.NoError(t, err)
	return o
}

func (o *office) input() models.RecommendationInput {
	brief, err := demo.Brief()
	require.NoError(o.t, err)
	var measures []models.DraftMeasure
	for i, text := range brief.Texts["en"].Measures {
		measures = append(measures, models.DraftMeasure{Text: text, AuthorityIDs: brief.Authorities[i]})
	}
	return models.RecommendationInput{Kind: "policy_brief", Language: "en", Procedure: "under-test", Languages: []string{"bg"},
		OrganisationID: o.organisationOf(o.officer), Countries: []string{"BG", "HR"},
		Draft: models.Draft{Title: "Leaving care", Body: "First paragraph.\n\nSecond paragraph.", Measures: measures}}
}

func (o *office) organisationOf(p models.Person) uuid.UUID {
	roles, err := models.RolesOf(o.ctx, o.db, p.ID)
	require.NoError(o.t, err)
	return roles[0].OrganisationID
}

func (o *office) officerElsewhere() models.Person {
	var p models.Person
	err := o.db.NewSelect().Model(&p).Where(`person.id IN (SELECT person_id FROM roles WHERE role = 'officer' AND organisation_id <> ?)`,
		o.organisationOf(o.officer)).Order("person.email").Limit(1).Scan(o.ctx)
	require.NoError(o.t, err)
	return p
}

func (o *office) person(email string) models.Person {
	p, err := models.PersonByEmail(o.ctx, o.db, email)
	require.NoError(o.t, err)
	return p
}

func (o *office) tx(do func(tx bun.Tx)) {
	o.t.Helper()
	require.NoError(o.t, o.db.RunInTx(o.ctx, &sql.TxOptions{}, func(_ context.Context, tx bun.Tx) error { do(tx); return nil }))
}

// at plans an act for a while after the beginning.
func (o *office) at(after time.Duration, do func()) {
	o.planned = append(o.planned, &plannedAct{at: begin.Add(after), do: do})
}

const day = 24 * time.Hour

// run runs the recommendation's process until it ends or, at the latest, until a while after the beginning; then it is
// cut off as an operator would, and the rows stay as they are.
func (o *office) run(until time.Duration) error {
	return o.runProcess(workflows.Recommendation, o.rec.ID, until)
}

func (o *office) runProcess(w any, process uuid.UUID, until time.Duration) error {
	o.at(until, func() { o.env.CancelWorkflow() })
	for {
		err := o.runOnce(w, process)
		var renewed *workflow.ContinueAsNewError
		if !errors.As(err, &renewed) {
			return err
		}
	}
}

func (o *office) runOnce(w any, process uuid.UUID) error {
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(quiet{})
	o.env = suite.NewTestWorkflowEnvironment()
	o.env.SetTestTimeout(time.Minute)
	o.env.SetWorkerOptions(worker.Options{DeadlockDetectionTimeout: 20 * time.Second, // a busy machine is no deadlock
		Interceptors: []interceptor.WorkerInterceptor{&unhurried{}}})
	o.env.SetStartTime(o.clock)
	if o.listen != nil {
		o.env.SetOnActivityStartedListener(func(info *activity.Info, _ context.Context, _ converter.EncodedValues) { o.listen(info) })
	}
	workflows.Register(o.env)
	o.env.RegisterActivity(&activities.Activities{DB: o.db, Now: o.now, Mails: o, Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	for _, p := range o.planned {
		if !p.done {
			o.env.RegisterDelayedCallback(func() { p.done = true; p.do() }, max(0, p.at.Sub(o.clock)))
		}
	}
	o.runs++
	o.env.ExecuteWorkflow(w, workflows.Input{ProcessID: process})
	o.clock = o.env.Now()
	require.True(o.t, o.env.IsWorkflowCompleted())
	return o.env.GetWorkflowError()
}

// SendMailing sends by whatever means the office has at that time.
func (o *office) SendMailing(ctx context.Context, mailing uuid.UUID, limit int, progress func()) (int, error) {
	return o.mails.SendMailing(ctx, mailing, limit, progress)
}

// decideAlone decides on stored words when their process is over: nothing else is waited for.
func (o *office) decideAlone(s *models.Submission) models.Outcome {
	o.t.Helper()
	acts := &activities.Activities{DB: o.db, Now: func() time.Time { return o.clock }}
	result, err := acts.Decide(o.ctx, activities.DecideInput{ProcessID: s.ProcessID, SubmissionID: s.ID})
	require.NoError(o.t, err)
	return result.Outcome
}

func (o *office) now() time.Time { return o.env.Now().UTC() }

// said is what came of something said to a process.
type said struct {
	outcome models.Outcome
	err     error
}

// say stores words as a door would and tells the process. It can only be called from a planned act; what comes of it is
// known when the act is over, so what follows from it is planned for later.
func (o *office) say(process uuid.UUID, kind models.DecisionKind, who models.Person, task *uuid.UUID, payload any, change ...func(*models.Submission)) *said {
	o.t.Helper()
	sub, err := models.NewSubmission(process, uuid.NewString(), kind, who.ID, payload)
	require.NoError(o.t, err)
	sub.TaskID = task
	for _, c := range change {
		c(sub)
	}
	result := new(said)
	stored, err := models.Receive(o.ctx, o.db, sub, o.now())
	if err != nil {
		result.err = err
		return result
	}
	o.pass(stored, result)
	return result
}

// pass tells a process what is stored for it.
func (o *office) pass(stored *models.Submission, result *said) {
	o.env.UpdateWorkflow(workflows.DecideUpdate, uuid.NewString(), &testsuite.TestUpdateCallback{
		OnReject: func(err error) { result.err = err },
		OnAccept: func() {},
		OnComplete: func(v any, err error) {
			result.err = err
			if outcome, ok := v.(models.Outcome); ok {
				result.outcome = outcome
			}
		},
	}, workflows.DecideRequest{SubmissionID: stored.ID})
}

// tell says something to the recommendation's process.
func (o *office) tell(kind models.DecisionKind, who models.Person, task *uuid.UUID, payload any, change ...func(*models.Submission)) *said {
	o.t.Helper()
	return o.say(o.rec.ID, kind, who, task, payload, change...)
}

// startReview plans the beginning of a round with some experts, and others in reserve; never before the process has read
// where it stands.
func (o *office) startReview(after time.Duration, invite, reserve []models.Person) {
	o.at(max(after, time.Second), func() {
		o.tell(models.DecideStartReview, o.officer, nil, models.StartReviewPayload{VersionID: o.version.ID, Invite: ids(invite), Reserve: ids(reserve)})
	})
}

func ids(people []models.Person) []uuid.UUID {
	list := []uuid.UUID{}
	for _, p := range people {
		list = append(list, p.ID)
	}
	return list
}

// taskOf returns the newest task of a kind for a person (zero: for anybody).
func (o *office) taskOf(kind models.TaskKind, person models.Person) *models.Task {
	o.t.Helper()
	t := new(models.Task)
	q := o.db.NewSelect().Model(t).Where("t.recommendation_id = ? AND t.kind = ?", o.rec.ID, kind).Order("t.opened_at DESC", "t.id DESC").Limit(1)
	if person.ID != uuid.Nil {
		q = q.Where("t.person_id = ?", person.ID)
	}
	require.NoError(o.t, q.Scan(o.ctx), "%s of %s", kind, person.Name)
	return t
}

func (o *office) tasksOf(kind models.TaskKind) []models.Task {
	list, err := models.Tasks(o.ctx, o.db, models.TaskFilter{Recommendation: o.rec.ID, Kinds: []models.TaskKind{kind}})
	require.NoError(o.t, err)
	return list
}

// review is a supporting review of the version.
func (o *office) review() models.ReviewPayload {
	return models.ReviewPayload{VersionHash: o.version.Hash, Answer: models.AnswerSupport,
		Comments: []models.CommentPayload{{Block: 1, Body: "Say who pays."}}}
}

// answer plans a supporting review.
func (o *office) answer(after time.Duration, who models.Person) {
	o.at(after, func() { o.tell(models.DecideAnswerReview, who, &o.taskOf(models.TaskReview, who).ID, o.review()) })
}

func (o *office) stage() models.Stage {
	r, err := models.RecommendationByID(o.ctx, o.db, o.rec.ID)
	require.NoError(o.t, err)
	return r.Stage
}

func (o *office) closed(process uuid.UUID) bool {
	p, err := models.ProcessByID(o.ctx, o.db, process)
	require.NoError(o.t, err)
	return p.ClosedAt != nil
}

// mailsOf counts the mails of a kind that were written.
func (o *office) mailsOf(kind models.MailKind) int {
	n, err := o.db.NewSelect().Model((*models.OutboxMail)(nil)).Where("kind = ?", kind).Count(o.ctx)
	require.NoError(o.t, err)
	return int(n)
}

// entries counts the entries with a verb in the record, which must be whole.
func (o *office) entries(verb string) int {
	report, err := record.Verify(o.ctx, o.db, o.rec.ID)
	require.NoError(o.t, err)
	require.Empty(o.t, report.Faults)
	items, err := record.List(o.ctx, o.db, o.rec.ID, record.Public, record.Network, record.Confidential)
	require.NoError(o.t, err)
	n := 0
	for _, it := range items {
		if it.Verb == verb {
			n++
		}
	}
	return n
}

// cutOff says that a process was still waiting when it was cut off.
func cutOff(t *testing.T, err error) {
	t.Helper()
	require.True(t, temporal.IsCanceledError(err), "%v", err)
}

// quiet keeps the environment's chatter out of the test's output.
type quiet struct{}

func (quiet) Debug(string, ...any) {}
func (quiet) Info(string, ...any)  {}
func (quiet) Warn(string, ...any)  {}
func (quiet) Error(string, ...any) {}
