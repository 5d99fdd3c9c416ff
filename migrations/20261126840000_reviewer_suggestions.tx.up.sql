-- Whom an expert who declined suggests instead: personal data of people who do not know of it. It is shown to those alone who
-- decide whom to ask, and forgotten some time after the round.
CREATE TABLE reviewer_suggestions (
    id                uuid PRIMARY KEY,
    task_id           uuid NOT NULL REFERENCES tasks ON DELETE CASCADE,
    recommendation_id uuid NOT NULL REFERENCES recommendations ON DELETE CASCADE,
    round             integer NOT NULL,
    position          integer NOT NULL,
    name              text NOT NULL DEFAULT '',
    email             text NOT NULL DEFAULT '',
    reason            text NOT NULL DEFAULT '',
    written_in        text NOT NULL DEFAULT '',
    person_id         uuid REFERENCES people ON DELETE SET NULL,  -- who was invited for it
    created_at        timestamptz NOT NULL,
    forgotten_at      timestamptz,
    UNIQUE (task_id, position)
);
CREATE INDEX reviewer_suggestions_round ON reviewer_suggestions (recommendation_id, round);
CREATE INDEX reviewer_suggestions_kept ON reviewer_suggestions (created_at) WHERE forgotten_at IS NULL;
