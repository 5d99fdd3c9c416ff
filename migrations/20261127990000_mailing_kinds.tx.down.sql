DROP TABLE mailing_written;
DROP TABLE mailing_addressees;
DROP TABLE mailing_letters;
DROP TABLE mailing_item_texts;
DROP TABLE mailing_items;
ALTER TABLE mailings DROP CONSTRAINT mailings_kind;
UPDATE mailings SET kind = 'campaign';
UPDATE mailing_preferences SET refused = array_remove(refused, 'representative');
