// Package workflows holds the processes: deterministic code that says what happens next and when, and client.go, the
// only door through which pages and API reach them.
//
// A workflow owns no truth. It reads where its process stands from the database, waits until the next thing is due or a
// decision comes in, has an activity do it, and goes on from where that led. So it can begin anywhere: after
// continue-as-new, after a crash, after Temporal's history was lost.
package workflows

import (
	"go.temporal.io/sdk/workflow"

	"tribuna/models"
)

// Recommendation drives one recommendation from draft to publication and delivery.
// States and transitions: docs/processes.md.
func Recommendation(ctx workflow.Context, in Input) error {
	p, err := newProcess(ctx, in, oneTransaction)
	if err != nil {
		return err
	}
	wf := &recommendation{process: p}
	return wf.run(ctx)
}

type recommendation struct{ *process }

// stage is one stage of a recommendation: it says what comes next by itself, and when.
type stage interface {
	next(r *recommendation) []next
}

var stages = map[models.Stage]stage{
	models.StageDrafting:    drafting{},
	models.StageReview:      review{},
	models.StageTranslation: translation{},
	models.StageSignOff:     signOff{},
	models.StagePublication: publication{},
}

// run goes from stage to stage until the recommendation is done or withdrawn, and continues as new between stages.
func (r *recommendation) run(ctx workflow.Context) error {
	for !r.pos.Closed {
		stage := r.pos.Stage
		if err := r.runStage(ctx); err != nil {
			return err
		}
		if !r.pos.Closed && (r.pos.Stage != stage || r.tired(ctx)) {
			return r.renew(ctx, Recommendation)
		}
	}
	return r.settle(ctx)
}

// runStage stays in a stage until it is left, or the history is long.
func (r *recommendation) runStage(ctx workflow.Context) error {
	here := r.pos.Stage
	for !r.pos.Closed && r.pos.Stage == here && !r.tired(ctx) {
		if err := r.advance(ctx, r.nextSteps()); err != nil {
			return err
		}
	}
	return nil
}

// nextSteps is nothing while the recommendation is on hold: then only a decision moves it.
func (r *recommendation) nextSteps() []next {
	if r.pos.Held {
		return nil
	}
	return stages[r.pos.Stage].next(r)
}

// drafting waits for the officer: writing never enters the process.
type drafting struct{}

func (drafting) next(r *recommendation) []next { return r.tasks() }
