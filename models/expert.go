package models

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"
)

// Expert is a person asked for reviews, with how well they fit what they are wanted for.
type Expert struct {
	Person `bun:",extend"`

	TopicsMatched int  `bun:",scanonly"` // of the topics asked for
	ReadsLanguage bool `bun:",scanonly"` // any of the languages asked for
	KnowsCountry  bool `bun:",scanonly"` // lives in one of the countries asked for
	OpenReviews   int  `bun:",scanonly"`
}

// ExpertFilter says what experts are wanted for.
type ExpertFilter struct {
	Topics    []string
	Countries []string
	Languages []string
	Exclude   []uuid.UUID // asked already, or not to be asked
	Limit     int         // at most so many; 0 means 50
}

// openTasks counts the open tasks of a person, of some kinds.
const openTasks = `(SELECT count(*) FROM tasks AS open
	WHERE open.person_id = person.id AND open.state = 'open' AND open.kind IN (?))`

// ExpertsFor returns who could review, the best fit first: who reads the language (nobody reviews a text they cannot
// read), then by topics known, country, and the fewest open reviews. Whoever has as many open reviews as they are
// willing to have is left out. Equal ones stand in a stable order.
func ExpertsFor(ctx context.Context, db bun.IDB, f ExpertFilter) ([]Expert, error) {
	if f.Limit <= 0 {
		f.Limit = 50
	}
	reviews := bun.List([]string{"review"})
	var list []Expert
	q := db.NewSelect().Model(&list).ColumnExpr("person.*").
		ColumnExpr("(SELECT count(*) FROM unnest(person.topics) AS t WHERE t = ANY(?::text[])) AS topics_matched", pgArray(f.Topics)).
		ColumnExpr("(person.languages && ?::text[]) AS reads_language", pgArray(f.Languages)).
		ColumnExpr("coalesce(person.country_code = ANY(?::text[]), false) AS knows_country", pgArray(f.Countries)).
		ColumnExpr(openTasks+" AS open_reviews", reviews).
		Where(hasRole, bun.List([]string{RoleExpert})).
		Where(openTasks+" < person.max_open", reviews).
		OrderExpr("reads_language DESC, topics_matched DESC, knows_country DESC, open_reviews, person.created_at, person.id").
		Limit(int64(f.Limit))
	if err := without(q, f.Exclude).Scan(ctx); err != nil {
		return nil, fmt.Errorf("read experts: %w", err)
	}
	return list, nil
}

// TranslatorsFor returns the translators of a language, those with the fewest open translations and approvals first.
func TranslatorsFor(ctx context.Context, db bun.IDB, language string, exclude []uuid.UUID) ([]Person, error) {
	var list []Person
	q := db.NewSelect().Model(&list).
		Where(hasRole, bun.List([]string{RoleTranslator})).
		Where("? = ANY(person.languages)", language).
		OrderExpr(openTasks+", person.created_at, person.id", bun.List([]string{"translate", "approve_translation"}))
	if err := without(q, exclude).Scan(ctx); err != nil {
		return nil, fmt.Errorf("read translators: %w", err)
	}
	return list, nil
}

// without leaves out people by id.
func without(q *bun.SelectQuery, people []uuid.UUID) *bun.SelectQuery {
	if len(people) == 0 {
		return q
	}
	return q.Where("person.id NOT IN (?)", bun.List(people))
}

// pgArray passes a list as an array, an absent one as the empty array.
func pgArray(list []string) any {
	if list == nil {
		list = []string{}
	}
	return pgdialect.Array(list)
}
