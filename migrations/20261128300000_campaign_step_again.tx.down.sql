DROP INDEX campaign_steps_awaited;
ALTER TABLE campaign_steps DROP COLUMN again_of;
