ALTER TABLE kept_words DROP COLUMN beside;
ALTER TABLE kept_words DROP COLUMN page;
