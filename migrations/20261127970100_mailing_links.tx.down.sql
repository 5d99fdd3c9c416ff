DROP TABLE mailing_links;
ALTER TABLE mailings DROP COLUMN counts_links;
