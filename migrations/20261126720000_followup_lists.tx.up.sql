-- The list of follow-ups at the size of years: each thing it is narrowed by has an index, so that neither finding nor counting
-- reads what does not fit.
CREATE INDEX followups_status_created ON followups (status, created_at, id);
CREATE INDEX followups_organisation_created ON followups (organisation_id, created_at, id) WHERE organisation_id IS NOT NULL;
CREATE INDEX imported_measures_search ON imported_measures USING gin (search_words(issued_by || ' ' || external_ref));
CREATE INDEX imported_measures_topics ON imported_measures USING gin (topics);
CREATE INDEX imported_measures_response ON imported_measures (response);

-- The topics of sources in their own words, to choose from, kept as measures bring them and lose them.
CREATE TABLE source_topics (
    name     text PRIMARY KEY,
    language text NOT NULL REFERENCES languages             -- of the recommendation that brought it
);
CREATE FUNCTION bring_source_topics() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO source_topics (name, language)
    SELECT DISTINCT ON (topic) topic, r.language FROM added AS im JOIN measures AS m ON m.id = im.measure_id
        JOIN recommendations AS r ON r.id = m.recommendation_id, unnest(im.topics) AS topic ORDER BY topic, r.language
    ON CONFLICT (name) DO NOTHING;
    RETURN NULL;
END $$;
CREATE FUNCTION lose_source_topics() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM source_topics AS t WHERE t.name IN (SELECT unnest(topics) FROM removed)
        AND NOT EXISTS (SELECT 1 FROM imported_measures AS im WHERE im.topics @> ARRAY[t.name]);
    RETURN NULL;
END $$;
CREATE TRIGGER imported_measures_topics_added AFTER INSERT ON imported_measures REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION bring_source_topics();
CREATE TRIGGER imported_measures_topics_brought AFTER UPDATE ON imported_measures REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION bring_source_topics();
CREATE TRIGGER imported_measures_topics_lost AFTER UPDATE ON imported_measures REFERENCING OLD TABLE AS removed
    FOR EACH STATEMENT EXECUTE FUNCTION lose_source_topics();
CREATE TRIGGER imported_measures_topics_removed AFTER DELETE ON imported_measures REFERENCING OLD TABLE AS removed
    FOR EACH STATEMENT EXECUTE FUNCTION lose_source_topics();
INSERT INTO source_topics (name, language)
    SELECT DISTINCT ON (topic) topic, r.language FROM imported_measures AS im JOIN measures AS m ON m.id = im.measure_id
        JOIN recommendations AS r ON r.id = m.recommendation_id, unnest(im.topics) AS topic ORDER BY topic, r.language;
