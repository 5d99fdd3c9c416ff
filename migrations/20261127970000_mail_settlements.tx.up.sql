-- What somebody found out by hand about a mail whose fate was not known. The mail stays as it is: what comes back later says more
-- than any of us, and puts it into another state.
CREATE TABLE mail_settlements (
    mail_id    uuid PRIMARY KEY REFERENCES outbox ON DELETE CASCADE,
    arrived    boolean NOT NULL,
    settled_by uuid NOT NULL,                               -- pseudonym of who says so
    settled_at timestamptz NOT NULL
);
-- Who unsubscribed because of a mailing.
CREATE INDEX consents_withdrawn_via ON consents (via) WHERE act = 'withdrawn' AND via IS NOT NULL;
