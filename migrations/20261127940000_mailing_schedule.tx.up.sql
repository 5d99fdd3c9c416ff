-- A mailing can leave later, in each reader's own time of day, and asks first where its time passed long ago.
ALTER TABLE mailings DROP CONSTRAINT mailings_state_check;
ALTER TABLE mailings ADD CONSTRAINT mailings_state_check
    CHECK (state IN ('draft','scheduled','asking','sending','paused','sent','cancelled'));
ALTER TABLE mailings ADD COLUMN schedule jsonb;                          -- {day, time, zone, local} as it was said; null: at once
ALTER TABLE mailings ADD COLUMN at_night boolean NOT NULL DEFAULT true;  -- also at night where its readers live: as those launched before did
ALTER TABLE mailings ADD COLUMN next_at timestamptz;                     -- when it leaves, or goes on, next
ALTER TABLE mailings ADD COLUMN asks boolean NOT NULL DEFAULT false;     -- asks before it leaves: a backup was restored
ALTER TABLE mailings ADD CONSTRAINT mailings_next CHECK (state NOT IN ('scheduled','asking') OR next_at IS NOT NULL);
UPDATE mailings SET at_night = false WHERE state = 'draft';

ALTER TABLE tasks DROP CONSTRAINT tasks_kind_check;
ALTER TABLE tasks ADD CONSTRAINT tasks_kind_check CHECK (kind IN ('review','consult','choose_reviewer','decide_review','assign_translator','translate',
    'approve_translation','sign_off','resolve_signoff','publish','deliver','decide_mailing','report_progress','escalation'));
