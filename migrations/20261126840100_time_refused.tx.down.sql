DROP TABLE link_openings;
ALTER TABLE tasks DROP COLUMN time_refused, DROP COLUMN time_refused_in;
