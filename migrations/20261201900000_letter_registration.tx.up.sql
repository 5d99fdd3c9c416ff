-- The number under which an authority registered a letter, apart from our own reference, which stands on the letter. Until now there
-- was one for both, and saying that the letter was sent put theirs in the place of ours. What was written stays as ours, unless the
-- record shows that it is not what was planned last: then ours is taken back from there, and what stands in its place is theirs where
-- the letter is done. Where it was taken back theirs is on record alone, as it is for letters taken back from now on. Where the plan
-- was changed after that, or its words were removed from the record, nobody can tell, and nothing changes.
ALTER TABLE campaign_steps ADD COLUMN registration text NOT NULL DEFAULT '';

WITH planned AS (
    SELECT DISTINCT ON (cs.id) cs.id, coalesce(t.body, '') AS reference, t.redacted_at
    FROM campaign_steps AS cs
    JOIN campaigns AS ca ON ca.id = cs.campaign_id
    JOIN record_entries AS e ON e.chain = ca.recommendation_id AND e.canonical::jsonb->>'object' = cs.id::text
        AND e.canonical::jsonb->>'verb' IN ('campaign.step_planned','campaign.step_changed')
    LEFT JOIN record_texts AS t ON t.chain = e.chain AND t.seq = e.seq AND t.field = 'reference'
    WHERE cs.kind = 'letter' AND cs.reference <> ''
    ORDER BY cs.id, e.seq DESC
)
UPDATE campaign_steps AS cs SET reference = p.reference, registration = CASE WHEN cs.state = 'done' THEN cs.reference ELSE '' END
FROM planned AS p
WHERE p.id = cs.id AND p.redacted_at IS NULL AND p.reference <> cs.reference;

ALTER TABLE campaign_steps ADD CONSTRAINT campaign_steps_registration CHECK (registration = '' OR kind = 'letter' AND state = 'done');
