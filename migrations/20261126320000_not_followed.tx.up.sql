-- What others recommended and nobody follows here yet is no silence of the authority: nobody was sent anything. It has a status
-- of its own, and so has what is followed and not reported on yet. The counts beside follow by their trigger.
ALTER TABLE followups DROP CONSTRAINT followups_status_check;
ALTER TABLE followups ADD CONSTRAINT followups_status_check CHECK (status IN ('not_followed','no_report','no_reply','under_discussion',
    'committed','partly_adopted','adopted','adopted_not_funded','implemented','stalled','lapsed','rejected','rolled_back','harm_prevented'));
UPDATE followups SET status = 'not_followed' WHERE organisation_id IS NULL;
UPDATE followups AS f SET status = 'no_report' FROM recommendations AS r
    WHERE r.id = f.recommendation_id AND r.kind = 'imported' AND f.organisation_id IS NOT NULL AND f.status = 'no_reply'
      AND NOT EXISTS (SELECT 1 FROM progress_notes AS n WHERE n.followup_id = f.id);

-- The version before, which knows neither, may go on for a while: what it writes is made to say the same.
CREATE FUNCTION keep_followup_status() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.organisation_id IS NULL THEN
        NEW.status := 'not_followed';
    ELSIF NEW.status = 'not_followed' THEN
        NEW.status := 'no_report';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER followups_status BEFORE INSERT OR UPDATE OF organisation_id, status ON followups
    FOR EACH ROW EXECUTE FUNCTION keep_followup_status();
ALTER TABLE followups ADD CONSTRAINT followups_not_followed_check CHECK ((organisation_id IS NULL) = (status = 'not_followed'));
