-- A campaign as a series: beside its mailings the letters, calls, meetings and events of a recommendation, each with its own state.

ALTER TABLE campaigns ADD COLUMN revision integer NOT NULL DEFAULT 1;     -- for If-Match

CREATE TABLE campaign_steps (
    id                 uuid PRIMARY KEY,
    campaign_id        uuid NOT NULL REFERENCES campaigns ON DELETE CASCADE,
    kind               text NOT NULL CHECK (kind IN ('letter','call','meeting','event')),
    title              text NOT NULL,
    day                date NOT NULL,                           -- as it is called where it takes place
    at                 timestamptz,                             -- null: the day alone is known
    zone               text NOT NULL DEFAULT '',                -- IANA, in which the time was said; '': the day alone is known
    responsible_id     uuid NOT NULL REFERENCES people,
    authority_id       uuid REFERENCES authorities,             -- whom it is about
    organisation_id    uuid REFERENCES organisations,           -- with whom
    note               text NOT NULL DEFAULT '',
    written_in         text NOT NULL DEFAULT '',                -- of title and note
    state              text NOT NULL DEFAULT 'planned' CHECK (state IN ('planned','done','called_off')),
    result             text NOT NULL DEFAULT '',                -- what came of it, or why it was called off
    result_written_in  text NOT NULL DEFAULT '',
    settled_at         timestamptz,                             -- when that was said
    settled_by         uuid REFERENCES people,
    revision           integer NOT NULL DEFAULT 1,              -- for If-Match
    created_by         uuid NOT NULL REFERENCES people,
    created_at         timestamptz NOT NULL,
    CHECK ((at IS NULL) = (zone = '')),
    CHECK ((state = 'planned') = (settled_at IS NULL) AND (settled_at IS NULL) = (settled_by IS NULL))
);
CREATE INDEX campaign_steps_campaign ON campaign_steps (campaign_id, day);
CREATE INDEX campaign_steps_responsible ON campaign_steps (responsible_id, day) WHERE state = 'planned';
CREATE INDEX campaign_steps_authority ON campaign_steps (authority_id) WHERE authority_id IS NOT NULL;
CREATE INDEX campaign_steps_organisation ON campaign_steps (organisation_id) WHERE organisation_id IS NOT NULL;
