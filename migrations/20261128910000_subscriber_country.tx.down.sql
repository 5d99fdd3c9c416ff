ALTER TABLE subscription_requests DROP COLUMN country_code;
