-- There is room for one declaration only: that of whoever has the question.
DELETE FROM review_conflicts AS rc USING tasks AS t WHERE t.id = rc.task_id AND t.person_id <> rc.person_id;
ALTER TABLE review_conflicts DROP CONSTRAINT review_conflicts_pkey;
ALTER TABLE review_conflicts ADD PRIMARY KEY (task_id);
ALTER TABLE review_conflicts DROP COLUMN person_id;
