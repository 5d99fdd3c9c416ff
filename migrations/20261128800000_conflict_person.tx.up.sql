-- A conflict of interest is that of the person who declared it: where a review is handed over, the one after them has said nothing.
ALTER TABLE review_conflicts ADD COLUMN person_id uuid REFERENCES people;
-- Who declared what stands is who sent it last, or for whom it was recorded.
UPDATE review_conflicts AS rc SET person_id = COALESCE(
    (SELECT COALESCE(s.on_behalf_of, s.actor_id) FROM submissions AS s
        WHERE s.task_id = rc.task_id AND s.kind = 'declare_conflict' AND s.state = 'recorded' ORDER BY s.settled_at DESC LIMIT 1),
    (SELECT t.person_id FROM tasks AS t WHERE t.id = rc.task_id));
ALTER TABLE review_conflicts ALTER COLUMN person_id SET NOT NULL;
ALTER TABLE review_conflicts DROP CONSTRAINT review_conflicts_pkey;
ALTER TABLE review_conflicts ADD PRIMARY KEY (task_id, person_id);
CREATE INDEX review_conflicts_person ON review_conflicts (person_id);
