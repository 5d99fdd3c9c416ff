-- What is held after a restore must not go out by itself: whether it went out before is not known.
UPDATE outbox SET state = 'unknown', finished_at = now() WHERE held_at IS NOT NULL;
ALTER TABLE outbox DROP COLUMN held_at, DROP COLUMN trace;
DROP TABLE findings;
ALTER TABLE processes DROP COLUMN examined_at;
ALTER TABLE installation DROP COLUMN restored_at, DROP COLUMN examined_at, DROP COLUMN swept_at;
