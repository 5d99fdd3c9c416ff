-- Where the day is not known, the one on which it was reported stands in.
UPDATE progress_notes SET observed_on = (reported_at AT TIME ZONE 'UTC')::date WHERE observed_on IS NULL;
ALTER TABLE progress_notes ALTER COLUMN observed_on SET NOT NULL;
DROP INDEX progress_notes_attachment;
ALTER TABLE progress_notes DROP COLUMN attachment_id;
