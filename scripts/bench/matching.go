package main

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"tribuna/models"
)

const (
	matchedExperts = 150
	matchedTexts   = 40
	matchedWanted  = 3  // experts for each text
	matchedTurns   = 20 // how often all is matched

	aimMatching = time.Second // of the slowest: an officer waits for it
)

// measureMatching measures whom to ask about many texts at once: reading what speaks for and against every expert, and
// sharing the reviews out, beside the reading alone.
func measureMatching(ctx context.Context, _ settings) (string, error) {
	in, err := startInstance(ctx)
	if err != nil {
		return "", err
	}
	defer in.stop()
	recs, err := in.addTextsToMatch(ctx)
	if err != nil {
		return "", err
	}
	wanted := make([]int, len(recs))
	for i := range wanted {
		wanted[i] = matchedWanted
	}
	var whole, read sample
	given := 0
	for range matchedTurns {
		took, err := timed(func() error {
			proposals, err := models.ShareOutReviews(ctx, in.db, recs, wanted, 0)
			given = 0
			for _, p := range proposals {
				given += len(p.Experts)
			}
			return err
		})
		if err != nil {
			return "", err
		}
		whole = append(whole, took)
		if took, err = timed(func() error { return in.readExperts(ctx, recs) }); err != nil {
			return "", err
		}
		read = append(read, took)
	}
	return fmt.Sprintf(`## Matching %d experts and %d texts

%d experts are wanted for each text; what speaks for and against each of them is read from the database, then the reviews are
shared out as a minimum-cost flow. %d of %d were found. %d times over.

| | p50 ms | slowest ms |
|---|---:|---:|
| matched | %s | %s |
| the reading alone | %s | %s |
| ratio at p50 | %.2f | |

Aim: matched in under 1 s, also the slowest time: %s.

`, matchedExperts, len(recs), matchedWanted, given, matchedWanted*len(recs), matchedTurns, ms(whole.at(.5)), ms(whole.at(1)),
		ms(read.at(.5)), ms(read.at(1)), float64(whole.at(.5))/float64(read.at(.5)), verdict(whole.at(1) < aimMatching)), nil
}

func (in *instance) readExperts(ctx context.Context, recs []models.Recommendation) error {
	for i := range recs {
		f := models.WantedFor(&recs[i])
		f.Limit = matchedExperts * 2
		if _, err := models.ExpertsFor(ctx, in.db, f); err != nil {
			return err
		}
	}
	return nil
}

// addExperts adds people of all countries who know some of the topics and take up to four reviews each.
func (in *instance) addExperts(ctx context.Context) error {
	_, err := in.db.NewRaw(`WITH p AS (INSERT INTO people (id, name, email, language, languages, country_code, topics, max_open)
			SELECT gen_random_uuid(), 'Expert ' || i, 'matched-' || i || '@tribuna.example', 'en',
				CASE WHEN i % 3 = 0 THEN '{en,bg}'::text[] WHEN i % 3 = 1 THEN '{en}' ELSE '{en,ro}' END,
				(SELECT code FROM countries ORDER BY code OFFSET i % 8 LIMIT 1),
				ARRAY(SELECT slug FROM topics ORDER BY md5(slug || i) LIMIT 3), 1 + i % 4
			FROM generate_series(1, ?) AS i RETURNING id)
		INSERT INTO roles (person_id, organisation_id, role)
		SELECT p.id, (SELECT id FROM organisations WHERE kind = 'academic' ORDER BY slug LIMIT 1), 'expert' FROM p`, matchedExperts).Exec(ctx)
	if err != nil {
		return fmt.Errorf("add experts: %w", err)
	}
	return nil
}

// addTextsToMatch makes drafts on all topics and in all countries, and experts for them.
func (in *instance) addTextsToMatch(ctx context.Context) ([]models.Recommendation, error) {
	if err := in.addExperts(ctx); err != nil {
		return nil, err
	}
	var ids []uuid.UUID
	err := in.db.NewRaw(`WITH r AS (INSERT INTO recommendations (id, slug, kind, language, title, organisation_id, officer_id, procedure_id, stage, stage_since, languages, created_at, updated_at)
			SELECT gen_random_uuid(), 'matched-' || i, kind, CASE WHEN i % 4 = 0 THEN 'bg' ELSE 'en' END, 'Text ' || i, organisation_id, officer_id, procedure_id,
				'drafting', now(), '{}', now(), now()
			FROM generate_series(1, ?) AS i, (SELECT * FROM recommendations WHERE kind <> 'imported' ORDER BY created_at LIMIT 1) AS one RETURNING id, slug),
		c AS (INSERT INTO recommendation_countries (recommendation_id, country_code) SELECT r.id, code FROM r, LATERAL (SELECT code FROM countries ORDER BY md5(code || r.slug) LIMIT 2) AS picked),
		t AS (INSERT INTO recommendation_topics (recommendation_id, topic) SELECT r.id, picked.slug FROM r, LATERAL (SELECT slug FROM topics ORDER BY md5(topics.slug || r.slug) LIMIT 3) AS picked),
		h AS (INSERT INTO recommendation_challenges (recommendation_id, challenge) SELECT r.id, picked.slug FROM r, LATERAL (SELECT slug FROM challenges ORDER BY md5(challenges.slug || r.slug) LIMIT 2) AS picked)
		SELECT id FROM r`, matchedTexts).Scan(ctx, &ids)
	if err != nil {
		return nil, fmt.Errorf("add texts: %w", err)
	}
	coordinator, err := models.Coordinators(ctx, in.db)
	if err != nil || len(coordinator) == 0 {
		return nil, fmt.Errorf("no coordinator: %w", err)
	}
	viewer, err := models.ViewerOf(ctx, in.db, coordinator[0].ID)
	if err != nil {
		return nil, err
	}
	recs := make([]models.Recommendation, 0, len(ids))
	for _, id := range ids {
		rec, err := models.VisibleRecommendation(ctx, in.db, viewer, id)
		if err != nil {
			return nil, err
		}
		recs = append(recs, *rec)
	}
	return recs, nil
}
