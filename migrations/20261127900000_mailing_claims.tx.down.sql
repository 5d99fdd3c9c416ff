DROP INDEX outbox_mailing_state;
CREATE INDEX outbox_mailing_state ON outbox (mailing_id, state) WHERE mailing_id IS NOT NULL;
DROP INDEX outbox_claimed;
CREATE INDEX outbox_claimed ON outbox (claimed_until) WHERE state IN ('claimed','sending');
DROP INDEX outbox_ready;
CREATE INDEX outbox_ready ON outbox (priority DESC, not_before) WHERE state = 'queued';
DROP INDEX outbox_mailing_due;
-- What may have left must not be sent again by those who do not know of windows.
UPDATE outbox AS o SET state = 'sending', claimed_until = c.until FROM outbox_windows AS w JOIN outbox_claims AS c USING (token)
    WHERE o.state = 'claimed' AND o.claim_token = w.token AND o.id = ANY (w.mails);
UPDATE outbox AS o SET claimed_until = c.until FROM outbox_claims AS c WHERE o.state = 'claimed' AND o.claim_token = c.token;
DROP TABLE outbox_windows;
DROP TABLE outbox_claims;
