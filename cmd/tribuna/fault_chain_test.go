package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
	"tribuna/internal/demo"
	"tribuna/internal/record"
	"tribuna/models"
)

// patient is a procedure under which nothing comes by itself while a test lasts.
func patient() models.ProcedureDocument {
	hour, open := models.Wait{Due: "1h", LateFor: "1h"}, models.Wait{Due: "1h"}
	return models.ProcedureDocument{
		Review:      models.ReviewRules{Wait: hour, Respond: "1h", Enough: 1, Grace: "1s", Decide: hour},
		Translation: models.TranslationRules{Translate: open, Approve: open, HoldForLate: true},
		SignOff: models.SignOffRules{Wait: open, Rule: models.SignOffNoObjection, Quorum: 1, Silence: models.SilenceWaits,
			Uncovered: models.UncoveredLead, Resolve: open},
		Publication: models.PublicationRules{Publish: open, Deliver: open, ReplyDue: "30d"},
		FollowUp:    models.FollowUpRules{First: "1h", Every: "1h", Report: hour},
		Digest:      models.DigestRules{Immediate: true},
	}
}

// chain is one recommendation on its way, with the people who take it there.
type chain struct {
	*world
	id      uuid.UUID
	version *models.Version
}

var officer = demo.ID("person", "officer-khc")

func expert(n int) uuid.UUID { return demo.ID("person", fmt.Sprintf("expert-%02d", n)) }

// draft writes a recommendation of Know-how Centre Bulgaria to one authority in Bulgaria and one in Romania, under a
// procedure of its own. Its process is not started yet.
func (w *world) draft(d models.ProcedureDocument, languages ...string) *chain {
	w.t.Helper()
	require.NoError(w.t, d.Validate())
	c := &chain{world: w}
	w.tx(func(ctx context.Context, tx bun.Tx) error {
		p := &models.Procedure{ID: models.NewID(), Slug: "p-" + uuid.NewString(), Version: 1, Names: models.Names{"en": "Under test"},
			Document: d, CreatedAt: time.Now()}
		if _, err := tx.NewInsert().Model(p).Exec(ctx); err != nil {
			return err
		}
		person, err := models.PersonByID(ctx, tx, officer)
		if err != nil {
			return err
		}
		rec, err := models.CreateRecommendation(ctx, tx, draftInput(p.Slug, languages), person, time.Now())
		if err != nil {
			return err
		}
		c.id = rec.ID
		c.version, err = models.VersionByID(ctx, tx, *rec.CurrentVersionID)
		return err
	})
	return c
}

func draftInput(procedure string, languages []string) models.RecommendationInput {
	return models.RecommendationInput{Kind: "policy_brief", Language: "en", Procedure: procedure, Languages: languages,
		OrganisationID: demo.ID("organisation", "khc"), Countries: []string{"BG", "RO"},
		Draft: models.Draft{Title: "Leaving care is not leaving alone", Body: "First paragraph.\n\nSecond paragraph.",
			Measures: []models.DraftMeasure{
				{Text: "Let everybody stay until 21.", AuthorityIDs: []uuid.UUID{demo.ID("authority", "bg-ministry-labour-social-policy")}},
				{Text: "Say every year how many left.", AuthorityIDs: []uuid.UUID{demo.ID("authority", "bg-sofia-municipality")}},
			}}}
}

func (w *world) tx(do func(ctx context.Context, tx bun.Tx) error) {
	w.t.Helper()
	require.NoError(w.t, w.db.RunInTx(w.ctx, &sql.TxOptions{}, do))
}

// says is what somebody says to a process, under an id that stays the same however often it is sent.
type says struct {
	process uuid.UUID
	id      string
	kind    models.DecisionKind
	who     uuid.UUID
	task    *uuid.UUID
	payload any
}

func (c *chain) says(kind models.DecisionKind, who uuid.UUID, task *uuid.UUID, payload any) says {
	return says{process: c.id, id: uuid.NewString(), kind: kind, who: who, task: task, payload: payload}
}

// once sends it once, as a page does when a form comes in.
func (w *world) once(ctx context.Context, s says) (models.Outcome, *models.Submission, error) {
	sub, err := models.NewSubmission(s.process, s.id, s.kind, s.who, s.payload)
	if err != nil {
		return models.Outcome{}, nil, err
	}
	sub.TaskID = s.task
	outcome, stored, err := w.processes.Decide(ctx, sub)
	if stored != nil && ctx.Err() == nil {
		w.mu.Lock()
		w.acknowledged[stored.ID] = true
		w.mu.Unlock()
	}
	return outcome, stored, err
}

// persist sends it again under the same id until it is known what came of it, as people and programs do. Only a refusal
// and the end of the wait are errors.
func (w *world) persist(s says) (models.Outcome, error) {
	var outcome models.Outcome
	var err error
	settled := poll(w.ctx, awaitLimit, func() bool {
		outcome, _, err = w.once(w.ctx, s)
		var refused *apperr.Error
		return errors.As(err, &refused) || err == nil && outcome.State != models.SubmissionReceived
	})
	if !settled {
		return outcome, fmt.Errorf("%s: it is not known in time what came of it (%s, %w)", s.kind, outcome.State, err)
	}
	return outcome, err
}

// must is persist for what has to be recorded.
func (w *world) must(s says) models.Outcome {
	w.t.Helper()
	outcome, err := w.persist(s)
	require.NoError(w.t, err, "%s: %s", s.kind, w.lastWords())
	require.Equal(w.t, models.SubmissionRecorded, outcome.State, string(s.kind))
	return outcome
}

// openTask waits until a task of a kind is open, for a person or a voting unit (Nil: for anybody).
func (c *chain) openTask(kind models.TaskKind, whose uuid.UUID) *uuid.UUID {
	c.t.Helper()
	return c.openTaskOf(c.id, kind, whose)
}

func (w *world) openTaskOf(process uuid.UUID, kind models.TaskKind, whose uuid.UUID) *uuid.UUID {
	w.t.Helper()
	var id uuid.UUID
	w.await("a task to "+string(kind), func() bool {
		q := w.db.NewSelect().Model((*models.Task)(nil)).Column("id").Where("process_id = ? AND kind = ? AND state = 'open'", process, kind)
		if whose != uuid.Nil {
			q = q.Where("person_id = ? OR organisation_id = ?", whose, whose)
		}
		return q.OrderExpr("opened_at DESC, id DESC").Limit(1).Scan(w.ctx, &id) == nil
	})
	return &id
}

func (c *chain) stage() models.Stage {
	r, err := models.RecommendationByID(c.ctx, c.db, c.id)
	if err != nil {
		return ""
	}
	return r.Stage
}

func (c *chain) awaitStage(s models.Stage) {
	c.t.Helper()
	c.await("stage "+string(s), func() bool { return c.stage() == s })
}

// start starts the process, as a page does after its transaction.
func (c *chain) start() { c.processes.StartSoon(c.ctx, c.id) }

func (c *chain) startReview(experts ...int) says {
	var invite []uuid.UUID
	for _, n := range experts {
		invite = append(invite, expert(n))
	}
	return c.says(models.DecideStartReview, officer, nil,
		models.StartReviewPayload{VersionID: c.version.ID, Invite: invite, Reserve: []uuid.UUID{}, Enough: len(invite)})
}

func (c *chain) answerReview(n int, reasons string) says {
	c.t.Helper()
	return c.says(models.DecideAnswerReview, expert(n), c.reviewTask(n), models.ReviewPayload{VersionHash: c.version.Hash,
		Answer: models.AnswerSupport, Reasons: reasons, Comments: []models.CommentPayload{{Block: 1, Body: "Say who pays."}}})
}

// reviewTask waits for an expert's task, answered or not.
func (c *chain) reviewTask(n int) *uuid.UUID {
	c.t.Helper()
	var id uuid.UUID
	c.await("an expert is asked", func() bool {
		return c.db.NewSelect().Model((*models.Task)(nil)).Column("id").
			Where("process_id = ? AND kind = 'review' AND person_id = ?", c.id, expert(n)).Scan(c.ctx, &id) == nil
	})
	return &id
}

// accept is the officer's decision at the end of the round.
func (c *chain) accept() {
	c.t.Helper()
	c.must(c.says(models.DecideReview, officer, c.openTask(models.TaskDecideReview, officer),
		models.DecideReviewPayload{Decision: models.ReviewAccept, Reason: "All agree."}))
}

// reviewed takes the chain through a review by one expert.
func (c *chain) reviewed() {
	c.t.Helper()
	c.must(c.startReview(1))
	c.must(c.answerReview(1, "Clear and right."))
	c.accept()
}

func (c *chain) signOff(unit, who uuid.UUID, task *uuid.UUID, reason string) says {
	return c.says(models.DecideAnswerSignOff, who, task, models.SignOffPayload{VersionHash: c.version.Hash,
		Answer: models.SignOffApprove, Reason: reason})
}

// signedOff lets both voting units approve: Know-how Centre Bulgaria, and Terre des hommes for Romania.
func (c *chain) signedOff() {
	c.t.Helper()
	for _, u := range []struct{ unit, person string }{{"khc", "partner-khc"}, {"tdh", "partner-tdh-ro"}} {
		unit := demo.ID("organisation", u.unit)
		c.must(c.signOff(unit, demo.ID("person", u.person), c.openTask(models.TaskSignOff, unit), ""))
	}
}

func (c *chain) publish() {
	c.t.Helper()
	c.must(c.says(models.DecidePublish, officer, c.openTask(models.TaskPublish, officer), models.NoPayload{}))
}

// deliver records for every authority that it has the recommendation.
func (c *chain) deliver() {
	c.t.Helper()
	today := models.Day(time.Now().UTC())
	open, err := models.Tasks(c.ctx, c.db, models.TaskFilter{Process: c.id, Kinds: []models.TaskKind{models.TaskDeliver}, OpenOnly: true})
	require.NoError(c.t, err)
	require.Len(c.t, open, 2)
	for i := range open {
		c.must(c.says(models.DecideRecordDelivery, officer, &open[i].ID, models.DeliveryPayload{DeliveredOn: &today, Reference: "31/2026"}))
	}
}

// entries are those of a verb in the record, which must be whole.
func (c *chain) entries(verb string) []record.Item {
	c.t.Helper()
	report, err := record.Verify(c.ctx, c.db, c.id)
	require.NoError(c.t, err)
	require.Empty(c.t, report.Faults)
	all, err := record.List(c.ctx, c.db, c.id, record.Public, record.Network, record.Confidential)
	require.NoError(c.t, err)
	var some []record.Item
	for _, it := range all {
		if it.Verb == verb {
			some = append(some, it)
		}
	}
	return some
}

// requireAcknowledgedSettled makes sure that whatever somebody was told was received has an outcome.
func (w *world) requireAcknowledgedSettled() {
	w.t.Helper()
	require.NotEmpty(w.t, w.acknowledged)
	for id := range w.acknowledged {
		s, err := models.SubmissionByID(w.ctx, w.db, id)
		require.NoError(w.t, err, "an acknowledged submission is gone")
		require.NotNil(w.t, s.Outcome, "%s has no outcome", s.Kind)
	}
}
