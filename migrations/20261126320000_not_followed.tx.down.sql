ALTER TABLE followups DROP CONSTRAINT followups_not_followed_check;
DROP TRIGGER followups_status ON followups;
DROP FUNCTION keep_followup_status();
UPDATE followups SET status = 'no_reply' WHERE status IN ('not_followed', 'no_report');
ALTER TABLE followups DROP CONSTRAINT followups_status_check;
ALTER TABLE followups ADD CONSTRAINT followups_status_check CHECK (status IN ('no_reply','under_discussion','committed','partly_adopted',
    'adopted','adopted_not_funded','implemented','stalled','lapsed','rejected','rolled_back','harm_prevented'));
