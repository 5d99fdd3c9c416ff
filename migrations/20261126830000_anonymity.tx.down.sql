UPDATE comment_responses SET id = task_id WHERE task_id IS NOT NULL;
ALTER TABLE comment_responses DROP CONSTRAINT comment_responses_check;
ALTER TABLE comment_responses ADD CONSTRAINT comment_responses_check CHECK (num_nonnulls(comment_id, task_id) = 1 AND id = coalesce(comment_id, task_id));
ALTER TABLE reviews DROP COLUMN id, DROP COLUMN label;
ALTER TABLE review_rounds DROP COLUMN anonymity;
