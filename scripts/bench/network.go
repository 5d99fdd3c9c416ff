package main

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"tribuna/models"
)

// perRecommendation is how many measures a recommendation holds here; every one is followed in every country.
const perRecommendation = 10

// published are the statements that fill a network with published recommendations, each concerning every country, each
// measure followed up at one authority per country, in every state there is. ?0 is the number of recommendations.
var published = []string{
	`INSERT INTO recommendations (id, slug, kind, language, title, organisation_id, officer_id, procedure_id, stage, stage_since, published_at, created_at, updated_at)
	SELECT gen_random_uuid(), 'measured-' || n, 'policy_brief', 'en', 'Measured recommendation ' || n, role.organisation_id, role.person_id, procedure.id, 'done', at, at, at, at
	FROM generate_series(1, ?0) AS n
	CROSS JOIN LATERAL (SELECT now() - n % 700 * interval '1 day' AS at) AS t
	CROSS JOIN (SELECT organisation_id, person_id FROM roles JOIN people ON people.id = person_id WHERE email = ?1 AND role = 'officer' LIMIT 1) AS role
	CROSS JOIN (SELECT id FROM procedures WHERE slug = 'default' ORDER BY version DESC LIMIT 1) AS procedure`,
	`INSERT INTO versions (id, recommendation_id, number, title, body, measures, hash, created_by, created_at)
	SELECT gen_random_uuid(), id, 1, title, 'Measured.', '[]', repeat('0', 64), officer_id, created_at FROM recommendations WHERE slug LIKE 'measured-%'`,
	`UPDATE recommendations AS r SET current_version_id = v.id, accepted_version_id = v.id FROM versions AS v WHERE v.recommendation_id = r.id AND r.slug LIKE 'measured-%'`,
	`INSERT INTO recommendation_countries SELECT r.id, c.code FROM recommendations AS r CROSS JOIN countries AS c
	WHERE r.slug LIKE 'measured-%' AND EXISTS (SELECT 1 FROM authorities AS a WHERE a.country_code = c.code)`,
	`INSERT INTO recommendation_challenges SELECT r.id, c.slug FROM recommendations AS r CROSS JOIN LATERAL
	(SELECT slug FROM challenges ORDER BY md5(slug || r.slug) LIMIT 1) AS c WHERE r.slug LIKE 'measured-%'`,
	`INSERT INTO measures (id, recommendation_id, number, text) SELECT gen_random_uuid(), r.id, n, 'Measured measure ' || n
	FROM recommendations AS r CROSS JOIN generate_series(1, ?2) AS n WHERE r.slug LIKE 'measured-%'`,
	`INSERT INTO measure_authorities SELECT m.id, a.id FROM measures AS m JOIN recommendations AS r ON r.id = m.recommendation_id
	CROSS JOIN (SELECT DISTINCT ON (country_code) id FROM authorities WHERE country_code IS NOT NULL ORDER BY country_code, slug) AS a WHERE r.slug LIKE 'measured-%'`,
	`INSERT INTO followups (id, recommendation_id, measure_id, authority_id, organisation_id, status, status_since, ask_at, created_at)
	SELECT gen_random_uuid(), r.id, m.id, ma.authority_id, r.organisation_id,
		(ARRAY['no_reply','under_discussion','committed','partly_adopted','adopted','adopted_not_funded','implemented','stalled','lapsed','rejected','rolled_back','harm_prevented'])[1 + floor(random() * 12)],
		now() - random() * interval '700 days', now() + interval '90 days' + random() * interval '200 days', r.created_at
	FROM recommendations AS r JOIN measures AS m ON m.recommendation_id = r.id JOIN measure_authorities AS ma ON ma.measure_id = m.id WHERE r.slug LIKE 'measured-%'`,
}

// fill adds so many measures to a network, each followed up in every country that has authorities, and tidies up as the
// server does by itself after a while.
func (in *instance) fill(ctx context.Context, measures int) error {
	for _, statement := range published {
		if _, err := in.db.ExecContext(ctx, statement, (measures+perRecommendation-1)/perRecommendation, officer, perRecommendation); err != nil {
			return fmt.Errorf("%.60s…: %w", statement, err)
		}
	}
	owner, err := models.Open(in.pg.OwnerURL())
	if err != nil {
		return err
	}
	defer owner.Close()
	_, err = owner.ExecContext(ctx, "VACUUM (ANALYZE)")
	return err
}

// addFollowUps adds open processes: follow-ups that wait for months. They are returned unstarted.
func (in *instance) addFollowUps(ctx context.Context, count int) ([]uuid.UUID, error) {
	if err := in.fill(ctx, count/countries+1); err != nil {
		return nil, err
	}
	var ids []uuid.UUID
	err := in.db.NewRaw(`INSERT INTO processes (id, kind, recommendation_id, created_at)
		SELECT id, 'followup', recommendation_id, created_at FROM followups LIMIT ? RETURNING id`, count).Scan(ctx, &ids)
	return ids, err
}
