ALTER TABLE signoffs DROP COLUMN spoken_by;
