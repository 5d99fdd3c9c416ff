-- Why more time that an expert asked for was not given; '' where it was, or where nobody asked.
ALTER TABLE tasks
    ADD COLUMN time_refused text NOT NULL DEFAULT '',
    ADD COLUMN time_refused_in text NOT NULL DEFAULT '';

-- When a personal link was opened first, and last. Nothing follows from it: it may have been a machine that looks into mails.
CREATE TABLE link_openings (
    task_id   uuid NOT NULL REFERENCES tasks ON DELETE CASCADE,
    person_id uuid NOT NULL REFERENCES people ON DELETE CASCADE,
    first_at  timestamptz NOT NULL,
    last_at   timestamptz NOT NULL,
    PRIMARY KEY (task_id, person_id)
);
