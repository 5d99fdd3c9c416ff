DROP TABLE campaign_steps;
ALTER TABLE campaigns DROP COLUMN revision;
