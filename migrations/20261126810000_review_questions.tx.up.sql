-- What an expert answers to the questions of the procedure, one row each. Which questions there are is said by the version of the
-- procedure that the recommendation began with.
CREATE TABLE review_answers (
    task_id    uuid NOT NULL REFERENCES reviews ON DELETE CASCADE,
    question   text NOT NULL,              -- its id in the procedure
    position   integer NOT NULL,
    value      text NOT NULL DEFAULT '',   -- 1 to 5, yes or no, or the id of an option
    body       text NOT NULL DEFAULT '',   -- of a question that is answered in words
    expertise  text NOT NULL DEFAULT '' CHECK (expertise IN ('', 'little', 'fairly', 'well')),
    written_in text NOT NULL DEFAULT '',
    PRIMARY KEY (task_id, question)
);

-- Words for the officer in charge alone. They stand in no record and no export.
ALTER TABLE reviews ADD COLUMN confidential_note text NOT NULL DEFAULT '';

-- What an expert declares of a conflict of interest, and what the officer decided about it.
CREATE TABLE review_conflicts (
    task_id           uuid PRIMARY KEY REFERENCES tasks ON DELETE CASCADE,
    recommendation_id uuid NOT NULL REFERENCES recommendations ON DELETE CASCADE,
    kind              text NOT NULL CHECK (kind IN ('none', 'funded', 'employed', 'co_author', 'personal', 'other')),
    words             text NOT NULL DEFAULT '',
    written_in        text NOT NULL DEFAULT '',
    declared_at       timestamptz NOT NULL,
    ruling            text CHECK (ruling IN ('may_answer', 'shown', 'replaced')),
    reason            text NOT NULL DEFAULT '',
    reason_written_in text NOT NULL DEFAULT '',
    ruled_by          uuid REFERENCES people,
    ruled_at          timestamptz,
    CHECK ((ruling IS NULL) = (ruled_at IS NULL))
);
CREATE INDEX review_conflicts_recommendation ON review_conflicts (recommendation_id);
