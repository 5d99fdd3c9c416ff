-- Whether an address is suppressed is asked twice of each mail of a mailing: its hash lies beside it, instead of being reckoned anew each time.
CREATE FUNCTION address_hash(address text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    AS $$ SELECT encode(sha256(convert_to(lower(address), 'UTF8')), 'hex') $$;
ALTER TABLE people ADD COLUMN address_hash text NOT NULL GENERATED ALWAYS AS (address_hash(email)) STORED;   -- as in suppressions
