-- What a report on progress shows as a file, beside its link: an attachment like the original of what was recorded for somebody,
-- redacted as those are. Where the day of what was seen is not known, none is written down.
ALTER TABLE progress_notes ADD COLUMN attachment_id uuid REFERENCES attachments;
CREATE INDEX progress_notes_attachment ON progress_notes (attachment_id) WHERE attachment_id IS NOT NULL;
ALTER TABLE progress_notes ALTER COLUMN observed_on DROP NOT NULL;
