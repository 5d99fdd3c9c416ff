ALTER TABLE processes DROP COLUMN held_since;
