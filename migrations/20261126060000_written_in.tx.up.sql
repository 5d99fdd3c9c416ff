-- In which language people's own words are, as who wrote them said; '' where nobody did, as with all that was written before.
ALTER TABLE reviews ADD COLUMN written_in text NOT NULL DEFAULT '';          -- reasons and comments alike
ALTER TABLE review_rounds ADD COLUMN decision_written_in text NOT NULL DEFAULT '';
ALTER TABLE signoffs ADD COLUMN written_in text NOT NULL DEFAULT '';
ALTER TABLE recommendations ADD COLUMN held_written_in text NOT NULL DEFAULT '';
ALTER TABLE translations ADD COLUMN return_written_in text NOT NULL DEFAULT '';
ALTER TABLE progress_notes ADD COLUMN written_in text NOT NULL DEFAULT '';
ALTER TABLE progress_notes ADD COLUMN source_language text NOT NULL DEFAULT '';  -- of the source's title
