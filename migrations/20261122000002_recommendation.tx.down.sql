DROP TRIGGER versions_immutable ON versions;
DROP TRIGGER decisions_immutable ON decisions;
ALTER TABLE recommendations DROP COLUMN current_version_id, DROP COLUMN accepted_version_id;
DROP TABLE deliveries, publication_texts, publications, signoffs, translation_blocks, translations, comments, reviews, review_rounds,
    decisions, submissions, tasks, processes, measure_authorities, measures, versions, consulted_groups, recommendation_grants,
    recommendation_challenges, recommendation_topics, recommendation_countries, recommendations;
DROP FUNCTION refuse_change();
