-- What those who own a text answer to the comments on it: to one, or to several alike, which they put into a group. A row of
-- comment_responses belongs to a comment, or to the reasons of a review; it is there once it is answered or grouped. An
-- answer of its own goes before that of its group.
CREATE TABLE comment_groups (
    id                uuid PRIMARY KEY,
    recommendation_id uuid NOT NULL REFERENCES recommendations ON DELETE CASCADE,
    round             integer NOT NULL,
    title             text NOT NULL,
    outcome           text CHECK (outcome IN ('accepted', 'partly', 'not_accepted')),
    reason            text NOT NULL DEFAULT '',
    written_in        text NOT NULL DEFAULT '',
    revision          integer NOT NULL DEFAULT 1,
    answered_by       uuid REFERENCES people,
    answered_at       timestamptz,
    created_at        timestamptz NOT NULL,
    CHECK (outcome IS NULL OR outcome = 'accepted' OR reason <> '')
);
CREATE INDEX comment_groups_recommendation ON comment_groups (recommendation_id, round);

CREATE TABLE comment_responses (
    id                 uuid PRIMARY KEY,  -- of the comment, or of the question whose answer gave reasons
    recommendation_id  uuid NOT NULL REFERENCES recommendations ON DELETE CASCADE,
    comment_id         uuid UNIQUE REFERENCES comments ON DELETE CASCADE,
    task_id            uuid UNIQUE REFERENCES reviews ON DELETE CASCADE,
    group_id           uuid REFERENCES comment_groups ON DELETE SET NULL,
    outcome            text CHECK (outcome IN ('accepted', 'partly', 'not_accepted')),
    reason             text NOT NULL DEFAULT '',
    written_in         text NOT NULL DEFAULT '',
    revision           integer NOT NULL DEFAULT 1,
    applied_version_id uuid REFERENCES versions,  -- that a suggestion was applied in; it is applied once
    answered_by        uuid REFERENCES people,
    answered_at        timestamptz,
    CHECK (num_nonnulls(comment_id, task_id) = 1 AND id = coalesce(comment_id, task_id)),
    CHECK (outcome IS NULL OR outcome = 'accepted' OR reason <> '')
);
CREATE INDEX comment_responses_group ON comment_responses (group_id) WHERE group_id IS NOT NULL;
CREATE INDEX comment_responses_recommendation ON comment_responses (recommendation_id);

-- Comments are read by the text they are on, and by whose they are.
CREATE INDEX comments_task ON comments (task_id, block, position);
