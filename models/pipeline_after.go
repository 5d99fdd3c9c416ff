package models

import (
	"context"
	"time"

	"github.com/google/uuid"
)

// afterwards is what stands in a step that comes after publication.
type afterwards struct {
	Now, Held, Long, Ended int
	Seconds                float64 // half of what ended took no longer
}

func (a afterwards) stage(step string) PipelineStage {
	return PipelineStage{Step: step, Now: a.Now, Held: a.Held, Long: a.Long, Ended: a.Ended, Median: time.Duration(a.Seconds * float64(time.Second))}
}

// readCampaigns counts recommendations with mailings: under way while one of them is not over, as on the ribbon. The procedure
// gives a campaign no time.
func (p *pipeline) readCampaigns(ctx context.Context) error {
	var a afterwards
	err := p.db.NewRaw(`WITH campaign AS (
			SELECT count(*) FILTER (WHERE m.state IN ('draft', 'scheduled', 'asking', 'sending', 'paused')) AS open,
				count(*) FILTER (WHERE m.state IN ('draft', 'scheduled', 'sending')) AS going,
				min(c.created_at) AS begun, max(m.finished_at) AS over
			FROM mailings AS m JOIN campaigns AS c ON c.id = m.campaign_id WHERE m.state <> 'cancelled' GROUP BY m.recommendation_id)
		SELECT count(*) FILTER (WHERE open > 0) AS now, count(*) FILTER (WHERE open > 0 AND going = 0) AS held,
			count(*) FILTER (WHERE open = 0 AND over > ?0) AS ended,
			coalesce(percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM over - begun)) FILTER (WHERE open = 0 AND over > ?0), 0) AS seconds
		FROM campaign`, p.now.AddDate(-1, 0, 0)).Scan(ctx, &a)
	p.campaigns = a.stage(StepCampaign)
	return err
}

// readFollowUps counts recommendations that are followed up, and those of them that answer late; what takes time by the
// procedure, and ends, is an answer to a request for progress.
func (p *pipeline) readFollowUps(ctx context.Context) error {
	var a afterwards
	err := p.db.NewRaw(`SELECT
			(SELECT count(*) FROM recommendations AS r WHERE r.kind <> 'imported' AND r.published_at IS NOT NULL
				AND EXISTS (SELECT 1 FROM followups AS f WHERE f.recommendation_id = r.id AND f.ended_at IS NULL)) AS now,
			(SELECT count(DISTINCT t.recommendation_id) FROM tasks AS t JOIN recommendations AS r ON r.id = t.recommendation_id
				WHERE t.state = 'open' AND t.kind = 'report_progress' AND t.due_at < ?1 AND r.kind <> 'imported') AS long,
			count(*) AS ended, coalesce(percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM t.closed_at - t.opened_at)), 0) AS seconds
		FROM tasks AS t JOIN recommendations AS r ON r.id = t.recommendation_id
		WHERE t.kind = 'report_progress' AND t.state = 'done' AND t.closed_at > ?0 AND r.kind <> 'imported'`, p.now.AddDate(-1, 0, 0), p.now).Scan(ctx, &a)
	if err != nil {
		return err
	}
	p.followUps = a.stage(StepFollowUp)
	var procedures []uuid.UUID
	err = p.db.NewRaw(`SELECT procedure_id FROM recommendations WHERE kind <> 'imported' AND stage = 'done'
		GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1`).Scan(ctx, &procedures)
	if err == nil && len(procedures) > 0 {
		p.followUps.Procedure = p.procedures[procedures[0]].StageEnds(StepFollowUp, anyMonday).Sub(anyMonday)
	}
	return err
}
