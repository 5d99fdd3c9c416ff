-- Who spoke for a voting unit that several organisations share: named beside it wherever its answer is shown. What was
-- answered before is told by the record.
ALTER TABLE signoffs ADD COLUMN spoken_by uuid REFERENCES organisations;

UPDATE signoffs AS so SET spoken_by = (e.canonical::jsonb ->> 'organisation')::uuid
FROM record_entries AS e
WHERE e.chain = so.recommendation_id AND e.canonical::jsonb ->> 'verb' = 'signoff.answered'
    AND e.canonical::jsonb ->> 'decision_id' = so.decision_id
    AND EXISTS (SELECT 1 FROM organisations AS o WHERE o.id::text = e.canonical::jsonb ->> 'organisation');
