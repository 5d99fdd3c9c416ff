package models

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"
)

// Expert is a person asked for reviews, with what speaks for and against asking them.
type Expert struct {
	Person `bun:",extend"`

	TopicsMatched     int  `bun:",scanonly"` // of the topics asked for
	ChallengesMatched int  `bun:",scanonly"` // of the challenges asked for: they have reviewed a text about it
	ReadsLanguage     bool `bun:",scanonly"` // any of the languages asked for
	KnowsCountry      bool `bun:",scanonly"` // lives in one of the countries asked for
	OpenReviews       int  `bun:",scanonly"`
	OwnText           bool `bun:",scanonly"` // theirs, or of an organisation of theirs: they are not proposed
	ReviewedBefore    bool `bun:",scanonly"` // answered about this text, in a round before
	NotBefore         bool `bun:",scanonly"` // was asked about this text before and declined, did not answer, or was replaced for a conflict of interest
}

// ExpertFilter says what experts are wanted for.
type ExpertFilter struct {
	Recommendation uuid.UUID // whose conflicts are looked at; the zero id: none
	Topics         []string
	Challenges     []string
	Countries      []string
	Languages      []string
	Exclude        []uuid.UUID // asked already, or not to be asked
	Limit          int         // at most so many; 0 means 50
}

// WantedFor says what experts a recommendation wants.
func WantedFor(r *Recommendation) ExpertFilter {
	return ExpertFilter{Recommendation: r.ID, Topics: r.Topics, Challenges: r.Challenges, Countries: r.Countries, Languages: []string{r.Language}}
}

// openTasks counts the open tasks of a person, of some kinds.
const openTasks = `(SELECT count(*) FROM tasks AS open
	WHERE open.person_id = person.id AND open.state = 'open' AND open.kind IN (?))`

// challengesReviewed counts the challenges asked for about which somebody has reviewed a text.
const challengesReviewed = `(SELECT count(DISTINCT rc.challenge) FROM reviews AS rv
	JOIN recommendation_challenges AS rc USING (recommendation_id)
	WHERE rv.person_id = person.id AND rv.answer IS NOT NULL AND rc.challenge = ANY(?::text[]))`

// ownText is whether a text is somebody's own: they are its officer, or have a role in the organisation it belongs to, in
// that one's parent or in a sister.
const ownText = `EXISTS (SELECT 1 FROM recommendations AS r JOIN organisations AS o ON o.id = r.organisation_id
	WHERE r.id = ? AND (r.officer_id = person.id OR EXISTS (SELECT 1 FROM roles JOIN organisations AS theirs ON theirs.id = roles.organisation_id
		WHERE roles.person_id = person.id AND (theirs.id IN (o.id, o.parent_id) OR theirs.parent_id IN (o.id, o.parent_id)))))`

// reviewedBefore is whether somebody answered about a text.
const reviewedBefore = `EXISTS (SELECT 1 FROM reviews AS rv WHERE rv.recommendation_id = ? AND rv.person_id = person.id AND rv.answer IS NOT NULL)`

// notBefore is whether somebody was asked about a text before, in vain, or was replaced for a conflict of interest with it.
const notBefore = `EXISTS (SELECT 1 FROM tasks AS before WHERE before.recommendation_id = ? AND before.kind = 'review'
	AND before.person_id = person.id AND before.state IN ('declined', 'expired'))
	OR EXISTS (SELECT 1 FROM review_conflicts AS rc WHERE rc.recommendation_id = ? AND rc.person_id = person.id AND rc.ruling = 'replaced')`

// ExpertsFor returns who could review, the best fit first: whose own the text is comes last, and who does not read the
// language before them (nobody reviews a text they cannot read); then by topics known, challenges reviewed before,
// country, and the fewest open reviews. Whoever has as many open reviews as they are willing to have is left out. Equal
// ones stand in a stable order.
func ExpertsFor(ctx context.Context, db bun.IDB, f ExpertFilter) ([]Expert, error) {
	if f.Limit <= 0 {
		f.Limit = 50
	}
	reviews := bun.List([]string{"review"})
	var list []Expert
	q := db.NewSelect().Model(&list).ColumnExpr("person.*").
		ColumnExpr("(SELECT count(*) FROM unnest(person.topics) AS t WHERE t = ANY(?::text[])) AS topics_matched", pgArray(f.Topics)).
		ColumnExpr(challengesReviewed+" AS challenges_matched", pgArray(f.Challenges)).
		ColumnExpr("(person.languages && ?::text[]) AS reads_language", pgArray(f.Languages)).
		ColumnExpr("coalesce(person.country_code = ANY(?::text[]), false) AS knows_country", pgArray(f.Countries)).
		ColumnExpr(openTasks+" AS open_reviews", reviews).
		ColumnExpr(ownText+" AS own_text", f.Recommendation).
		ColumnExpr(reviewedBefore+" AS reviewed_before", f.Recommendation).
		ColumnExpr("("+notBefore+") AS not_before", f.Recommendation, f.Recommendation).
		Where(hasRole, bun.List([]string{RoleExpert})).
		Where(openTasks+" < person.max_open", reviews).
		OrderExpr("own_text, reads_language DESC, topics_matched DESC, challenges_matched DESC, knows_country DESC, open_reviews, person.created_at, person.id").
		Limit(int64(f.Limit))
	if err := without(q, f.Exclude).Scan(ctx); err != nil {
		return nil, fmt.Errorf("read experts: %w", err)
	}
	return list, nil
}

// FreeToReview reports whether somebody is still in the network and has fewer open reviews than they are willing to have.
func FreeToReview(ctx context.Context, db bun.IDB, person uuid.UUID) (bool, error) {
	free, err := db.NewSelect().Model((*Person)(nil)).Where("person.id = ? AND person.left_at IS NULL", person).
		Where(openTasks+" < person.max_open", bun.List([]string{"review"})).Exists(ctx)
	if err != nil {
		return false, fmt.Errorf("read whether an expert is free: %w", err)
	}
	return free, nil
}

// Proposable tells whether an expert is proposed for a text: they can read it, it is not their own, and they were not
// asked about it in vain. The officer may ask others.
func (e Expert) Proposable() bool { return e.ReadsLanguage && !e.OwnText && !e.NotBefore }

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
