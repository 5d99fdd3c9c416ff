ALTER TABLE people DROP COLUMN address_hash;
DROP FUNCTION address_hash(text);
