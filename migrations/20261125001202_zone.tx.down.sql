ALTER TABLE installation DROP COLUMN zone;
