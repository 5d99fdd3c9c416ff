-- People and organisations that come from a file: what it would change is looked at first, and it can be taken back. For
-- people it is kept where the data came from and on which ground, and whether they were told (GDPR, Article 14).
CREATE TABLE contact_imports (
    id          uuid PRIMARY KEY,
    person_id   uuid NOT NULL REFERENCES people,       -- the coordinator who brought it
    kind        text NOT NULL CHECK (kind IN ('people','organisations')),
    name        text NOT NULL,                         -- of the file
    content     bytea NOT NULL,                        -- empty once it is imported
    mapping     text[] NOT NULL,                       -- which field each column fills; '' for none
    source      text NOT NULL,                         -- where the data came from, in words
    basis       text NOT NULL CHECK (basis IN ('','consent','interest','task','contract')),
    created_at  timestamptz NOT NULL,
    imported_at timestamptz,
    undone_at   timestamptz,
    created     integer NOT NULL DEFAULT 0,
    changed     integer NOT NULL DEFAULT 0,
    unchanged   integer NOT NULL DEFAULT 0,
    changes     jsonb NOT NULL DEFAULT '[]',           -- what each row said before and after, for as long as it can be taken back
    CHECK (kind = 'organisations' OR basis <> '')
);

CREATE TABLE contact_notices (
    person_id uuid PRIMARY KEY REFERENCES people ON DELETE CASCADE,
    import_id uuid NOT NULL REFERENCES contact_imports,
    due_at    timestamptz NOT NULL,                    -- within a month
    told_at   timestamptz,
    told_by   uuid REFERENCES people
);
CREATE INDEX contact_notices_due ON contact_notices (due_at) WHERE told_at IS NULL;
