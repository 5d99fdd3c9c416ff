-- A letter to which no reply came is written again: the later letter names the one it follows, which is then waited for no more.
ALTER TABLE campaign_steps
    ADD COLUMN again_of uuid REFERENCES campaign_steps,
    ADD CONSTRAINT campaign_steps_again CHECK (again_of IS NULL OR kind = 'letter' AND again_of <> id);
CREATE INDEX campaign_steps_again_of ON campaign_steps (again_of) WHERE again_of IS NOT NULL;
-- Replies that are waited for, for the desk of who is in charge.
CREATE INDEX campaign_steps_awaited ON campaign_steps (reply_due) WHERE state = 'done' AND reply_on IS NULL AND reply_due IS NOT NULL;
