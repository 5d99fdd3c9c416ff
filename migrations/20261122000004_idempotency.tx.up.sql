-- What was created under which key: a creating request sent again returns what the first one created.
CREATE TABLE idempotency_keys (
    person_id   uuid NOT NULL REFERENCES people ON DELETE CASCADE,
    key         text NOT NULL,
    hash        text NOT NULL,                              -- SHA-256 over what was asked for
    resource_id uuid,                                       -- set in the transaction that writes the row
    created_at  timestamptz NOT NULL,
    PRIMARY KEY (person_id, key)
);
