package main

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
	"tribuna/internal/demo"
	"tribuna/models"
	"tribuna/workflows"
)

// Temporal loses everything it ever knew. The rows know where each process stands: doctor begins them all anew, and they
// go on from there.
func TestEveryOpenProcessIsRebuiltFromTheRows(t *testing.T) {
	// No sweep comes by while this lasts: what is put right is put right by doctor.
	w := newWorld(t, map[string]string{"TRIBUNA_SWEEP_EVERY": "1000h"})
	w.startWorker()
	o := newOpenProcesses(w)

	w.worker.end()
	require.NoError(t, w.temporal.Kill())
	o.timePasses()
	w.loseHistories()
	require.NoError(t, w.temporal.Restart(w.ctx))
	w.startWorker()

	found := w.doctor(1)
	for _, p := range o.all() {
		require.Contains(t, found, p+": the process is open and nothing drives it")
	}
	w.doctor(0, "--repair")
	w.doctor(0)
	o.goOn()
	o.endings()
	w.requireAcknowledgedSettled()
}

// doctor runs the command and returns what it says.
func (w *world) doctor(code int, args ...string) string {
	w.t.Helper()
	p := launch(w.t, w.variables, append([]string{"doctor"}, args...)...)
	p.ended(code)
	return p.output()
}

// openProcesses is one process of every kind in every state in which it waits.
type openProcesses struct {
	*world
	drafting, reviewing, held, translating, signing, publishing, published *chain
	paused, sending                                                        uuid.UUID   // mailings
	followUps                                                              []uuid.UUID // of what is published
	hold                                                                   *gate       // keeps the mailing from being sent
}

// audience are the readers in one country: enough for a mailing to be caught in the middle.
var audience = models.Audience{Countries: []string{"BG"}, Roles: []string{models.RoleReader}}

func newOpenProcesses(w *world) *openProcesses {
	o := &openProcesses{world: w}
	for _, c := range []**chain{&o.drafting, &o.reviewing, &o.held, &o.translating, &o.signing, &o.publishing, &o.published} {
		*c = w.draft(patient(), "bg")
		(*c).start()
	}
	o.reviewing.must(o.reviewing.startReview(2, 3))
	o.held.must(o.held.startReview(4))
	o.held.reviewTask(4)
	o.held.must(o.held.says(models.DecideHold, officer, nil, models.ReasonPayload{Reason: "The ministry asked us to wait."}))
	o.translating.reviewed()
	o.translating.openTask(models.TaskTranslate, uuid.Nil)
	for _, c := range []*chain{o.signing, o.publishing, o.published} {
		c.reviewed()
		c.translated()
	}
	o.signing.openTask(models.TaskSignOff, demo.ID("organisation", "khc"))
	for _, c := range []*chain{o.publishing, o.published} {
		c.signedOff()
		c.openTask(models.TaskPublish, officer)
	}
	o.published.publish()
	require.NoError(w.t, w.db.NewSelect().Table("followups").Column("id").Order("id").Scan(w.ctx, &o.followUps))
	require.Len(w.t, o.followUps, 2)
	o.startMailings()
	return o
}

func (o *openProcesses) startMailings() {
	o.paused = o.published.launch(audience)
	o.must(o.about(o.paused, models.DecidePauseMailing, models.NoPayload{}))
	o.await("what was under way when it was paused has arrived", func() bool {
		n, err := o.db.NewSelect().Table("outbox").Where("mailing_id = ? AND state IN ('claimed', 'sending')", o.paused).Count(o.ctx)
		require.NoError(o.t, err)
		return n == 0
	})
	o.hold = newGate(10)
	o.mails.SetFaults(o.hold.faults())
	o.sending = o.published.launch(audience)
	<-o.hold.reached
}

func (o *openProcesses) about(process uuid.UUID, kind models.DecisionKind, payload any) says {
	return says{process: process, id: uuid.NewString(), kind: kind, who: officer, payload: payload}
}

// all names every process that is open, as doctor does.
func (o *openProcesses) all() []string {
	var list []string
	for _, c := range []*chain{o.drafting, o.reviewing, o.held, o.translating, o.signing, o.publishing, o.published} {
		list = append(list, "recommendation:"+c.id.String())
	}
	for _, f := range o.followUps {
		list = append(list, "followup:"+f.String())
	}
	return append(list, "mailing:"+o.paused.String(), "mailing:"+o.sending.String())
}

// timePasses lets what was an hour away be due now, while nothing runs.
func (o *openProcesses) timePasses() {
	o.hold.open()
	o.tx(func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE tasks SET respond_by = now() - interval '1 minute' WHERE process_id = ? AND person_id = ?`,
			o.reviewing.id, expert(3))
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE tasks SET due_at = now() + interval '3 seconds' WHERE process_id = ? AND state = 'open'`, o.signing.id)
		if err != nil {
			return err
		}
		if _, err = tx.ExecContext(ctx, `UPDATE deliveries SET delivered_on = current_date WHERE authority_id =
			(SELECT authority_id FROM followups WHERE id = ?) AND recommendation_id = (SELECT recommendation_id FROM followups WHERE id = ?)`,
			o.followUps[0], o.followUps[0]); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE followups SET ask_at = now() WHERE id = ?`, o.followUps[0])
		return err
	})
}

// goOn takes a decision on each process, and waits for what the clock brings.
func (o *openProcesses) goOn() {
	o.t.Helper()
	o.drafting.must(o.drafting.startReview(5))
	o.drafting.reviewTask(5)
	o.reviewing.must(o.reviewing.answerReview(2, "Clear and right."))
	o.held.must(o.held.says(models.DecideResume, officer, nil, models.NoPayload{}))
	o.held.must(o.held.answerReview(4, "Worth the wait."))
	o.translating.translated()
	o.translating.openTask(models.TaskSignOff, demo.ID("organisation", "tdh"))
	o.publishing.publish()
	o.published.deliver()
	o.published.awaitStage(models.StageDone)
	o.must(o.about(o.paused, models.DecideResumeMailing, models.NoPayload{}))
	o.must(o.about(o.followUps[1], models.DecideReportProgress, models.ProgressPayload{Status: "committed", Note: "The minister said so."}))
	o.clockGoesOn()
	o.signing.signedOff()
	o.signing.openTask(models.TaskPublish, officer)
}

func (o *openProcesses) clockGoesOn() {
	o.t.Helper()
	o.await("an expert who is silent is replaced or proposed", func() bool { return len(o.reviewing.entries("review.silent")) == 1 })
	o.await("what is overdue is escalated", func() bool { return len(o.signing.entries("task.overdue")) == 2 })
	o.openTaskOf(o.followUps[0], models.TaskReportProgress, uuid.Nil)
}

// endings waits for the end of both mailings: every recipient has one mail, or it is known that this is not known.
func (o *openProcesses) endings() {
	o.t.Helper()
	for _, id := range []uuid.UUID{o.paused, o.sending} {
		o.awaitMailing(id, models.MailingSent)
		counts := o.judgeMailing(id)
		if id == o.sending {
			require.LessOrEqual(o.t, counts.Unknown, mostInDoubt)
		} else {
			require.Zero(o.t, counts.Unknown)
		}
	}
}

// translated hands in a translation into Bulgarian and approves it.
func (c *chain) translated() {
	c.t.Helper()
	task := c.openTask(models.TaskTranslate, uuid.Nil)
	var tr *models.Translation
	c.tx(func(ctx context.Context, tx bun.Tx) (err error) {
		if tr, err = models.TranslationFor(ctx, tx, c.version.ID, "bg"); err != nil {
			return err
		}
		in := models.TranslationInput{Title: new(string)}
		*in.Title = "Извън грижата, но не сами"
		for _, b := range tr.Blocks {
			in.Blocks = append(in.Blocks, models.BlockInput{Position: b.Position, Text: b.Source + " (превод)"})
		}
		for _, m := range c.version.Measures {
			in.Measures = append(in.Measures, models.TranslatedMeasure{ID: m.ID, Text: "Мярка."})
		}
		tr, err = models.SaveTranslation(ctx, tx, tr.ID, tr.Revision, in)
		return err
	})
	seen := models.SubmitTranslationPayload{Revision: tr.Revision}
	c.must(c.says(models.DecideSubmitTranslation, *tr.TranslatorID, task, seen))
	c.must(c.says(models.DecideApproveTranslation, *tr.ApproverID, c.openTask(models.TaskApproveTranslation, *tr.ApproverID), seen))
}

// Temporal loses everything while the worker goes on: within seconds it brings back the sweep, and the sweep the rest.
func TestAWorkerBringsBackWhatTemporalForgot(t *testing.T) {
	w := newWorld(t, nil)
	w.startWorker()
	c := w.draft(patient())
	c.start()
	c.must(c.startReview(1))
	answer := c.answerReview(1, "Clear and right.")

	require.NoError(t, w.temporal.Kill())
	w.loseHistories()
	require.NoError(t, w.temporal.Restart(w.ctx))
	w.await("everything runs again", func() bool {
		findings, err := w.processes.Diagnose(w.ctx, false)
		return err == nil && len(findings) == 0
	})
	c.must(answer)
	c.accept()
	c.requireOnce(answer, "review.answered")
}

// Ways in which rows and Temporal come apart, one process at a time, and a sweep that nobody schedules.
func TestDoctorBringsTemporalToWhereTheRowsAre(t *testing.T) {
	w := newWorld(t, map[string]string{"TRIBUNA_SWEEP_EVERY": "1000h"})
	w.startWorker()
	never, ended, over := w.draft(patient()), w.draft(patient()), w.draft(patient())
	behind, ahead := w.draft(patient()), w.draft(patient())
	for _, c := range []*chain{behind, ahead} {
		c.start()
		c.must(c.startReview(1))
		c.awaitWaiting()
	}
	w.moveRevision(behind, +1)
	w.moveRevision(ahead, -1)
	ended.start()
	over.start()
	over.awaitWaiting()
	require.NoError(t, w.processes.Temporal.TerminateWorkflow(w.ctx, "recommendation:"+ended.id.String(), "", "by mistake"))
	w.tx(func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE processes SET closed_at = ? WHERE id = ?`, time.Now().Add(-2*time.Minute), over.id)
		return err
	})
	brief := w.demoBrief()

	found := w.doctor(1)
	for _, id := range []uuid.UUID{never.id, ended.id, brief} {
		require.Contains(t, found, "recommendation:"+id.String()+": the process is open and nothing drives it")
	}
	require.Contains(t, found, "recommendation:"+over.id.String()+": the process is over and its workflow still runs")
	for _, c := range []*chain{behind, ahead} {
		require.Contains(t, found, "recommendation:"+c.id.String()+": its workflow goes by other rows than there are")
	}
	require.Equal(t, 6, strings.Count(found, "recommendation:"))
	w.sweepKeeps(models.Finding{Kind: workflows.FindingStrayed, Subject: "recommendation:" + behind.id.String()},
		models.Finding{Kind: workflows.FindingNotRunning, Subject: "recommendation:" + ended.id.String()})
	w.doctor(0, "--repair")
	require.Contains(t, w.doctor(0), "Every open process runs")

	for _, c := range []*chain{never, ended} {
		c.must(c.startReview(1))
		c.reviewTask(1)
	}
	for _, c := range []*chain{behind, ahead} {
		c.must(c.answerReview(1, "Asked again, from the rows."))
	}
	_, err := over.persist(over.startReview(1))
	require.Equal(t, apperr.CodeClosed, apperr.CodeOf(err), "what is over stays over")
	require.Contains(t, w.doctor(0), "Every open process runs")
	w.doctorBringsBackTheSweep()
}

// sweepKeeps looks as the sweep does, a while later, and expects to see what it found where operators see it.
func (w *world) sweepKeeps(expected ...models.Finding) {
	w.t.Helper()
	later := &workflows.Client{DB: w.db, Temporal: w.processes.Temporal, Log: w.processes.Log,
		Now: func() time.Time { return time.Now().Add(2 * time.Minute) }}
	require.NoError(w.t, later.ExamineSome(w.ctx))
	kept, err := models.Findings(w.ctx, w.db)
	require.NoError(w.t, err)
	for _, e := range expected {
		require.True(w.t, slices.ContainsFunc(kept, func(f models.Finding) bool { return f.Kind == e.Kind && f.Subject == e.Subject }), "%v in %v", e, kept)
	}
}

// moveRevision makes the rows look as if they, or the workflow, were of another time.
func (w *world) moveRevision(c *chain, by int) {
	w.t.Helper()
	w.tx(func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE processes SET revision = revision + ? WHERE id = ?`, by, c.id)
		return err
	})
}

// doctorBringsBackTheSweep: a worker would do so itself, so there is none.
func (w *world) doctorBringsBackTheSweep() {
	w.t.Helper()
	w.worker.end()
	queue, err := w.processes.Queue(w.ctx)
	require.NoError(w.t, err)
	require.NoError(w.t, w.processes.Temporal.ScheduleClient().GetHandle(w.ctx, "sweep-"+queue).Delete(w.ctx))
	require.Contains(w.t, w.doctor(1), "no_sweep")
	w.doctor(0, "--repair")
	w.doctor(0)
}

// awaitWaiting waits until the process knows where it stands and waits for somebody.
func (c *chain) awaitWaiting() {
	c.t.Helper()
	c.await("the process waits", func() bool {
		d, err := c.processes.Temporal.DescribeWorkflowExecution(c.ctx, "recommendation:"+c.id.String(), "")
		return err == nil && len(d.GetPendingActivities()) == 0 && d.GetPendingWorkflowTask() == nil &&
			d.GetWorkflowExecutionInfo().GetHistoryLength() > 4 // its position was read
	})
}

// demoBrief is the recommendation that comes with the demo network.
func (w *world) demoBrief() uuid.UUID {
	var id uuid.UUID
	require.NoError(w.t, w.db.NewSelect().Model((*models.Recommendation)(nil)).Column("id").Order("created_at", "id").Limit(1).Scan(w.ctx, &id))
	return id
}
