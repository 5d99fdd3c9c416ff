DROP INDEX outbox_mailing_domain;
CREATE INDEX outbox_mailing_domain ON outbox (mailing_id, domain, not_before, id) WHERE waits AND mailing_id IS NOT NULL;
DROP INDEX outbox_mailing_due;
CREATE INDEX outbox_mailing_due ON outbox (mailing_id, not_before, id) WHERE waits AND mailing_id IS NOT NULL;
DROP INDEX outbox_ready;
CREATE INDEX outbox_ready ON outbox (priority DESC, not_before) WHERE waits AND mailing_id IS NULL;
ALTER TABLE outbox DROP COLUMN ready;
