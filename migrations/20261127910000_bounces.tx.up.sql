-- What came back of the mails. A report is kept once, without anybody's address; the words of the server stand with the mail.
ALTER TABLE outbox DROP CONSTRAINT outbox_state_check;
ALTER TABLE outbox ADD CONSTRAINT outbox_state_check
    CHECK (state IN ('queued','claimed','sending','delivered','failed','unknown','cancelled','bounced'));

CREATE TABLE bounces (
    id           uuid PRIMARY KEY,
    mail_id      uuid NOT NULL REFERENCES outbox ON DELETE CASCADE,
    digest       text NOT NULL,                             -- the same report is known again by it
    kind         text NOT NULL CHECK (kind IN ('delivery','feedback','auto_reply')),
    class        text NOT NULL CHECK (class IN ('hard','soft','policy','auto_reply','delayed','delivered','complaint','unknown')),
    status       text NOT NULL DEFAULT '',                  -- enhanced status code, RFC 3463
    person_id    uuid NOT NULL REFERENCES people ON DELETE CASCADE,
    address_hash text NOT NULL,                             -- of the address they had then, as in suppressions
    received_at  timestamptz NOT NULL,
    UNIQUE (mail_id, digest)
);
CREATE INDEX bounces_person ON bounces (person_id, address_hash, class);

-- Why an address is not written to, for as long as its person is there, and by which mail it came to that.
ALTER TABLE suppressions ADD COLUMN person_id uuid REFERENCES people ON DELETE SET NULL;
ALTER TABLE suppressions ADD COLUMN mail_id uuid REFERENCES outbox ON DELETE SET NULL;
CREATE INDEX suppressions_mail ON suppressions (mail_id) WHERE mail_id IS NOT NULL;
