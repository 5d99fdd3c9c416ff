-- Follow-ups counted by authority, so that no dashboard counts them one by one. Each change adds a row, +n or -n: nobody
-- waits for another's count, and the sweep adds the rows up.
CREATE TABLE followup_counts (
    authority_id uuid NOT NULL REFERENCES authorities,
    status       text NOT NULL,
    imported     boolean NOT NULL,
    n            bigint NOT NULL
);
CREATE INDEX followup_counts_authority ON followup_counts (authority_id);

-- What is counted of follow-ups that are not ended, by statement.
CREATE FUNCTION count_added_followups() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO followup_counts (authority_id, status, imported, n)
    SELECT f.authority_id, f.status, r.kind = 'imported', count(*) FROM added AS f JOIN recommendations AS r ON r.id = f.recommendation_id
    WHERE f.ended_at IS NULL GROUP BY 1, 2, 3;
    RETURN NULL;
END $$;
CREATE FUNCTION count_removed_followups() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO followup_counts (authority_id, status, imported, n)
    SELECT f.authority_id, f.status, r.kind = 'imported', -count(*) FROM removed AS f JOIN recommendations AS r ON r.id = f.recommendation_id
    WHERE f.ended_at IS NULL GROUP BY 1, 2, 3;
    RETURN NULL;
END $$;
CREATE FUNCTION count_changed_followups() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO followup_counts (authority_id, status, imported, n)
    SELECT f.authority_id, f.status, r.kind = 'imported', sum(f.n) FROM (
        SELECT recommendation_id, authority_id, status, 1 AS n FROM added WHERE ended_at IS NULL
        UNION ALL SELECT recommendation_id, authority_id, status, -1 FROM removed WHERE ended_at IS NULL) AS f
    JOIN recommendations AS r ON r.id = f.recommendation_id GROUP BY 1, 2, 3 HAVING sum(f.n) <> 0;
    RETURN NULL;
END $$;
CREATE TRIGGER followups_count_added AFTER INSERT ON followups REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION count_added_followups();
CREATE TRIGGER followups_count_removed AFTER DELETE ON followups REFERENCING OLD TABLE AS removed
    FOR EACH STATEMENT EXECUTE FUNCTION count_removed_followups();
CREATE TRIGGER followups_count_changed AFTER UPDATE ON followups REFERENCING OLD TABLE AS removed NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION count_changed_followups();
INSERT INTO followup_counts (authority_id, status, imported, n)
    SELECT f.authority_id, f.status, r.kind = 'imported', count(*) FROM followups AS f JOIN recommendations AS r ON r.id = f.recommendation_id
    WHERE f.ended_at IS NULL GROUP BY 1, 2, 3;

-- How long a recommendation stood in each stage.
CREATE TABLE stage_spells (
    recommendation_id uuid NOT NULL REFERENCES recommendations ON DELETE CASCADE,
    stage             text NOT NULL,
    entered_at        timestamptz NOT NULL,
    left_at           timestamptz,
    held              interval NOT NULL DEFAULT '0'   -- of that, on hold
);
CREATE INDEX stage_spells_recommendation ON stage_spells (recommendation_id) WHERE left_at IS NULL;
CREATE INDEX stage_spells_left ON stage_spells (left_at) WHERE left_at IS NOT NULL;
CREATE FUNCTION keep_stage_spells() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        UPDATE stage_spells SET left_at = NEW.stage_since WHERE recommendation_id = NEW.id AND left_at IS NULL;
    END IF;
    INSERT INTO stage_spells (recommendation_id, stage, entered_at) VALUES (NEW.id, NEW.stage, NEW.stage_since);
    RETURN NULL;
END $$;
CREATE TRIGGER recommendations_spell_begins AFTER INSERT ON recommendations
    FOR EACH ROW WHEN (NEW.kind <> 'imported') EXECUTE FUNCTION keep_stage_spells();
CREATE TRIGGER recommendations_spell_changes AFTER UPDATE OF stage ON recommendations
    FOR EACH ROW WHEN (NEW.kind <> 'imported' AND OLD.stage IS DISTINCT FROM NEW.stage) EXECUTE FUNCTION keep_stage_spells();
CREATE FUNCTION keep_held_spells() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE stage_spells SET held = held + (NEW.updated_at - OLD.held_at) WHERE recommendation_id = NEW.id AND left_at IS NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER recommendations_spell_resumes AFTER UPDATE OF held_at ON recommendations
    FOR EACH ROW WHEN (OLD.held_at IS NOT NULL AND NEW.held_at IS NULL AND OLD.stage = NEW.stage) EXECUTE FUNCTION keep_held_spells();
INSERT INTO stage_spells (recommendation_id, stage, entered_at) SELECT id, stage, stage_since FROM recommendations WHERE kind <> 'imported';

-- When somebody last said that they have seen what moved.
CREATE TABLE dashboard_visits (
    person_id uuid PRIMARY KEY REFERENCES people ON DELETE CASCADE,
    seen_at   timestamptz NOT NULL
);

CREATE INDEX recommendations_moved ON recommendations (stage_since);
CREATE INDEX followups_moved ON followups (status_since);
CREATE INDEX followups_open ON followups (recommendation_id) WHERE ended_at IS NULL;
CREATE INDEX followups_created ON followups (created_at, id);
CREATE INDEX followups_authority_created ON followups (authority_id, created_at, id);
