package models

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// PipelineStage is one step of all recommendations drafted here, a stage or what comes after: what stands in it, and how long
// it takes against the procedure. It measures steps, never people.
type PipelineStage struct {
	Step      string        // as on the ribbon
	Now       int           // stand in it
	Held      int           // of these, on hold; of campaigns, all that is left of them
	Long      int           // of these, not on hold and longer there than their procedure says
	Ended     int           // left it within the last year; of follow-ups, answers to a request for progress
	Median    time.Duration // that they took; 0 where none ended
	Procedure time.Duration // what the procedure most of them follow gives; 0 where it gives none
}

// pipelineStages are those that take time by the procedure, and drafting before them.
var pipelineStages = []Stage{StageDrafting, StageReview, StageTranslation, StageSignOff, StagePublication}

// Pipeline returns the steps in their order. It is for coordinators, who read everything.
func Pipeline(ctx context.Context, db bun.IDB, now time.Time) ([]PipelineStage, error) {
	p := &pipeline{db: db, now: now, procedures: map[uuid.UUID]ProcedureDocument{}}
	for _, read := range []func(context.Context) error{p.readProcedures, p.readStanding, p.readEnded, p.readCampaigns, p.readFollowUps} {
		if err := read(ctx); err != nil {
			return nil, fmt.Errorf("read the pipeline: %w", err)
		}
	}
	return append(p.stages(), p.campaigns, p.followUps), nil
}

type pipeline struct {
	db         bun.IDB
	now        time.Time
	procedures map[uuid.UUID]ProcedureDocument
	standing   []standing
	ended      []ended

	campaigns, followUps PipelineStage
}

// standing counts the recommendations of one procedure in a stage; ended counts those that left one.
type (
	standing struct {
		Stage           Stage
		ProcedureID     uuid.UUID
		Now, Held, Long int
	}
	ended struct {
		Stage       Stage
		ProcedureID uuid.UUID
		N           int
		Seconds     float64 // half of all in this stage took no longer
	}
)

// readProcedures reads all versions: they are few, and to find those that recommendations go by would be to read every
// recommendation.
func (p *pipeline) readProcedures(ctx context.Context) error {
	var all []Procedure
	err := p.db.NewSelect().Model(&all).Scan(ctx)
	for _, one := range all {
		p.procedures[one.ID] = one.Document
	}
	return err
}

// readStanding counts what stands in each stage. Who has been there for too long is said by the instant before which a
// recommendation of its procedure must have come: so the database counts, and no recommendation is read for it.
func (p *pipeline) readStanding(ctx context.Context) error {
	type limit struct {
		ProcedureID uuid.UUID `bun:"type:uuid"`
		Stage       Stage
		Before      time.Time // a time that began before is over by now
	}
	limits := []limit{}
	for id, d := range p.procedures {
		for _, stage := range pipelineStages {
			limits = append(limits, limit{id, stage, d.overSince(stage, p.now)})
		}
	}
	if len(limits) == 0 {
		return nil
	}
	return drafted(p.db.NewSelect().TableExpr("recommendations AS r"), false).With("limits", p.db.NewValues(&limits)).
		Join("JOIN stage_spells AS sp ON sp.recommendation_id = r.id AND sp.left_at IS NULL").
		Join("JOIN limits AS l ON l.procedure_id = r.procedure_id AND l.stage = r.stage").
		ColumnExpr("r.stage, r.procedure_id, count(*) AS now, count(*) FILTER (WHERE r.held_at IS NOT NULL) AS held").
		ColumnExpr("count(*) FILTER (WHERE r.held_at IS NULL AND r.stage_since + sp.held < l.before) AS long"). // later by what it was on hold
		Where("r.stage IN (?)", bun.List(pipelineStages)).GroupExpr("1, 2").OrderExpr("1, 2").Scan(ctx, &p.standing)
}

// overSince returns the instant before which a stage must have begun to be over by now, by the procedure: long ago where it
// gives the stage no time. It is found by halving, for a later beginning never ends sooner.
func (d ProcedureDocument) overSince(stage Stage, now time.Time) time.Time {
	lasts, since := now.AddDate(-2*longestYears*len(pipelineStages), 0, 0), now
	if !d.StageEnds(stage, now).After(now) {
		return lasts
	}
	for since.Sub(lasts) > time.Microsecond {
		middle := lasts.Add(since.Sub(lasts) / 2)
		if d.StageEnds(stage, middle).Before(now) {
			lasts = middle
		} else {
			since = middle
		}
	}
	return since
}

func (p *pipeline) readEnded(ctx context.Context) error {
	return p.db.NewRaw(`WITH left_since AS MATERIALIZED (
			SELECT sp.stage, r.procedure_id, extract(epoch FROM sp.left_at - sp.entered_at - sp.held) AS took
			FROM stage_spells AS sp JOIN recommendations AS r ON r.id = sp.recommendation_id
			WHERE sp.left_at > ?0 AND r.stage <> 'withdrawn')
		SELECT s.stage, s.procedure_id, s.n, m.seconds
		FROM (SELECT stage, procedure_id, count(*) AS n FROM left_since GROUP BY 1, 2) AS s
		JOIN (SELECT stage, percentile_cont(0.5) WITHIN GROUP (ORDER BY took) AS seconds FROM left_since GROUP BY 1) AS m USING (stage)
		ORDER BY s.stage, s.n DESC, s.procedure_id`, p.now.AddDate(-1, 0, 0)).Scan(ctx, &p.ended)
}

func (p *pipeline) stages() []PipelineStage {
	all := make([]PipelineStage, len(pipelineStages))
	for i, stage := range pipelineStages {
		s := PipelineStage{Step: string(stage)}
		most := 0
		for _, r := range p.standing {
			if r.Stage == stage {
				s.count(r, p.procedures[r.ProcedureID])
			}
		}
		for _, e := range p.ended {
			if e.Stage != stage {
				continue
			}
			s.Ended += e.N
			s.Median = time.Duration(e.Seconds * float64(time.Second))
			if e.N > most {
				most = e.N
				s.Procedure = p.procedures[e.ProcedureID].StageEnds(stage, anyMonday).Sub(anyMonday)
			}
		}
		all[i] = s
	}
	return all
}

func (s *PipelineStage) count(r standing, d ProcedureDocument) {
	s.Now, s.Held, s.Long = s.Now+r.Now, s.Held+r.Held, s.Long+r.Long
	if s.Procedure == 0 {
		s.Procedure = d.StageEnds(r.Stage, anyMonday).Sub(anyMonday)
	}
}

// StageEnds returns when a stage that began at from is over by the procedure if everybody takes the time they are given;
// from itself for a stage that it sets no time for.
func (d ProcedureDocument) StageEnds(stage Stage, from time.Time) time.Time {
	var spans []Span
	switch stage {
	case StageReview:
		spans = []Span{d.Review.Due, d.Review.Grace, d.Review.Decide.Due}
	case StageTranslation:
		spans = []Span{d.Translation.Translate.Due, d.Translation.Approve.Due}
	case StageSignOff:
		spans = []Span{d.SignOff.Due, d.SignOff.Resolve.Due}
	case StagePublication:
		spans = []Span{d.Publication.Publish.Due, d.Publication.Deliver.Due}
	case StepFollowUp: // of an answer, when progress is asked for
		spans = []Span{d.FollowUp.Report.Due}
	}
	for _, s := range spans {
		from = s.After(from, time.UTC)
	}
	return from
}
