ALTER TABLE tasks DROP COLUMN taken_back_at;
