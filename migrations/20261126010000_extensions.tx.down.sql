ALTER TABLE tasks DROP COLUMN extensions;
