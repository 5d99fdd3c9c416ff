-- When an officer gave somebody asked in a round more time: the round does not close over that by itself.
ALTER TABLE tasks ADD COLUMN time_given_at timestamptz;
