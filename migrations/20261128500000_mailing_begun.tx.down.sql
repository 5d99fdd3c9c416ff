ALTER TABLE mailings DROP COLUMN begun_at;
