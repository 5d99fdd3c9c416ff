DROP INDEX bounces_policy;
ALTER TABLE mailings DROP COLUMN resumed_at;
