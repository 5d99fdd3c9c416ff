-- The countries of a recommendation beside it, sorted, so that lists by country need no join. recommendation_countries stays
-- the truth; a trigger keeps the two alike.
ALTER TABLE recommendations ADD COLUMN country_codes text[] NOT NULL DEFAULT '{}';
UPDATE recommendations AS r SET country_codes = ARRAY(
    SELECT rc.country_code FROM recommendation_countries AS rc WHERE rc.recommendation_id = r.id ORDER BY 1);
CREATE FUNCTION keep_country_codes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE recommendations AS r SET country_codes = ARRAY(
        SELECT rc.country_code FROM recommendation_countries AS rc WHERE rc.recommendation_id = r.id ORDER BY 1)
    WHERE r.id IN (SELECT recommendation_id FROM changed);
    RETURN NULL;
END $$;
CREATE TRIGGER recommendation_countries_added AFTER INSERT ON recommendation_countries REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION keep_country_codes();
CREATE TRIGGER recommendation_countries_removed AFTER DELETE ON recommendation_countries REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION keep_country_codes();
CREATE TRIGGER recommendation_countries_fixed BEFORE UPDATE ON recommendation_countries
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Recommendations drafted here that everybody may read, counted by their countries and stage: they become more for years, while
-- what only some may read stays few and is counted for each reader. As with followup_counts each change adds a row, +n or -n,
-- and the sweep adds the rows up.
CREATE TABLE recommendation_counts (
    country_codes text[] NOT NULL,
    stage         text NOT NULL,
    held          boolean NOT NULL,
    n             bigint NOT NULL
);
CREATE FUNCTION count_recommendations() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO recommendation_counts (country_codes, stage, held, n)
        SELECT country_codes, stage, held_at IS NOT NULL, count(*) FROM added
        WHERE kind <> 'imported' AND published_at IS NOT NULL AND quarantined_at IS NULL GROUP BY 1, 2, 3;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO recommendation_counts (country_codes, stage, held, n)
        SELECT country_codes, stage, held_at IS NOT NULL, -count(*) FROM removed
        WHERE kind <> 'imported' AND published_at IS NOT NULL AND quarantined_at IS NULL GROUP BY 1, 2, 3;
    ELSE
        INSERT INTO recommendation_counts (country_codes, stage, held, n)
        SELECT country_codes, stage, held, sum(n) FROM (
            SELECT country_codes, stage, held_at IS NOT NULL AS held, 1 AS n FROM added
            WHERE kind <> 'imported' AND published_at IS NOT NULL AND quarantined_at IS NULL
            UNION ALL SELECT country_codes, stage, held_at IS NOT NULL, -1 FROM removed
            WHERE kind <> 'imported' AND published_at IS NOT NULL AND quarantined_at IS NULL) AS r
        GROUP BY 1, 2, 3 HAVING sum(n) <> 0;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER recommendations_count_added AFTER INSERT ON recommendations REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION count_recommendations();
CREATE TRIGGER recommendations_count_removed AFTER DELETE ON recommendations REFERENCING OLD TABLE AS removed
    FOR EACH STATEMENT EXECUTE FUNCTION count_recommendations();
CREATE TRIGGER recommendations_count_changed AFTER UPDATE ON recommendations REFERENCING OLD TABLE AS removed NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION count_recommendations();
INSERT INTO recommendation_counts (country_codes, stage, held, n)
    SELECT country_codes, stage, held_at IS NOT NULL, count(*) FROM recommendations
    WHERE kind <> 'imported' AND published_at IS NOT NULL AND quarantined_at IS NULL GROUP BY 1, 2, 3;

-- The rest, which is counted for each reader; and the newest first, whoever reads.
CREATE INDEX recommendations_not_open ON recommendations (stage_since DESC, id)
    WHERE kind <> 'imported' AND (published_at IS NULL OR quarantined_at IS NOT NULL);
CREATE INDEX recommendations_quarantined ON recommendations (id) WHERE quarantined_at IS NOT NULL;
CREATE INDEX recommendations_newest ON recommendations (stage_since DESC, id) WHERE kind <> 'imported';
CREATE INDEX recommendations_country_codes ON recommendations USING gin (country_codes);

-- Which statuses a recommendation's measures have, and how many, read from the index alone.
CREATE INDEX followups_open_status ON followups (recommendation_id, status) WHERE ended_at IS NULL;
DROP INDEX followups_open;

-- The country of the authority beside a follow-up, for lists by country in the order of time.
ALTER TABLE followups ADD COLUMN country_code text;
ALTER TABLE followups DISABLE TRIGGER followups_count_changed; -- no figure changes
UPDATE followups AS f SET country_code = a.country_code FROM authorities AS a WHERE a.id = f.authority_id AND a.country_code IS NOT NULL;
ALTER TABLE followups ENABLE TRIGGER followups_count_changed;
ALTER TABLE followups ADD FOREIGN KEY (country_code) REFERENCES countries;
CREATE FUNCTION keep_followup_country() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.country_code := (SELECT a.country_code FROM authorities AS a WHERE a.id = NEW.authority_id);
    RETURN NEW;
END $$;
CREATE TRIGGER followups_country BEFORE INSERT OR UPDATE OF authority_id, country_code ON followups
    FOR EACH ROW EXECUTE FUNCTION keep_followup_country();
CREATE FUNCTION move_followups_country() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE followups SET country_code = NEW.country_code WHERE authority_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER authorities_country AFTER UPDATE OF country_code ON authorities
    FOR EACH ROW WHEN (OLD.country_code IS DISTINCT FROM NEW.country_code) EXECUTE FUNCTION move_followups_country();
CREATE INDEX followups_country_created ON followups (country_code, created_at, id);
CREATE INDEX followups_country_moved ON followups (country_code, status_since);
