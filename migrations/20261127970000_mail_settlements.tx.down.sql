DROP INDEX consents_withdrawn_via;
DROP TABLE mail_settlements;
