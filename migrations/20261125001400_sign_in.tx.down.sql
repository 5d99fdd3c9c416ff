DROP INDEX api_tokens_person;
ALTER TABLE api_tokens DROP COLUMN last_used_at;
ALTER TABLE api_tokens DROP COLUMN scopes;
DROP TABLE person_sessions;
DROP TABLE account_links;
ALTER TABLE people DROP COLUMN access_closed_at;
