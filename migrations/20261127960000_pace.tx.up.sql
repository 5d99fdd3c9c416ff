-- The pace at which mailings go: what waits for it, which domains take nothing for now, and why a mailing stopped by itself.

-- The domain of the reader's address, as it was when the mailing was frozen; '' for mails of no mailing.
ALTER TABLE outbox ADD COLUMN domain text NOT NULL DEFAULT '';
UPDATE outbox AS o SET domain = coalesce(lower(substring(p.email FROM '@([^@]*)$')), '')
    FROM people AS p WHERE p.id = o.person_id AND o.mailing_id IS NOT NULL AND o.state IN ('queued','claimed');
CREATE INDEX outbox_mailing_domain ON outbox (mailing_id, domain, not_before, id) WHERE state = 'queued' AND mailing_id IS NOT NULL;

-- How many mails of mailings were taken to be sent, by when and for which domain; '' stands for all. Only what a limit looks at.
CREATE TABLE mail_paces (
    at     timestamptz NOT NULL,
    domain text NOT NULL,
    mails  integer NOT NULL,
    PRIMARY KEY (at, domain)
);

-- When a plan for the first days was begun: at the first mail of a mailing that went under it.
CREATE TABLE mail_warmups (
    plan       text PRIMARY KEY,                            -- most per day, day after day
    started_at timestamptz NOT NULL
);

-- Domains whose servers take nothing for now. A row goes as soon as one takes a mail again.
CREATE TABLE slow_domains (
    domain    text PRIMARY KEY,
    refusals  integer NOT NULL,                             -- one after the other, each after waiting
    until     timestamptz NOT NULL,
    probed_at timestamptz,                                  -- when a few mails were last let go to see whether it takes them
    reply     text NOT NULL                                 -- the server's words, without addresses
);

-- What mails of a mailing waited for when they were last looked at. It holds until its end, and is written anew each time.
CREATE TABLE mailing_waits (
    mailing_id uuid NOT NULL REFERENCES mailings ON DELETE CASCADE,
    why        text NOT NULL CHECK (why IN ('minute','domain','day','slow')),
    domain     text NOT NULL,                               -- '' where it is about all
    most       integer NOT NULL,                            -- that are taken in a minute or a day; 0 for slow
    until      timestamptz NOT NULL,
    PRIMARY KEY (mailing_id, why, domain)
);
