-- Recommendations, their texts and their processes.

CREATE TABLE recommendations (
    id                 uuid PRIMARY KEY,
    slug               text NOT NULL UNIQUE,
    kind               text NOT NULL CHECK (kind IN ('policy_brief','position_paper','joint_letter','alternative_report','analysis')),
    language           text NOT NULL REFERENCES languages,
    title              text NOT NULL,          -- of the current version
    organisation_id    uuid NOT NULL REFERENCES organisations,
    officer_id         uuid NOT NULL REFERENCES people,
    procedure_id       uuid NOT NULL REFERENCES procedures,
    stage              text NOT NULL DEFAULT 'drafting' CHECK (stage IN ('drafting','review','translation','signoff','publication','done','withdrawn')),
    stage_since        timestamptz NOT NULL,
    round              integer NOT NULL DEFAULT 0,       -- review rounds so far
    held_at            timestamptz,                      -- on hold since
    held_reason        text NOT NULL DEFAULT '',
    needed_by          date,
    languages          text[] NOT NULL DEFAULT '{}',     -- translations asked for
    current_version_id uuid,                             -- newest
    accepted_version_id uuid,                            -- what review ended with
    published_at       timestamptz,
    created_at         timestamptz NOT NULL,
    updated_at         timestamptz NOT NULL
);
CREATE INDEX recommendations_organisation ON recommendations (organisation_id);
CREATE INDEX recommendations_stage ON recommendations (stage);
CREATE INDEX recommendations_published ON recommendations (published_at DESC) WHERE published_at IS NOT NULL;

CREATE TABLE recommendation_countries (
    recommendation_id uuid NOT NULL REFERENCES recommendations ON DELETE CASCADE,
    country_code      text NOT NULL REFERENCES countries,
    PRIMARY KEY (recommendation_id, country_code)
);
CREATE INDEX recommendation_countries_country ON recommendation_countries (country_code);

CREATE TABLE recommendation_topics (
    recommendation_id uuid NOT NULL REFERENCES recommendations ON DELETE CASCADE,
    topic             text NOT NULL REFERENCES topics,
    PRIMARY KEY (recommendation_id, topic)
);

CREATE TABLE recommendation_challenges (
    recommendation_id uuid NOT NULL REFERENCES recommendations ON DELETE CASCADE,
    challenge         text NOT NULL REFERENCES challenges,
    PRIMARY KEY (recommendation_id, challenge)
);

CREATE TABLE recommendation_grants (
    recommendation_id uuid NOT NULL REFERENCES recommendations ON DELETE CASCADE,
    grant_id          uuid NOT NULL REFERENCES grants,
    PRIMARY KEY (recommendation_id, grant_id)
);

-- Who was listened to: how, how many, never who.
CREATE TABLE consulted_groups (
    id                uuid PRIMARY KEY,
    recommendation_id uuid NOT NULL REFERENCES recommendations ON DELETE CASCADE,
    people            text NOT NULL,          -- "children in foster care, 12 to 15"
    method            text NOT NULL,
    number            integer NOT NULL CHECK (number >= 0)
);
CREATE INDEX consulted_groups_recommendation ON consulted_groups (recommendation_id);

-- An immutable text with the measures it asked for. A trigger below keeps it so.
CREATE TABLE versions (
    id                uuid PRIMARY KEY,
    recommendation_id uuid NOT NULL REFERENCES recommendations ON DELETE CASCADE,
    number            integer NOT NULL,
    title             text NOT NULL,
    body              text NOT NULL,          -- Markdown
    measures          jsonb NOT NULL,         -- as they stood: [{id, number, text, authority_ids}]
    hash              text NOT NULL,          -- SHA-256 over title, body and measures, hexadecimal
    note              text NOT NULL DEFAULT '',
    created_by        uuid NOT NULL REFERENCES people,
    created_at        timestamptz NOT NULL,
    UNIQUE (recommendation_id, number)
);

ALTER TABLE recommendations
    ADD FOREIGN KEY (current_version_id) REFERENCES versions DEFERRABLE INITIALLY DEFERRED,
    ADD FOREIGN KEY (accepted_version_id) REFERENCES versions DEFERRABLE INITIALLY DEFERRED;

CREATE TABLE measures (
    id                uuid PRIMARY KEY,
    recommendation_id uuid NOT NULL REFERENCES recommendations ON DELETE CASCADE,
    number            integer NOT NULL,
    text              text NOT NULL,
    UNIQUE (recommendation_id, number) DEFERRABLE INITIALLY DEFERRED
);

CREATE TABLE measure_authorities (
    measure_id   uuid NOT NULL REFERENCES measures ON DELETE CASCADE,
    authority_id uuid NOT NULL REFERENCES authorities,
    PRIMARY KEY (measure_id, authority_id)
);
CREATE INDEX measure_authorities_authority ON measure_authorities (authority_id);

-- One row per process that Temporal drives: a recommendation, a mailing, a follow-up. Its id is its subject's.
CREATE TABLE processes (
    id                uuid PRIMARY KEY,
    kind              text NOT NULL CHECK (kind IN ('recommendation','mailing','followup')),
    recommendation_id uuid NOT NULL REFERENCES recommendations ON DELETE CASCADE,
    revision          bigint NOT NULL DEFAULT 0,   -- raised by every decision
    created_at        timestamptz NOT NULL,
    started_at        timestamptz,                 -- Temporal confirmed the start
    checked_at        timestamptz,                 -- the sweep last made sure that it runs
    closed_at         timestamptz                  -- the truth about being over
);
CREATE INDEX processes_open ON processes (checked_at NULLS FIRST, created_at) WHERE closed_at IS NULL;
CREATE INDEX processes_recommendation ON processes (recommendation_id);

-- A wait for a person: who, what, until when, why.
CREATE TABLE tasks (
    id                uuid PRIMARY KEY,
    process_id        uuid NOT NULL REFERENCES processes ON DELETE CASCADE,
    recommendation_id uuid NOT NULL REFERENCES recommendations ON DELETE CASCADE,
    kind              text NOT NULL CHECK (kind IN ('review','consult','choose_reviewer','decide_review','assign_translator','translate',
                          'approve_translation','sign_off','resolve_signoff','publish','deliver','report_progress','escalation')),
    round             integer NOT NULL DEFAULT 0,
    person_id         uuid REFERENCES people,
    organisation_id   uuid REFERENCES organisations,
    version_id        uuid REFERENCES versions,      -- the exact text it is about
    language          text REFERENCES languages,
    subject_id        uuid,                          -- translation, authority, escalated task … by kind
    state             text NOT NULL DEFAULT 'open' CHECK (state IN ('open','done','declined','expired','cancelled')),
    opened_at         timestamptz NOT NULL,
    accepted_at       timestamptz,                   -- the person said they will
    respond_by        timestamptz,                   -- silence after this
    remind_at         timestamptz,                   -- next reminder
    due_at            timestamptz NOT NULL,
    grace_until       timestamptz NOT NULL,          -- a late answer is taken until here
    reminders         integer NOT NULL DEFAULT 0,
    overdue_at        timestamptz,                   -- the deadline passed and was dealt with
    generation        integer NOT NULL DEFAULT 1,    -- of its personal links
    closed_at         timestamptz,
    CHECK (person_id IS NOT NULL OR organisation_id IS NOT NULL),
    CHECK ((state = 'open') = (closed_at IS NULL))
);
CREATE INDEX tasks_process_open ON tasks (process_id) WHERE state = 'open';
CREATE INDEX tasks_person_open ON tasks (person_id, due_at) WHERE state = 'open';
CREATE INDEX tasks_organisation_open ON tasks (organisation_id, due_at) WHERE state = 'open';
CREATE INDEX tasks_recommendation ON tasks (recommendation_id, kind, round);

-- What a person said, as received, before the process is told.
CREATE TABLE submissions (
    id            uuid PRIMARY KEY,
    process_id    uuid NOT NULL REFERENCES processes ON DELETE CASCADE,
    decision_id   text NOT NULL,
    kind          text NOT NULL,
    task_id       uuid REFERENCES tasks,
    actor_id      uuid NOT NULL REFERENCES people,          -- who sent it
    on_behalf_of  uuid REFERENCES people,                   -- recorded for this person
    behalf_note   text NOT NULL DEFAULT '',                 -- how it came: letter, telephone, meeting
    by_link       boolean NOT NULL DEFAULT false,           -- came through a personal link
    payload       jsonb NOT NULL,
    args_salt     text NOT NULL,                            -- so that redacted words cannot be guessed from the hash
    args_hash     text NOT NULL,                            -- SHA-256 over salt, who, what and payload
    state         text NOT NULL DEFAULT 'received' CHECK (state IN ('received','recorded','refused')),
    outcome       jsonb,
    received_at   timestamptz NOT NULL,
    sent_at       timestamptz,                              -- last time it was sent to the process
    settled_at    timestamptz,
    UNIQUE (process_id, decision_id)
);
CREATE INDEX submissions_unsettled ON submissions (received_at) WHERE state = 'received';

-- What was decided, once.
CREATE TABLE decisions (
    process_id  uuid NOT NULL REFERENCES processes ON DELETE CASCADE,
    decision_id text NOT NULL,
    kind        text NOT NULL,
    args_hash   text NOT NULL,
    result      jsonb NOT NULL,
    record_seq  bigint,                                     -- its first entry in the record
    decided_at  timestamptz NOT NULL,
    PRIMARY KEY (process_id, decision_id)
);

CREATE TABLE review_rounds (
    recommendation_id uuid NOT NULL REFERENCES recommendations ON DELETE CASCADE,
    number            integer NOT NULL,
    version_id        uuid NOT NULL REFERENCES versions,
    invited           uuid[] NOT NULL,                      -- experts asked first
    reserve           uuid[] NOT NULL DEFAULT '{}',         -- next in line, in order
    enough            integer NOT NULL CHECK (enough > 0),
    opened_at         timestamptz,                          -- tasks and invitations are out
    due_at            timestamptz NOT NULL,
    closing_at        timestamptz,                          -- grace ends
    closed_at         timestamptz,
    decision          text CHECK (decision IN ('accept','revise','withdraw')),
    decision_reason   text NOT NULL DEFAULT '',
    PRIMARY KEY (recommendation_id, number)
);

-- An expert's answer, or a partner's in the consultation: one per task, the last that was given.
CREATE TABLE reviews (
    task_id           uuid PRIMARY KEY REFERENCES tasks,
    recommendation_id uuid NOT NULL REFERENCES recommendations ON DELETE CASCADE,
    version_id        uuid NOT NULL REFERENCES versions,
    round             integer NOT NULL,
    person_id         uuid NOT NULL REFERENCES people,
    organisation_id   uuid REFERENCES organisations,
    answer            text CHECK (answer IN ('support','support_with_changes','do_not_support')),
    reasons           text NOT NULL DEFAULT '',
    naming            text NOT NULL DEFAULT 'none' CHECK (naming IN ('public','network','none')),
    late              boolean NOT NULL DEFAULT false,
    decision_id       text NOT NULL,
    answered_at       timestamptz NOT NULL
);
CREATE INDEX reviews_recommendation ON reviews (recommendation_id, round);

CREATE TABLE comments (
    id                uuid PRIMARY KEY,
    task_id           uuid NOT NULL REFERENCES reviews ON DELETE CASCADE,
    recommendation_id uuid NOT NULL REFERENCES recommendations ON DELETE CASCADE,
    version_id        uuid NOT NULL REFERENCES versions,
    block             integer NOT NULL CHECK (block >= 0),  -- position of the paragraph in the version
    quote             text NOT NULL DEFAULT '',
    body              text NOT NULL,
    position          integer NOT NULL,
    created_at        timestamptz NOT NULL
);
CREATE INDEX comments_version ON comments (version_id, block);

CREATE TABLE translations (
    id                uuid PRIMARY KEY,
    recommendation_id uuid NOT NULL REFERENCES recommendations ON DELETE CASCADE,
    version_id        uuid NOT NULL REFERENCES versions,
    language          text NOT NULL REFERENCES languages,
    title             text NOT NULL DEFAULT '',
    measures          jsonb NOT NULL DEFAULT '[]',          -- [{id, text}]
    state             text NOT NULL DEFAULT 'open' CHECK (state IN ('open','submitted','approved','late')),
    translator_id     uuid REFERENCES people,
    approver_id       uuid REFERENCES people,
    revision          integer NOT NULL DEFAULT 1,           -- of the words; for If-Match
    submitted_at      timestamptz,
    approved_at       timestamptz,
    return_note       text NOT NULL DEFAULT '',
    UNIQUE (version_id, language)
);
CREATE INDEX translations_recommendation ON translations (recommendation_id);

CREATE TABLE translation_blocks (
    translation_id uuid NOT NULL REFERENCES translations ON DELETE CASCADE,
    position       integer NOT NULL,
    source         text NOT NULL,                           -- the block it renders
    text           text NOT NULL DEFAULT '',
    left_out       boolean NOT NULL DEFAULT false,
    note           text NOT NULL DEFAULT '',
    PRIMARY KEY (translation_id, position)
);

CREATE TABLE signoffs (
    task_id           uuid PRIMARY KEY REFERENCES tasks,
    recommendation_id uuid NOT NULL REFERENCES recommendations ON DELETE CASCADE,
    version_id        uuid NOT NULL REFERENCES versions,
    organisation_id   uuid NOT NULL REFERENCES organisations,   -- the voting unit
    person_id         uuid NOT NULL REFERENCES people,          -- who answered in its name
    answer            text NOT NULL CHECK (answer IN ('approve','abstain','outside_mandate','do_not_cosign')),
    reason            text NOT NULL DEFAULT '',
    decision_id       text NOT NULL,
    answered_at       timestamptz NOT NULL
);
CREATE INDEX signoffs_recommendation ON signoffs (recommendation_id);

CREATE TABLE publications (
    id                uuid PRIMARY KEY,
    recommendation_id uuid NOT NULL UNIQUE REFERENCES recommendations ON DELETE CASCADE,
    version_id        uuid NOT NULL REFERENCES versions,
    published_at      timestamptz NOT NULL
);

CREATE TABLE publication_texts (
    publication_id uuid NOT NULL REFERENCES publications ON DELETE CASCADE,
    language       text NOT NULL REFERENCES languages,
    title          text NOT NULL,
    body           text NOT NULL,                           -- Markdown
    measures       jsonb NOT NULL,                          -- [{id, number, text}]
    translation_id uuid REFERENCES translations,            -- null: the original
    PRIMARY KEY (publication_id, language)
);

CREATE TABLE deliveries (
    id                uuid PRIMARY KEY,
    publication_id    uuid NOT NULL REFERENCES publications ON DELETE CASCADE,
    recommendation_id uuid NOT NULL REFERENCES recommendations ON DELETE CASCADE,
    authority_id      uuid NOT NULL REFERENCES authorities,
    delivered_on      date,
    reference         text NOT NULL DEFAULT '',
    reply_due         date,
    not_delivered     text NOT NULL DEFAULT '',             -- why it was not
    UNIQUE (publication_id, authority_id)
);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % is not allowed: its rows are kept as they were written', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE TRIGGER versions_immutable BEFORE UPDATE OR DELETE ON versions
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER decisions_immutable BEFORE UPDATE OR DELETE ON decisions
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
