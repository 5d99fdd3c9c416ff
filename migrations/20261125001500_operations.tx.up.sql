-- What operators look at: when the sweep and the examination last ran, what the examination found, and whether this
-- database was restored from a backup and waits for somebody to let it go on.
ALTER TABLE installation
    ADD COLUMN swept_at    timestamptz,
    ADD COLUMN examined_at timestamptz,
    ADD COLUMN restored_at timestamptz;                      -- nothing goes out by itself while this is set

-- When it was last looked at whether a workflow drives the process, and by the same rows.
ALTER TABLE processes ADD COLUMN examined_at timestamptz;
CREATE INDEX processes_unexamined ON processes (examined_at NULLS FIRST) WHERE closed_at IS NULL;

-- Differences between the rows and Temporal, as they were when last looked at.
CREATE TABLE findings (
    kind     text NOT NULL,
    subject  text NOT NULL,
    what     text NOT NULL,
    found_at timestamptz NOT NULL,                           -- first seen
    PRIMARY KEY (kind, subject)
);

-- The trace a mail belongs to (W3C traceparent, no person's data), and since when it is held: it was due when a backup
-- was made that was restored, so it may have gone out since.
ALTER TABLE outbox
    ADD COLUMN trace   text NOT NULL DEFAULT '',
    ADD COLUMN held_at timestamptz;
CREATE INDEX outbox_held ON outbox (held_at) WHERE held_at IS NOT NULL;
