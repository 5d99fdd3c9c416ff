DROP INDEX outbox_dedupe_key;
ALTER TABLE outbox DROP CONSTRAINT outbox_dedupe_key_check;
UPDATE outbox SET dedupe_key = 'mailing:' || id WHERE mailing_id IS NOT NULL;
ALTER TABLE outbox ALTER COLUMN dedupe_key SET NOT NULL;
ALTER TABLE outbox ADD CONSTRAINT outbox_dedupe_key_key UNIQUE (dedupe_key);
