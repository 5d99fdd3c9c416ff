ALTER TABLE mailings DROP COLUMN write_until;
