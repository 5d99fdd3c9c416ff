DROP TABLE mailing_waits, slow_domains, mail_warmups, mail_paces;
DROP INDEX outbox_mailing_domain;
ALTER TABLE outbox DROP COLUMN domain;
