-- Work that passes from one person to another: each process concerned decides on its own part of it, and its submission
-- says how far it is.
CREATE TABLE hand_overs (
    id         uuid PRIMARY KEY,
    from_id    uuid NOT NULL REFERENCES people,
    to_id      uuid NOT NULL REFERENCES people,
    person_id  uuid NOT NULL REFERENCES people,      -- the coordinator who arranged it
    created_at timestamptz NOT NULL,
    CHECK (from_id <> to_id)
);
CREATE INDEX hand_overs_from ON hand_overs (from_id, created_at DESC);
CREATE INDEX submissions_decision ON submissions (decision_id);
