ALTER TABLE tasks DROP COLUMN time_given_at;
