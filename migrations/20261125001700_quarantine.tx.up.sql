-- A text that names a child: readers report it, coordinators hide it at once and remove the words wherever they stand.

ALTER TABLE recommendations ADD COLUMN quarantined_at timestamptz;  -- hidden from all but coordinators since

CREATE TABLE content_reports (
    id                uuid PRIMARY KEY,
    recommendation_id uuid NOT NULL REFERENCES recommendations ON DELETE CASCADE,
    kind              text NOT NULL CHECK (kind IN ('child','personal','other')),
    reason            text NOT NULL,                        -- emptied when the report is settled
    email             text NOT NULL DEFAULT '',             -- of who reported, if they gave it; emptied likewise
    person_id         uuid REFERENCES people,               -- null: somebody who was not signed in
    reported_at       timestamptz NOT NULL,
    settled_at        timestamptz,
    settled_by        uuid REFERENCES people,
    outcome           text CHECK (outcome IN ('removed','unfounded')),
    CHECK ((settled_at IS NULL) = (outcome IS NULL))
);
CREATE INDEX content_reports_open ON content_reports (reported_at) WHERE settled_at IS NULL;
CREATE INDEX content_reports_recommendation ON content_reports (recommendation_id);

-- The strings of a JSON value with a passage replaced; its keys and its ids as they are.
CREATE FUNCTION redacted_json(value jsonb, passage text) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    CASE jsonb_typeof(value)
    WHEN 'string' THEN RETURN CASE WHEN value #>> '{}' ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN value
        ELSE to_jsonb(replace(value #>> '{}', passage, '[removed]')) END;
    WHEN 'array' THEN RETURN (SELECT coalesce(jsonb_agg(redacted_json(e, passage) ORDER BY n), '[]') FROM jsonb_array_elements(value) WITH ORDINALITY AS x (e, n));
    WHEN 'object' THEN RETURN (SELECT coalesce(jsonb_object_agg(k, redacted_json(e, passage)), '{}') FROM jsonb_each(value) AS x (k, e));
    ELSE RETURN value;
    END CASE;
END $$;

-- A version still never changes, with one exception: a passage is replaced by a marker, through the function below alone.
-- Its hash stays that of the words as they were.
ALTER TABLE versions ADD COLUMN redacted_at timestamptz;

CREATE FUNCTION redact_version_only() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE passage text := current_setting('tribuna.passage', true);
BEGIN
    IF passage <> '' AND NEW.redacted_at IS NOT NULL
        AND (NEW.id, NEW.recommendation_id, NEW.number, NEW.hash, NEW.created_by, NEW.created_at)
          = (OLD.id, OLD.recommendation_id, OLD.number, OLD.hash, OLD.created_by, OLD.created_at)
        AND (NEW.title, NEW.body, NEW.note, NEW.measures) = (replace(OLD.title, passage, '[removed]'), replace(OLD.body, passage, '[removed]'),
            replace(OLD.note, passage, '[removed]'), redacted_json(OLD.measures, passage)) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% on % is not allowed: its rows are kept as they were written', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
DROP TRIGGER versions_immutable ON versions;
CREATE TRIGGER versions_immutable BEFORE DELETE ON versions FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER versions_redact_only BEFORE UPDATE ON versions FOR EACH ROW EXECUTE FUNCTION redact_version_only();

-- The running role may not change versions; it may call this, which does nothing but replace a passage.
CREATE FUNCTION redact_versions(recommendation uuid, passage text, at timestamptz) RETURNS SETOF uuid
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF passage = '' THEN
        RETURN;
    END IF;
    PERFORM set_config('tribuna.passage', passage, true);
    RETURN QUERY UPDATE versions AS v SET title = replace(v.title, passage, '[removed]'), body = replace(v.body, passage, '[removed]'),
            note = replace(v.note, passage, '[removed]'), measures = redacted_json(v.measures, passage), redacted_at = at
        WHERE v.recommendation_id = recommendation AND (position(passage IN v.title || E'\n' || v.body || E'\n' || v.note) > 0
            OR redacted_json(v.measures, passage) <> v.measures)
        RETURNING v.id;
    PERFORM set_config('tribuna.passage', '', true);
END $$;
