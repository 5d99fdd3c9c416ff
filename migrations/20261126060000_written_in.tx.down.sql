ALTER TABLE progress_notes DROP COLUMN source_language;
ALTER TABLE progress_notes DROP COLUMN written_in;
ALTER TABLE translations DROP COLUMN return_written_in;
ALTER TABLE recommendations DROP COLUMN held_written_in;
ALTER TABLE signoffs DROP COLUMN written_in;
ALTER TABLE review_rounds DROP COLUMN decision_written_in;
ALTER TABLE reviews DROP COLUMN written_in;
