-- Without these columns a key that only reads would do all, and who may no longer sign in could: both are taken away first.
DELETE FROM api_tokens WHERE NOT scopes @> ARRAY['read','act','administer'] OR person_id IN (SELECT id FROM people WHERE access_closed_at IS NOT NULL);
UPDATE people SET password_hash = NULL WHERE access_closed_at IS NOT NULL;
DROP INDEX api_tokens_person;
ALTER TABLE api_tokens DROP COLUMN last_used_at;
ALTER TABLE api_tokens DROP COLUMN scopes;
DROP TABLE person_sessions;
DROP TABLE account_links;
ALTER TABLE people DROP COLUMN access_closed_at;
