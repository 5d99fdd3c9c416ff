ALTER TABLE outbox DROP COLUMN held_at, DROP COLUMN trace;
DROP TABLE findings;
ALTER TABLE processes DROP COLUMN examined_at;
ALTER TABLE installation DROP COLUMN restored_at, DROP COLUMN examined_at, DROP COLUMN swept_at;
