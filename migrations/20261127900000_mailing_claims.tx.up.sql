-- A mailing of many thousand mails is claimed part by part, in the order in which it was frozen. A part that is claimed is a
-- row here, and so is each window of mails that may be leaving: to write "sending" into every mail took most of the time.
CREATE TABLE outbox_claims (
    token      uuid PRIMARY KEY,                            -- of the mails it holds
    mailing_id uuid NOT NULL REFERENCES mailings ON DELETE CASCADE,
    until      timestamptz NOT NULL                         -- the lease's end
);
CREATE INDEX outbox_claims_until ON outbox_claims (until);
CREATE TABLE outbox_windows (
    token uuid NOT NULL REFERENCES outbox_claims ON DELETE CASCADE,
    mails uuid[] NOT NULL                                   -- that may be leaving, while they are claimed under the token
);
CREATE INDEX outbox_windows_token ON outbox_windows (token);

CREATE INDEX outbox_mailing_due ON outbox (mailing_id, not_before, id) WHERE state = 'queued' AND mailing_id IS NOT NULL;

-- Who looks for mails that somebody waits for does not have to pass by those of a mailing.
DROP INDEX outbox_ready;
CREATE INDEX outbox_ready ON outbox (priority DESC, not_before) WHERE state = 'queued' AND mailing_id IS NULL;
DROP INDEX outbox_claimed;
CREATE INDEX outbox_claimed ON outbox (claimed_until) WHERE state IN ('claimed','sending') AND claimed_until IS NOT NULL;

-- What one looks for by state among the mails of a mailing is what went wrong; that all others pass by here on their way costs more.
DROP INDEX outbox_mailing_state;
CREATE INDEX outbox_mailing_state ON outbox (mailing_id, state) WHERE mailing_id IS NOT NULL AND state IN ('failed','unknown','cancelled');
