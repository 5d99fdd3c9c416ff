-- Where somebody lives who typed an address into the public form, if they say it: kept as their country where none is known.
ALTER TABLE subscription_requests ADD COLUMN country_code text REFERENCES countries ON DELETE SET NULL;
