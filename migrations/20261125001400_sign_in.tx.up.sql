-- Who can sign in: invitations and new passwords by mail, where people are signed in, what keys for programmes may do.

ALTER TABLE people ADD COLUMN access_closed_at timestamptz;  -- can no longer sign in, by a coordinator's decision

-- A link that lets a person choose a password, once. The link itself is signed, never stored.
CREATE TABLE account_links (
    id           uuid PRIMARY KEY,
    person_id    uuid NOT NULL REFERENCES people ON DELETE CASCADE,
    purpose      text NOT NULL CHECK (purpose IN ('invitation','reset')),
    created_by   uuid REFERENCES people,                     -- who invited; null: the person asked
    created_at   timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL CHECK (expires_at > created_at),
    used_at      timestamptz,
    withdrawn_at timestamptz                                 -- a newer one took its place, or access was closed
);
CREATE INDEX account_links_person ON account_links (person_id, created_at DESC);

-- Where a person is signed in. What the cookie holds stands in sessions; its data names the row here.
CREATE TABLE person_sessions (
    id           uuid PRIMARY KEY,
    person_id    uuid NOT NULL REFERENCES people ON DELETE CASCADE,
    browser      text NOT NULL DEFAULT '',                   -- "Firefox"; empty: not recognised
    system       text NOT NULL DEFAULT '',                   -- "Android"
    host         text NOT NULL DEFAULT '',                   -- network address it was begun from
    created_at   timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL,
    ended_at     timestamptz
);
CREATE INDEX person_sessions_person ON person_sessions (person_id, last_seen_at DESC);
CREATE INDEX person_sessions_expires ON person_sessions (expires_at);

-- Those that were given out so far, and those that a version before this one still gives out, may do what their person may.
ALTER TABLE api_tokens ADD COLUMN scopes text[] NOT NULL DEFAULT '{read,act,administer}'
    CHECK (cardinality(scopes) > 0 AND scopes <@ ARRAY['read','act','administer']);
ALTER TABLE api_tokens ADD COLUMN last_used_at timestamptz;
CREATE INDEX api_tokens_person ON api_tokens (person_id);
