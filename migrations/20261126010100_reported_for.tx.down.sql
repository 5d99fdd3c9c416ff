ALTER TABLE progress_notes DROP COLUMN as_coordinator;
ALTER TABLE progress_notes DROP COLUMN spoken_by;
