DELETE FROM mailing_waits WHERE why = 'server';
ALTER TABLE mailing_waits DROP CONSTRAINT mailing_waits_since, DROP CONSTRAINT mailing_waits_why_check, DROP COLUMN since, DROP COLUMN server;
ALTER TABLE mailing_waits ADD CONSTRAINT mailing_waits_why_check CHECK (why IN ('minute','domain','day','slow'));
