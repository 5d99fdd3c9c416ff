-- That nobody gets a mailing twice is what outbox_recipient says. A key besides was written again at every step of each of many
-- thousand mails, because a row whose state changes is new in each index: a third of the database's time of sending.
ALTER TABLE outbox DROP CONSTRAINT outbox_dedupe_key_key;
ALTER TABLE outbox ALTER COLUMN dedupe_key DROP NOT NULL;
UPDATE outbox SET dedupe_key = NULL WHERE mailing_id IS NOT NULL;
ALTER TABLE outbox ADD CONSTRAINT outbox_dedupe_key_check CHECK ((dedupe_key IS NULL) = (mailing_id IS NOT NULL));
CREATE UNIQUE INDEX outbox_dedupe_key ON outbox (dedupe_key) WHERE dedupe_key IS NOT NULL;
