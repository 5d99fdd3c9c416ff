DROP TABLE mailing_files;
