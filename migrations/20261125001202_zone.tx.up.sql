-- Whose clock counts for people without a country.
ALTER TABLE installation ADD COLUMN zone text NOT NULL DEFAULT 'UTC';
