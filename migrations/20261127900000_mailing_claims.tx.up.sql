-- A mailing of many thousand mails is claimed part by part, in the order in which it was frozen; and who looks for mails
-- that somebody waits for does not have to pass by those of a mailing.
CREATE INDEX outbox_mailing_due ON outbox (mailing_id, not_before, id) WHERE state = 'queued' AND mailing_id IS NOT NULL;
DROP INDEX outbox_ready;
CREATE INDEX outbox_ready ON outbox (priority DESC, not_before) WHERE state = 'queued' AND mailing_id IS NULL;
