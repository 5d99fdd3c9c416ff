ALTER TABLE grants DROP COLUMN emblem_sha256;
DROP TABLE emblems;
ALTER TABLE countries DROP COLUMN footnotes, DROP COLUMN designations;
