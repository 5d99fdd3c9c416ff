-- A round of review is open, or hides from the authors who said what (single), and from the reviewers who wrote the text, too
-- (double). What it is, is fixed when it begins.
ALTER TABLE review_rounds ADD COLUMN anonymity text NOT NULL DEFAULT 'open' CHECK (anonymity IN ('open', 'single', 'double'));

-- An answer has an id of its own, which does not lead to whoever was asked, and in an anonymised round that is closed a label:
-- the number under which it is shown, drawn by lot.
ALTER TABLE reviews ADD COLUMN id uuid, ADD COLUMN label integer CHECK (label > 0);
UPDATE reviews SET id = task_id;  -- under which answers to its reasons are kept
ALTER TABLE reviews ALTER COLUMN id SET NOT NULL, ALTER COLUMN id SET DEFAULT gen_random_uuid(), ADD UNIQUE (id);

-- Where the reasons of a review are answered, the row is known by the id of the answer.
ALTER TABLE comment_responses DROP CONSTRAINT comment_responses_check;
ALTER TABLE comment_responses ADD CONSTRAINT comment_responses_check CHECK (num_nonnulls(comment_id, task_id) = 1 AND (comment_id IS NULL OR id = comment_id));
