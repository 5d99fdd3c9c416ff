-- What was asked about a mailing's time stays as something that is over: answers and mails may name it.
UPDATE tasks AS t SET state = 'cancelled', closed_at = now() FROM tasks AS about
WHERE t.kind = 'escalation' AND t.state = 'open' AND t.subject_id = about.id AND about.kind = 'decide_mailing';
UPDATE tasks SET kind = 'escalation', state = CASE WHEN state = 'open' THEN 'cancelled' ELSE state END, closed_at = coalesce(closed_at, now()), subject_id = NULL
WHERE kind = 'decide_mailing';
ALTER TABLE tasks DROP CONSTRAINT tasks_kind_check;
ALTER TABLE tasks ADD CONSTRAINT tasks_kind_check CHECK (kind IN ('review','consult','choose_reviewer','decide_review','assign_translator','translate',
    'approve_translation','sign_off','resolve_signoff','publish','deliver','report_progress','escalation'));

-- What waits for its time waits for a person.
UPDATE mailings SET state = 'paused' WHERE state IN ('scheduled','asking');
ALTER TABLE mailings DROP CONSTRAINT mailings_next;
ALTER TABLE mailings DROP COLUMN asks;
ALTER TABLE mailings DROP COLUMN next_at;
ALTER TABLE mailings DROP COLUMN at_night;
ALTER TABLE mailings DROP COLUMN schedule;
ALTER TABLE mailings DROP CONSTRAINT mailings_state_check;
ALTER TABLE mailings ADD CONSTRAINT mailings_state_check CHECK (state IN ('draft','sending','paused','sent','cancelled'));
