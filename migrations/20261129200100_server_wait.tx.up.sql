-- A mailing can stand still because no mail server answers: since when, and which.
ALTER TABLE mailing_waits DROP CONSTRAINT mailing_waits_why_check;
ALTER TABLE mailing_waits ADD CONSTRAINT mailing_waits_why_check CHECK (why IN ('minute','domain','day','slow','server'));
ALTER TABLE mailing_waits ADD COLUMN since timestamptz, ADD COLUMN server text NOT NULL DEFAULT '';
ALTER TABLE mailing_waits ADD CONSTRAINT mailing_waits_since CHECK (why <> 'server' OR since IS NOT NULL);
