ALTER TABLE comments DROP COLUMN suffix;
ALTER TABLE comments DROP COLUMN prefix;
ALTER TABLE comments DROP COLUMN replacement;
ALTER TABLE comments DROP COLUMN kind;
