ALTER TABLE mailings DROP COLUMN active_at;
