-- Consent to mailings with a record that proves it, what people want of the mailings, and subscribing by double opt-in.

-- The exact sentences that people agreed to, each once.
CREATE TABLE consent_texts (
    hash       text PRIMARY KEY,                            -- SHA-256 of the body, hexadecimal
    language   text NOT NULL,                               -- BCP 47, of the body
    body       text NOT NULL,
    created_at timestamptz NOT NULL
);

-- Who agreed to mailings, when, to which text and how, and who took it back: one row an act, never changed. This is the truth;
-- people.consent_at, consent_source and unsubscribed_at say what follows from it now, for the predicate of every mailing.
CREATE TABLE consents (
    id        uuid PRIMARY KEY,
    person_id uuid NOT NULL REFERENCES people ON DELETE CASCADE,
    act       text NOT NULL CHECK (act IN ('given','withdrawn','restored')),
    at        timestamptz NOT NULL,                         -- when it was said
    noted_at  timestamptz NOT NULL DEFAULT now(),           -- when it was put down
    how       text NOT NULL CHECK (how IN ('double_opt_in','form','import','by_hand','unknown','one_click','page','mail','preferences','objection')),
    source    text NOT NULL DEFAULT '',                     -- where it came from, in words, where a person brought it
    text_hash text REFERENCES consent_texts,                -- null: which text is not known
    by_whom   uuid,                                         -- pseudonym of who put it down for them; null: themselves, or not known
    via       uuid                                          -- mailing, import or request it came through
);
CREATE INDEX consents_person ON consents (person_id, at, id);
CREATE INDEX consents_noted ON consents (noted_at, id);

CREATE TRIGGER consents_unchanged BEFORE UPDATE OR TRUNCATE ON consents FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER consent_texts_unchanged BEFORE UPDATE OR DELETE OR TRUNCATE ON consent_texts FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- A proof goes with its person and never alone.
CREATE FUNCTION consents_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM people WHERE id = OLD.person_id) THEN
        RAISE EXCEPTION 'a consent is removed with its person alone' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER consents_keep BEFORE DELETE ON consents FOR EACH ROW EXECUTE FUNCTION consents_keep();

-- What was agreed before there was a record of it. This comes before the triggers: nothing changes for anybody.
INSERT INTO consents (id, person_id, act, at, how, source)
    SELECT gen_random_uuid(), id, 'given', consent_at, 'unknown', coalesce(consent_source, '') FROM people WHERE consent_at IS NOT NULL;
INSERT INTO consents (id, person_id, act, at, how)
    SELECT gen_random_uuid(), id, 'withdrawn', unsubscribed_at, 'unknown' FROM people WHERE unsubscribed_at IS NOT NULL;

-- What stands on the record decides whether somebody may be written to.
CREATE FUNCTION consents_decide() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.act = 'withdrawn' THEN
        UPDATE people SET unsubscribed_at = coalesce(unsubscribed_at, NEW.at) WHERE id = NEW.person_id;
    ELSIF NEW.act = 'restored' THEN
        UPDATE people SET unsubscribed_at = NULL WHERE id = NEW.person_id;
    ELSE
        UPDATE people SET consent_at = NEW.at, consent_source = coalesce(nullif(NEW.source, ''), NEW.how), unsubscribed_at = NULL WHERE id = NEW.person_id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER consents_decide AFTER INSERT ON consents FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION consents_decide();

-- Who writes the columns directly, as the demonstration does and the version before this one, leaves a row for what it is: the
-- source is known, the text is not.
CREATE FUNCTION people_consent_noted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.consent_at IS NOT NULL AND (TG_OP = 'INSERT' OR NEW.consent_at IS DISTINCT FROM OLD.consent_at) THEN
        INSERT INTO consents (id, person_id, act, at, how, source) VALUES (gen_random_uuid(), NEW.id, 'given', NEW.consent_at, 'unknown', coalesce(NEW.consent_source, ''));
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.consent_at IS NULL AND OLD.consent_at IS NOT NULL THEN
        INSERT INTO consents (id, person_id, act, at, how) VALUES (gen_random_uuid(), NEW.id, 'withdrawn', now(), 'unknown');
    END IF;
    IF NEW.unsubscribed_at IS NOT NULL AND (TG_OP = 'INSERT' OR OLD.unsubscribed_at IS NULL) THEN
        INSERT INTO consents (id, person_id, act, at, how) VALUES (gen_random_uuid(), NEW.id, 'withdrawn', NEW.unsubscribed_at, 'unknown');
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.unsubscribed_at IS NULL AND OLD.unsubscribed_at IS NOT NULL AND NEW.consent_at IS NOT DISTINCT FROM OLD.consent_at THEN
        INSERT INTO consents (id, person_id, act, at, how) VALUES (gen_random_uuid(), NEW.id, 'restored', now(), 'unknown');
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER people_consent_added AFTER INSERT ON people FOR EACH ROW
    WHEN (pg_trigger_depth() = 0 AND (NEW.consent_at IS NOT NULL OR NEW.unsubscribed_at IS NOT NULL)) EXECUTE FUNCTION people_consent_noted();
CREATE TRIGGER people_consent_changed AFTER UPDATE OF consent_at, unsubscribed_at ON people FOR EACH ROW
    WHEN (pg_trigger_depth() = 0 AND (NEW.consent_at IS DISTINCT FROM OLD.consent_at OR NEW.unsubscribed_at IS DISTINCT FROM OLD.unsubscribed_at))
    EXECUTE FUNCTION people_consent_noted();

-- What people want of the mailings; who has no row wants all of them. Empty lists set no limit.
CREATE TABLE mailing_preferences (
    person_id  uuid PRIMARY KEY REFERENCES people ON DELETE CASCADE,
    topics     text[] NOT NULL DEFAULT '{}',                -- slugs: only about these
    countries  text[] NOT NULL DEFAULT '{}',                -- codes: only about these
    refused    text[] NOT NULL DEFAULT '{}',                -- kinds of mailing they do not want
    at_most    text NOT NULL DEFAULT 'each' CHECK (at_most IN ('each','week','month')),
    updated_at timestamptz NOT NULL
);
ALTER TABLE mailings ADD COLUMN IF NOT EXISTS kind text NOT NULL DEFAULT 'campaign';
CREATE INDEX outbox_person_mailings ON outbox (person_id, finished_at) WHERE mailing_id IS NOT NULL;

-- Somebody who typed an address into the public form; nobody is subscribed by that. Forgotten where it is not confirmed.
CREATE TABLE subscription_requests (
    id           uuid PRIMARY KEY,
    email        text NOT NULL,
    name         text NOT NULL DEFAULT '',
    language     text NOT NULL REFERENCES languages,
    topics       text[] NOT NULL DEFAULT '{}',
    text_hash    text NOT NULL REFERENCES consent_texts,    -- the sentence beside the form
    created_at   timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL
);
CREATE INDEX subscription_requests_expires ON subscription_requests (expires_at);

-- A mail that asks for a confirmation goes to an address that belongs to nobody yet; and of somebody erased it stays that a
-- mail went out, not to whom.
ALTER TABLE outbox ALTER COLUMN person_id DROP NOT NULL;
