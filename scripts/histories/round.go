package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	sdklog "go.temporal.io/sdk/log"

	"tribuna/activities"
	"tribuna/internal/demo"
	"tribuna/internal/devstack"
	"tribuna/migrations"
	"tribuna/models"
	"tribuna/workflows"
)

// patience is how long anything in the round is waited for.
const patience = 2 * time.Minute

// round is a review in which nobody is in time, on a database, a Temporal server and a worker of its own: a walkthrough takes none of
// these ways.
type round struct {
	db        *bun.DB
	client    client.Client
	processes *workflows.Client
	rec       *models.Recommendation
	version   *models.Version
	officer   models.Person
	experts   []models.Person
	stops     []func()
}

// recordRound runs it, and writes the history of its part of the process.
func recordRound(ctx context.Context) error {
	r := &round{}
	defer r.stop()
	for _, step := range []func(context.Context) error{r.start, r.draft, r.run} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	p, err := models.ProcessByID(ctx, r.db, r.rec.ID)
	if err != nil {
		return err
	}
	found := false
	for range 50 { // Temporal lists a run a little after it ended
		err := eachRun(ctx, r.client, *p, func(part string, h history) error {
			if found || part != "review" || h.Events[len(h.Events)-1].EventType != enums.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW {
				return nil
			}
			found = true
			return write("recommendation-review-silence", h)
		})
		if err != nil || found {
			return err
		}
		time.Sleep(200 * time.Millisecond)
	}
	return errors.New("no history of the review")
}

func (r *round) stop() {
	for i := len(r.stops) - 1; i >= 0; i-- {
		r.stops[i]()
	}
}

// start brings up what a process needs. Mails are written and not sent.
func (r *round) start(ctx context.Context) error {
	dir, err := os.MkdirTemp("", "tribuna-histories-")
	if err != nil {
		return err
	}
	r.stops = append(r.stops, func() { _ = os.RemoveAll(dir) })
	pg, err := devstack.StartPostgres(ctx, devstack.PostgresOptions{Dir: dir + "/postgres"})
	if err != nil {
		return err
	}
	r.stops = append(r.stops, func() { _ = pg.Discard(context.Background()) })
	if err := migrate(ctx, pg); err != nil {
		return err
	}
	if r.db, err = models.Open(pg.AppURL()); err != nil {
		return err
	}
	r.stops = append(r.stops, func() { _ = r.db.Close() })
	if err := demo.Load(ctx, r.db, time.Now()); err != nil {
		return err
	}
	server, err := devstack.StartTemporal(ctx, devstack.TemporalOptions{Dir: dir + "/temporal"})
	if err != nil {
		return err
	}
	r.stops = append(r.stops, func() { _ = server.Kill() })
	quiet := slog.New(slog.NewTextHandler(io.Discard, nil))
	r.client, err = client.DialContext(ctx, client.Options{HostPort: server.Address(), Namespace: server.Namespace(), Logger: sdklog.NewStructuredLogger(quiet)})
	if err != nil {
		return err
	}
	r.stops = append(r.stops, r.client.Close)
	r.processes = &workflows.Client{DB: r.db, Temporal: r.client, Now: time.Now, Log: quiet}
	queue, err := r.processes.Queue(ctx)
	if err != nil {
		return err
	}
	worker := workflows.NewWorker(r.client, queue, &activities.Activities{DB: r.db, Now: time.Now, Processes: r.processes, Log: quiet})
	r.stops = append(r.stops, worker.Stop)
	return worker.Start()
}

func migrate(ctx context.Context, pg *devstack.Postgres) error {
	owner, err := models.Open(pg.OwnerURL())
	if err != nil {
		return err
	}
	defer owner.Close()
	return migrations.Migrate(ctx, owner, devstack.AppRole)
}

// draft writes a text under a procedure of seconds.
func (r *round) draft(ctx context.Context) error {
	var err error
	if r.officer, err = models.PersonByID(ctx, r.db, demo.ID("person", "officer-khc")); err != nil {
		return err
	}
	err = r.db.NewSelect().Model(&r.experts).Where("person.id IN (SELECT person_id FROM roles WHERE role = 'expert')").Order("person.email").Scan(ctx)
	if err != nil {
		return err
	}
	err = r.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		p, err := models.ProcedureBySlug(ctx, tx, "default")
		if err != nil {
			return err
		}
		p.ID, p.Slug, p.Document.Digest.Immediate = models.NewID(), "hurried", true // also at night and on a Saturday
		rules := &p.Document.Review
		rules.Due, rules.RemindBefore, rules.RemindLate, rules.LateFor = "50s", []models.Span{"25s"}, "5s", "10m"
		rules.Respond, rules.RespondRemind, rules.ExtendUpTo, rules.Grace, rules.Enough = "20s", []models.Span{"8s"}, "1h", "3s", 3
		if _, err := tx.NewInsert().Model(p).Exec(ctx); err != nil {
			return err
		}
		r.rec, err = models.CreateRecommendation(ctx, tx, models.RecommendationInput{Kind: "policy_brief", Language: "en", Procedure: p.Slug, Languages: []string{"bg"},
			OrganisationID: demo.ID("organisation", "khc"), Countries: []string{"BG"}, Draft: models.Draft{Title: "Leaving care", Body: "First.\n\nSecond.",
				Measures: []models.DraftMeasure{{Text: "Fund it.", AuthorityIDs: []uuid.UUID{demo.ID("authority", "bg-ministry-labour-social-policy")}}}}}, r.officer, time.Now())
		return err
	})
	if err != nil {
		return err
	}
	r.processes.StartSoon(ctx, r.rec.ID)
	r.version, err = models.VersionByID(ctx, r.db, *r.rec.CurrentVersionID)
	return err
}

// say takes a decision as a page would.
func (r *round) say(ctx context.Context, who models.Person, kind models.DecisionKind, task *models.Task, payload any) error {
	sub, err := models.NewSubmission(r.rec.ID, uuid.NewString(), kind, who.ID, payload)
	if err != nil {
		return err
	}
	if task != nil {
		sub.TaskID = &task.ID
	}
	outcome, _, err := r.processes.Decide(ctx, sub)
	if err == nil && outcome.State != models.SubmissionRecorded {
		err = fmt.Errorf("%s", outcome.Code)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", kind, err)
	}
	fmt.Println(kind)
	return nil
}

// until waits until something is so of the newest question of a kind, to somebody (zero: to anybody).
func (r *round) until(ctx context.Context, what string, kind models.TaskKind, who models.Person, so func(*models.Task) bool) (*models.Task, error) {
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(200 * time.Millisecond) {
		all, err := models.Tasks(ctx, r.db, models.TaskFilter{Recommendation: r.rec.ID, Kinds: []models.TaskKind{kind}})
		if err != nil {
			return nil, err
		}
		for i := range all {
			if t := &all[i]; (who.ID == uuid.Nil || t.PersonID != nil && *t.PersonID == who.ID) && so(t) {
				return t, nil
			}
		}
	}
	return nil, fmt.Errorf("in vain: %s", what)
}
