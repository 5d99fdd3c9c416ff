-- When the answer to a question was last taken back by who gave it. The question waits again then; the words are in the submission by
-- which they came, for their writer alone.
ALTER TABLE tasks ADD COLUMN taken_back_at timestamptz;
