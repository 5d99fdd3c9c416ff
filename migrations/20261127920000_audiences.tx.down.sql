DROP TABLE mailing_segments;
ALTER TABLE mailing_texts DROP COLUMN plain;
