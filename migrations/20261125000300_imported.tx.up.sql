-- Recommendations that others issued: they begin at follow-up, and ask nobody until a focal point is assigned.

ALTER TABLE authorities
    ADD COLUMN government boolean NOT NULL DEFAULT false,   -- answers for the whole State: what others recommend to a country is addressed to it
    ADD CONSTRAINT authorities_government_check CHECK (NOT government OR level = 'state');
CREATE UNIQUE INDEX authorities_government ON authorities (country_code) WHERE government;

ALTER TABLE recommendations DROP CONSTRAINT recommendations_kind_check;
ALTER TABLE recommendations ADD CONSTRAINT recommendations_kind_check
    CHECK (kind IN ('policy_brief','position_paper','joint_letter','alternative_report','analysis','imported'));

CREATE TABLE imported_recommendations (
    recommendation_id uuid PRIMARY KEY REFERENCES recommendations ON DELETE CASCADE,
    source            text NOT NULL,                        -- as the file names it: UPR
    country_code      text NOT NULL REFERENCES countries,
    session           text NOT NULL,
    UNIQUE (source, country_code, session)
);

CREATE TABLE imported_measures (
    measure_id      uuid PRIMARY KEY REFERENCES measures ON DELETE CASCADE,
    external_ref    text NOT NULL UNIQUE,
    issued_by       text NOT NULL,
    response        text NOT NULL,                          -- the addressee's, in the source's own words
    action_category integer CHECK (action_category BETWEEN 1 AND 5),
    topics          text[] NOT NULL DEFAULT '{}'            -- the source's
);

-- Nobody follows an imported measure, and there is no time to ask, until a focal point is assigned.
ALTER TABLE followups
    ALTER COLUMN organisation_id DROP NOT NULL,
    ALTER COLUMN ask_at DROP NOT NULL,
    ADD CONSTRAINT followups_focal_point_check CHECK ((organisation_id IS NULL) = (ask_at IS NULL));
CREATE INDEX followups_unfollowed ON followups (created_at, id) WHERE organisation_id IS NULL AND ended_at IS NULL;

-- A file between its preview and its confirmation. What it says is forgotten once it is imported, or after a day.
CREATE TABLE import_files (
    id          uuid PRIMARY KEY,
    person_id   uuid NOT NULL REFERENCES people ON DELETE CASCADE,
    name        text NOT NULL,
    language    text NOT NULL REFERENCES languages,
    content     bytea NOT NULL,
    created_at  timestamptz NOT NULL,
    imported_at timestamptz,
    created     integer NOT NULL DEFAULT 0,
    changed     integer NOT NULL DEFAULT 0,
    unchanged   integer NOT NULL DEFAULT 0
);
