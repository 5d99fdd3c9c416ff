-- A mail of a mailing that is claimed, and then delivered, changes nothing that an index names: its row is written again on its own page,
-- and no index learns of it. So delivered mails stay in the indexes of what is to be sent; a sender goes on from where it stood, and a
-- batch that begins passes by them once.
ALTER TABLE outbox ADD COLUMN ready boolean NOT NULL GENERATED ALWAYS AS (state = 'queued' AND mailing_id IS NULL) STORED;

DROP INDEX outbox_ready;
CREATE INDEX outbox_ready ON outbox (priority DESC, not_before) WHERE ready;
DROP INDEX outbox_mailing_due;
CREATE INDEX outbox_mailing_due ON outbox (mailing_id, not_before, id) WHERE NOT astray AND mailing_id IS NOT NULL;
DROP INDEX outbox_mailing_domain;
CREATE INDEX outbox_mailing_domain ON outbox (mailing_id, domain, not_before, id) WHERE NOT astray AND mailing_id IS NOT NULL;
