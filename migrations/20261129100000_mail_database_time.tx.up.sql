-- A row whose indexed columns stay as they are can be written again on its page without an entry in any index (a HOT update); the
-- columns of an index's condition count among them. What came of a mail changes its state, which conditions named: now they name
-- whether it waits and whether it went astray, which do not change when a mail that was claimed is delivered.
ALTER TABLE outbox
    ADD COLUMN waits  boolean NOT NULL GENERATED ALWAYS AS (state = 'queued') STORED,
    ADD COLUMN astray boolean NOT NULL GENERATED ALWAYS AS (state IN ('failed','unknown','cancelled')) STORED;

DROP INDEX outbox_ready;
CREATE INDEX outbox_ready ON outbox (priority DESC, not_before) WHERE waits AND mailing_id IS NULL;
DROP INDEX outbox_claimed;
CREATE INDEX outbox_claimed ON outbox (claimed_until) WHERE claimed_until IS NOT NULL;
DROP INDEX outbox_mailing_due;
CREATE INDEX outbox_mailing_due ON outbox (mailing_id, not_before, id) WHERE waits AND mailing_id IS NOT NULL;
DROP INDEX outbox_mailing_domain;
CREATE INDEX outbox_mailing_domain ON outbox (mailing_id, domain, not_before, id) WHERE waits AND mailing_id IS NOT NULL;
DROP INDEX outbox_mailing_state;
CREATE INDEX outbox_mailing_astray ON outbox (mailing_id, id) WHERE astray AND mailing_id IS NOT NULL;

-- Whether somebody had a mailing too lately is asked of the mailings that are lately out, through outbox_recipient.
DROP INDEX outbox_person_mailings;

-- Each mail is written twice while it is sent; the room for that is on its page, and is used again.
ALTER TABLE outbox SET (fillfactor = 50);
