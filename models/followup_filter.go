package models

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// FollowUpFilter narrows a list of follow-ups; zero fields do not.
type FollowUpFilter struct {
	ID             uuid.UUID   // this one alone
	IDs            []uuid.UUID // of these
	Recommendation uuid.UUID
	Country        string
	Countries      []string // one of these
	Authority      uuid.UUID
	Status         FollowUpStatus
	Topic          string    // of the recommendation by slug, or the source's in its own words
	Challenge      string    // of the recommendation, by slug
	Response       string    // of the country addressed, in the source's own words
	FocalPoint     uuid.UUID // the organisation that follows it
	Stage          Stage     // of a recommendation drafted here
	Query          string    // in the measure, the recommendation's title, who issued it or its reference
	Unfollowed     bool      // nobody is its focal point yet
	Open           bool      // not ended
	Imported       bool      // of recommendations that others issued
	Drafted        bool      // of those drafted here
	Hidden         bool      // also of what is in quarantine, for coordinators
	OverdueAt      time.Time // a report on it was due before, and is missing
	Limit          int64
	After          *Cursor
}

// FollowUps lists follow-ups, oldest first. What is followed up was published, so everybody may read it; notes are
// shown by the doors to those entitled.
func FollowUps(ctx context.Context, db bun.IDB, f FollowUpFilter) ([]FollowUp, error) {
	var all []FollowUp
	err := withFollowUpParts(db.NewSelect().Model(&all)).Apply(f.apply).Order("fu.created_at", "fu.id").Scan(ctx)
	return all, err
}

// CountFollowUps counts what a filter leaves; its limit and place do not count.
func CountFollowUps(ctx context.Context, db bun.IDB, f FollowUpFilter) (int, error) {
	f.Limit, f.After = 0, nil
	n, err := db.NewSelect().Model((*FollowUp)(nil)).Relation("Measure").Relation("Measure.Origin").Relation("Authority").
		Relation("Recommendation").Apply(f.apply).Count(ctx)
	return int(n), err
}

// apply narrows a query over follow-ups with their measure and its origin, their authority and their recommendation.
func (f FollowUpFilter) apply(q *bun.SelectQuery) *bun.SelectQuery {
	q = f.applyWho(f.applyAbout(q))
	if !f.Hidden {
		q = q.Where("recommendation.quarantined_at IS NULL")
	}
	if f.After != nil {
		q = q.Where("(fu.created_at, fu.id) > (?, ?)", f.After.At, f.After.ID)
	}
	if f.Limit > 0 {
		q = q.Limit(f.Limit)
	}
	return q
}

// applyAbout narrows by what the measure is about and where it comes from.
func (f FollowUpFilter) applyAbout(q *bun.SelectQuery) *bun.SelectQuery {
	if f.ID != uuid.Nil {
		q = q.Where("fu.id = ?", f.ID)
	}
	if len(f.IDs) > 0 {
		q = q.Where("fu.id IN (?)", bun.List(f.IDs))
	}
	if f.Recommendation != uuid.Nil {
		q = q.Where("fu.recommendation_id = ?", f.Recommendation)
	}
	if f.Topic != "" {
		q = q.Where(`(? = ANY(measure__origin.topics) OR EXISTS (SELECT 1 FROM recommendation_topics AS ft
			WHERE ft.recommendation_id = fu.recommendation_id AND ft.topic = ?))`, f.Topic, f.Topic)
	}
	if f.Challenge != "" {
		q = q.Where(`EXISTS (SELECT 1 FROM recommendation_challenges AS fh
			WHERE fh.recommendation_id = fu.recommendation_id AND fh.challenge = ?)`, f.Challenge)
	}
	if f.Stage != "" {
		q = q.Where("recommendation.stage = ?", f.Stage)
	}
	if f.Imported {
		q = q.Where("recommendation.kind = ?", KindImported)
	}
	if f.Drafted || f.Stage != "" {
		q = q.Where("recommendation.kind <> ?", KindImported)
	}
	if f.Query != "" {
		like := "%" + escapeLike(f.Query) + "%"
		q = q.Where(`(measure.text ILIKE ? OR recommendation.title ILIKE ? OR measure__origin.issued_by ILIKE ? OR measure__origin.external_ref ILIKE ?
			OR EXISTS (SELECT 1 FROM publications AS fp JOIN publication_texts AS fx ON fx.publication_id = fp.id,
				jsonb_array_elements(fx.measures) AS fm WHERE fp.recommendation_id = fu.recommendation_id
				AND fm->>'id' = fu.measure_id::text AND fm->>'text' ILIKE ?))`, like, like, like, like, like)
	}
	return q
}

// applyWho narrows by who is addressed, who follows, and how it stands.
func (f FollowUpFilter) applyWho(q *bun.SelectQuery) *bun.SelectQuery {
	if f.Country != "" {
		q = q.Where("fu.country_code = ?", f.Country)
	}
	if f.Countries != nil {
		q = q.Where("fu.country_code IN (?)", bun.List(f.Countries))
	}
	if f.Authority != uuid.Nil {
		q = q.Where("fu.authority_id = ?", f.Authority)
	}
	if f.Status != "" {
		q = q.Where("fu.status = ?", f.Status)
	}
	if f.Response != "" {
		q = q.Where("measure__origin.response = ?", f.Response)
	}
	if f.FocalPoint != uuid.Nil {
		q = q.Where("fu.organisation_id = ?", f.FocalPoint)
	}
	if f.Unfollowed {
		q = q.Where(unfollowed)
	}
	if f.Open {
		q = q.Where("fu.ended_at IS NULL")
	}
	if !f.OverdueAt.IsZero() {
		q = q.Where("fu.ended_at IS NULL AND fu.id IN ("+reportsOverdue+")", f.OverdueAt)
	}
	return q
}

// reportsOverdue are the follow-ups on which a report was due before the instant given as argument.
const reportsOverdue = `SELECT t.process_id FROM tasks AS t JOIN processes AS p ON p.id = t.process_id
	JOIN recommendations AS r ON r.id = t.recommendation_id WHERE t.state = 'open' AND t.kind = 'report_progress' AND ` + isOverdue

// FollowUpChoices is what there is to narrow a list of follow-ups by.
type FollowUpChoices struct {
	Topics    []SourceTopic
	Responses []string // of the countries addressed
	Followers []Organisation
}

// SourceTopic is a topic in a source's own words.
type SourceTopic struct{ Name, Language string }

// FollowUpChoicesOf reads what measures and follow-ups hold.
func FollowUpChoicesOf(ctx context.Context, db bun.IDB) (FollowUpChoices, error) {
	var c FollowUpChoices
	err := db.NewRaw(`SELECT DISTINCT ON (topic) topic AS name, r.language FROM imported_measures AS im
		JOIN measures AS m ON m.id = im.measure_id JOIN recommendations AS r ON r.id = m.recommendation_id, unnest(im.topics) AS topic
		ORDER BY topic, r.language`).Scan(ctx, &c.Topics)
	if err != nil {
		return c, fmt.Errorf("read the topics of sources: %w", err)
	}
	err = db.NewSelect().Table("imported_measures").ColumnExpr("DISTINCT response").Where("response <> ''").OrderExpr("1").Scan(ctx, &c.Responses)
	if err != nil {
		return c, fmt.Errorf("read the responses of countries: %w", err)
	}
	err = db.NewSelect().Model(&c.Followers).Where("organisation.id IN (SELECT organisation_id FROM followups)").OrderExpr(organisationsInOrder).Scan(ctx)
	if err != nil {
		return c, fmt.Errorf("read who follows measures: %w", err)
	}
	return c, nil
}
