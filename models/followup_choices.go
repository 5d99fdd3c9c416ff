package models

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"
)

// FollowUpChoices is what there is to narrow a list of follow-ups by.
type FollowUpChoices struct {
	Topics    []SourceTopic
	Responses []string // of the countries addressed
	Followers []Organisation
}

// SourceTopic is a topic in a source's own words.
type SourceTopic struct{ Name, Language string }

// responses are the few there are, each found by one step in the index, where DISTINCT would read every measure.
const responses = `WITH RECURSIVE there AS (
	SELECT min(response) AS response FROM imported_measures WHERE response > ''
	UNION ALL SELECT (SELECT min(im.response) FROM imported_measures AS im WHERE im.response > there.response) FROM there WHERE there.response IS NOT NULL)
	SELECT response FROM there WHERE response IS NOT NULL`

// FollowUpChoicesOf reads what measures and follow-ups hold.
func FollowUpChoicesOf(ctx context.Context, db bun.IDB) (FollowUpChoices, error) {
	var c FollowUpChoices
	err := db.NewSelect().Table("source_topics").Column("name", "language").Order("name").Scan(ctx, &c.Topics)
	if err != nil {
		return c, fmt.Errorf("read the topics of sources: %w", err)
	}
	err = db.NewRaw(responses).Scan(ctx, &c.Responses)
	if err != nil {
		return c, fmt.Errorf("read the responses of countries: %w", err)
	}
	err = db.NewSelect().Model(&c.Followers).Where("EXISTS (SELECT 1 FROM followups AS fu WHERE fu.organisation_id = organisation.id)").
		OrderExpr(organisationsInOrder).Scan(ctx)
	if err != nil {
		return c, fmt.Errorf("read who follows measures: %w", err)
	}
	return c, nil
}
