ALTER TABLE authorities DROP COLUMN retired_at;
