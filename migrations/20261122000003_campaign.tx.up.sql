-- After publication: campaigns, mailings, the outbox, follow-up, and the record of it all.

CREATE TABLE campaigns (
    id                uuid PRIMARY KEY,
    recommendation_id uuid NOT NULL REFERENCES recommendations ON DELETE CASCADE,
    title             text NOT NULL,
    officer_id        uuid NOT NULL REFERENCES people,
    created_at        timestamptz NOT NULL
);
CREATE INDEX campaigns_recommendation ON campaigns (recommendation_id);

CREATE TABLE mailings (
    id                uuid PRIMARY KEY,
    campaign_id       uuid NOT NULL REFERENCES campaigns ON DELETE CASCADE,
    recommendation_id uuid NOT NULL REFERENCES recommendations ON DELETE CASCADE,
    state             text NOT NULL DEFAULT 'draft' CHECK (state IN ('draft','sending','paused','sent','cancelled')),
    audience          jsonb NOT NULL DEFAULT '{}',          -- {countries, languages, roles}; empty: no limit
    fallback_language text NOT NULL REFERENCES languages,   -- for readers whose language has no text
    revision          integer NOT NULL DEFAULT 1,           -- for If-Match
    created_by        uuid NOT NULL REFERENCES people,
    created_at        timestamptz NOT NULL,
    launched_at       timestamptz,
    finished_at       timestamptz
);
CREATE INDEX mailings_campaign ON mailings (campaign_id);

CREATE TABLE mailing_texts (
    mailing_id uuid NOT NULL REFERENCES mailings ON DELETE CASCADE,
    language   text NOT NULL REFERENCES languages,
    subject    text NOT NULL,
    body       text NOT NULL,                               -- Markdown
    PRIMARY KEY (mailing_id, language)
);

-- Every mail that goes out, written in the transaction that causes it. The rows with a mailing are that
-- mailing's recipients: one per person, frozen at the launch.
CREATE TABLE outbox (
    id            uuid PRIMARY KEY,
    kind          text NOT NULL,                            -- names the template
    dedupe_key    text NOT NULL UNIQUE,                     -- the same mail is never written twice
    person_id     uuid NOT NULL REFERENCES people,
    language      text NOT NULL REFERENCES languages,
    task_id       uuid REFERENCES tasks,
    recommendation_id uuid REFERENCES recommendations ON DELETE CASCADE,
    mailing_id    uuid REFERENCES mailings ON DELETE CASCADE,
    data          jsonb NOT NULL DEFAULT '{}',
    priority      integer NOT NULL DEFAULT 0,               -- higher first; mailings have -1
    not_before    timestamptz NOT NULL,
    state         text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued','claimed','sending','delivered','failed','unknown','cancelled')),
    claim_token   uuid,
    claimed_until timestamptz,
    attempts      integer NOT NULL DEFAULT 0,
    reply         text NOT NULL DEFAULT '',                 -- the server's last words
    created_at    timestamptz NOT NULL,
    finished_at   timestamptz
);
CREATE INDEX outbox_ready ON outbox (priority DESC, not_before) WHERE state = 'queued';
CREATE INDEX outbox_claimed ON outbox (claimed_until) WHERE state IN ('claimed','sending');
CREATE UNIQUE INDEX outbox_recipient ON outbox (mailing_id, person_id) WHERE mailing_id IS NOT NULL;
CREATE INDEX outbox_mailing_state ON outbox (mailing_id, state) WHERE mailing_id IS NOT NULL;
CREATE INDEX outbox_task ON outbox (task_id) WHERE task_id IS NOT NULL;

-- Addresses that must not be written to, kept as hashes so that they outlive the person's row.
CREATE TABLE suppressions (
    address_hash text PRIMARY KEY,                          -- SHA-256 of the lower-case address
    reason       text NOT NULL,
    created_at   timestamptz NOT NULL
);

-- A measure at an authority, followed for years.
CREATE TABLE followups (
    id                uuid PRIMARY KEY,
    recommendation_id uuid NOT NULL REFERENCES recommendations ON DELETE CASCADE,
    measure_id        uuid NOT NULL REFERENCES measures,
    authority_id      uuid NOT NULL REFERENCES authorities,
    organisation_id   uuid NOT NULL REFERENCES organisations,   -- focal point: asked for progress
    status            text NOT NULL DEFAULT 'no_reply' CHECK (status IN ('no_reply','under_discussion','committed','partly_adopted','adopted',
                          'adopted_not_funded','implemented','stalled','lapsed','rejected','rolled_back','harm_prevented')),
    status_since      timestamptz NOT NULL,
    period            integer NOT NULL DEFAULT 1,
    ask_at            timestamptz NOT NULL,                     -- when progress is asked for next
    created_at        timestamptz NOT NULL,
    ended_at          timestamptz,
    UNIQUE (measure_id, authority_id)
);
CREATE INDEX followups_recommendation ON followups (recommendation_id);
CREATE INDEX followups_authority ON followups (authority_id, status);

CREATE TABLE progress_notes (
    id            uuid PRIMARY KEY,
    followup_id   uuid NOT NULL REFERENCES followups ON DELETE CASCADE,
    task_id       uuid REFERENCES tasks,
    status        text NOT NULL,
    note          text NOT NULL,
    source_title  text NOT NULL DEFAULT '',
    source_url    text NOT NULL DEFAULT '',
    observed_on   date NOT NULL,
    person_id     uuid NOT NULL REFERENCES people,
    decision_id   text NOT NULL,
    reported_at   timestamptz NOT NULL
);
CREATE INDEX progress_notes_followup ON progress_notes (followup_id, reported_at DESC);

-- The decision record: one chain per recommendation.
CREATE TABLE record_heads (
    chain uuid PRIMARY KEY REFERENCES recommendations,
    count bigint NOT NULL,
    hash  text NOT NULL
);

CREATE TABLE record_entries (
    chain      uuid NOT NULL,
    seq        bigint NOT NULL,
    canonical  text NOT NULL,                               -- RFC 8785 JSON, with seq and the previous hash inside
    hash       text NOT NULL,                               -- SHA-256 of canonical
    visibility text NOT NULL CHECK (visibility IN ('public','network','confidential')),
    PRIMARY KEY (chain, seq)
);

-- The words an entry holds the salted hash of. Redaction empties body and salt.
CREATE TABLE record_texts (
    chain       uuid NOT NULL,
    seq         bigint NOT NULL,
    field       text NOT NULL,
    salt        text,
    body        text,
    redacted_at timestamptz,
    PRIMARY KEY (chain, seq, field),
    FOREIGN KEY (chain, seq) REFERENCES record_entries
);

CREATE TRIGGER record_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON record_entries
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE FUNCTION redact_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.redacted_at IS NULL AND NEW.redacted_at IS NOT NULL AND NEW.body IS NULL AND NEW.salt IS NULL
        AND NEW.chain = OLD.chain AND NEW.seq = OLD.seq AND NEW.field = OLD.field THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a recorded text can only be redacted' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER record_texts_redact_only BEFORE UPDATE ON record_texts FOR EACH ROW EXECUTE FUNCTION redact_only();
CREATE TRIGGER record_texts_keep BEFORE DELETE OR TRUNCATE ON record_texts FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
