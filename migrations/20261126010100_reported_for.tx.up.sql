-- In whose name progress was reported, and whether by somebody who only coordinates the network. Of what was reported before it
-- is not known here; the record says it.
ALTER TABLE progress_notes ADD COLUMN spoken_by uuid REFERENCES organisations;
ALTER TABLE progress_notes ADD COLUMN as_coordinator boolean NOT NULL DEFAULT false;
