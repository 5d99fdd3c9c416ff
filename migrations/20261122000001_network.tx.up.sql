-- The network: who there is, where, in which languages, about what.
-- Names in the network's languages stand in jsonb columns, {"en": "…", "bg": "…"}:
-- a language is data, so a new one needs no new column.

CREATE TABLE installation (
    id         uuid PRIMARY KEY,
    single     boolean NOT NULL DEFAULT true UNIQUE CHECK (single),
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE languages (
    tag      text PRIMARY KEY,               -- BCP 47
    endonym  text NOT NULL,
    names    jsonb NOT NULL DEFAULT '{}',
    position integer NOT NULL DEFAULT 0
);

CREATE TABLE countries (
    code     text PRIMARY KEY CHECK (code ~ '^[A-Z]{2}$'),   -- ISO 3166-1 alpha-2, and XK
    names    jsonb NOT NULL,
    zone     text NOT NULL,                  -- IANA time zone in which its deadlines are counted
    position integer NOT NULL DEFAULT 0
);

CREATE TABLE topics (
    slug     text PRIMARY KEY,
    names    jsonb NOT NULL,
    position integer NOT NULL DEFAULT 0
);

CREATE TABLE challenges (
    slug     text PRIMARY KEY,
    names    jsonb NOT NULL,
    position integer NOT NULL DEFAULT 0
);

CREATE TABLE authorities (
    id           uuid PRIMARY KEY,
    slug         text NOT NULL UNIQUE,
    country_code text REFERENCES countries,  -- null: international
    level        text NOT NULL CHECK (level IN ('international','european','state','entity','canton','district','municipality')),
    parent_id    uuid REFERENCES authorities,
    names        jsonb NOT NULL
);
CREATE INDEX authorities_country ON authorities (country_code);
CREATE INDEX authorities_parent ON authorities (parent_id);

CREATE TABLE organisations (
    id           uuid PRIMARY KEY,
    slug         text NOT NULL UNIQUE,
    name         text NOT NULL,
    kind         text NOT NULL CHECK (kind IN ('lead','partner','academic','expertise','funder','other')),
    parent_id    uuid REFERENCES organisations,
    voting_unit  uuid NOT NULL REFERENCES organisations DEFERRABLE INITIALLY DEFERRED,  -- itself, or the sister that holds the shared vote
    member_from  date,                       -- null: not a member
    member_until date,
    CHECK (member_until IS NULL OR member_until >= member_from)
);

CREATE TABLE organisation_countries (
    organisation_id uuid NOT NULL REFERENCES organisations ON DELETE CASCADE,
    country_code    text NOT NULL REFERENCES countries,
    PRIMARY KEY (organisation_id, country_code)
);
CREATE INDEX organisation_countries_country ON organisation_countries (country_code);

CREATE TABLE people (
    id              uuid PRIMARY KEY,
    pseudonym       uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),  -- how the record names this person
    name            text NOT NULL,
    email           text NOT NULL,
    language        text NOT NULL REFERENCES languages,
    country_code    text REFERENCES countries,
    languages       text[] NOT NULL DEFAULT '{}',   -- reads and writes these
    topics          text[] NOT NULL DEFAULT '{}',   -- expertise, by topic
    max_open        integer NOT NULL DEFAULT 3,     -- reviews at once, for experts
    naming          text NOT NULL DEFAULT 'none' CHECK (naming IN ('public','network','none')),
    password_hash   text,                           -- Argon2id; null: signs in by link only
    consent_at      timestamptz,                    -- to mailings
    consent_source  text,
    unsubscribed_at timestamptz,
    created_at      timestamptz NOT NULL DEFAULT now(),
    left_at         timestamptz
);
CREATE UNIQUE INDEX people_email ON people (lower(email));
CREATE INDEX people_country ON people (country_code);

CREATE TABLE roles (
    person_id       uuid NOT NULL REFERENCES people ON DELETE CASCADE,
    organisation_id uuid NOT NULL REFERENCES organisations ON DELETE CASCADE,
    role            text NOT NULL CHECK (role IN ('coordinator','officer','partner','translator','expert','reader')),
    PRIMARY KEY (person_id, organisation_id, role)
);
CREATE INDEX roles_organisation ON roles (organisation_id, role);

CREATE TABLE grants (
    id           uuid PRIMARY KEY,
    number       text NOT NULL UNIQUE,
    funder_id    uuid NOT NULL REFERENCES organisations,
    title        text NOT NULL,
    period_from  date NOT NULL,
    period_until date NOT NULL CHECK (period_until >= period_from),
    emblem       text NOT NULL DEFAULT ''           -- name of an image shipped with the programme
);

CREATE TABLE grant_statements (
    grant_id     uuid NOT NULL REFERENCES grants ON DELETE CASCADE,
    language     text NOT NULL REFERENCES languages,
    statement    text NOT NULL,
    disclaimer   text NOT NULL DEFAULT '',
    PRIMARY KEY (grant_id, language)
);

-- How a grant wants a country designated, with which footnote, in which language.
CREATE TABLE grant_designations (
    grant_id     uuid NOT NULL REFERENCES grants ON DELETE CASCADE,
    country_code text NOT NULL REFERENCES countries,
    language     text NOT NULL REFERENCES languages,
    designation  text NOT NULL,
    footnote     text NOT NULL DEFAULT '',
    PRIMARY KEY (grant_id, country_code, language)
);

CREATE TABLE procedures (
    id         uuid PRIMARY KEY,
    slug       text NOT NULL,
    version    integer NOT NULL,
    names      jsonb NOT NULL,
    document   jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (slug, version)
);

CREATE TABLE sessions (
    token  text PRIMARY KEY,                 -- SHA-256 of what the cookie holds
    data   bytea NOT NULL,
    expiry timestamptz NOT NULL
);
CREATE INDEX sessions_expiry ON sessions (expiry);

CREATE TABLE api_tokens (
    id         uuid PRIMARY KEY,
    person_id  uuid NOT NULL REFERENCES people ON DELETE CASCADE,
    name       text NOT NULL,
    hash       bytea NOT NULL UNIQUE,        -- SHA-256 of the token
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz
);

-- Attempts in a window of time, per bucket (an address, an account).
CREATE TABLE rate_limits (
    bucket       text NOT NULL,
    window_start timestamptz NOT NULL,
    attempts     integer NOT NULL DEFAULT 1,
    PRIMARY KEY (bucket, window_start)
);
