-- Audiences that are kept for later mailings, and what a mailing says to those who read no formatted mail.

-- The plain-text half of a mailing's text; empty: it is made from the body.
ALTER TABLE mailing_texts ADD COLUMN plain text NOT NULL DEFAULT '';

-- An audience with a name, for the mailings of one organisation.
CREATE TABLE mailing_segments (
    id              uuid PRIMARY KEY,
    organisation_id uuid NOT NULL REFERENCES organisations ON DELETE CASCADE,
    name            text NOT NULL,
    audience        jsonb NOT NULL,                         -- as mailings.audience
    revision        integer NOT NULL DEFAULT 1,             -- for If-Match
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL
);
CREATE UNIQUE INDEX mailing_segments_name ON mailing_segments (organisation_id, lower(name));
