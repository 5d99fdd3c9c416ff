ALTER TABLE tasks DROP COLUMN time_taken_from, DROP COLUMN time_taken_back_at;
