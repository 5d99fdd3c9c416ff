DROP TABLE mailing_events;
UPDATE mailings SET kind = 'campaign' WHERE kind = 'event';
