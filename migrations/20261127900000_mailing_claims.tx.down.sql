DROP INDEX outbox_ready;
CREATE INDEX outbox_ready ON outbox (priority DESC, not_before) WHERE state = 'queued';
DROP INDEX outbox_mailing_due;
