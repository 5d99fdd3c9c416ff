-- When it was put on record that a mailing leaves, so that it is put there once, however often it waits again before the first of it
-- has gone: at night, at another worker's, or after a pause.
ALTER TABLE mailings ADD COLUMN begun_at timestamptz;
UPDATE mailings AS m SET begun_at = m.launched_at WHERE m.launched_at IS NOT NULL AND (
    m.state IN ('sending','sent')
    OR EXISTS (SELECT 1 FROM outbox AS o WHERE o.mailing_id = m.id AND (o.state NOT IN ('queued','cancelled') OR o.attempts > 0))
    OR EXISTS (SELECT 1 FROM record_entries AS e WHERE e.chain = m.recommendation_id
        AND e.canonical::jsonb->>'object' = m.id::text AND e.canonical::jsonb->>'verb' IN ('mailing.launched','mailing.begun','mailing.sent_now')
        AND NOT EXISTS (SELECT 1 FROM record_entries AS revised WHERE revised.chain = e.chain AND revised.seq > e.seq
            AND revised.canonical::jsonb->>'object' = m.id::text AND revised.canonical::jsonb->>'verb' = 'mailing.revised')));
