-- What came back of a mail to an address that belongs to nobody yet, because it was typed into the form for subscribing: such a report
-- names no person, and no address either ('').
ALTER TABLE bounces ALTER COLUMN person_id DROP NOT NULL;
