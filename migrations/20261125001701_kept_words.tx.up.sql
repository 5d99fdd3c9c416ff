-- Words somebody typed and has not sent: kept while they write, seen by nobody else, forgotten once they are sent.
CREATE TABLE kept_words (
    person_id         uuid NOT NULL REFERENCES people ON DELETE CASCADE,
    form              text NOT NULL,                        -- "edit:<recommendation>", "task:<task>", "new"
    recommendation_id uuid REFERENCES recommendations ON DELETE CASCADE,    -- null: a new one
    fields            jsonb NOT NULL CHECK (octet_length(fields::text) <= 2097152),
    kept_at           timestamptz NOT NULL,
    PRIMARY KEY (person_id, form)
);
CREATE INDEX kept_words_recommendation ON kept_words (recommendation_id);
CREATE INDEX kept_words_kept_at ON kept_words (kept_at);
