ALTER TABLE recommendations DROP COLUMN withdrawn_from;
