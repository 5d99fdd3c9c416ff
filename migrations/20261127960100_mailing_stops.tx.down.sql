DROP TABLE mailing_tallies;
ALTER TABLE mailings DROP COLUMN stopped;
