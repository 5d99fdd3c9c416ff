-- Whom it was told what became of their comments: an answer of a round, by what was answered to it when that was last sent. What was
-- answered stands in comment_responses and comment_groups; here is only a salted hash, by which one sees that it changed since.
CREATE TABLE responses_told (
    review_id uuid PRIMARY KEY,
    task_id   uuid NOT NULL REFERENCES reviews ON DELETE CASCADE,
    salt      text NOT NULL,
    hash      text NOT NULL,
    times     integer NOT NULL DEFAULT 1,
    told_at   timestamptz NOT NULL
);
CREATE INDEX responses_told_task ON responses_told (task_id);
