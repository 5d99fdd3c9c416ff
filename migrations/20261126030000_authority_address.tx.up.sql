-- Where letters to an authority go: its office's own postal address and e-mail, never a person's. And the counties of Croatia and
-- Romania, which stand between the State and its municipalities.
ALTER TABLE authorities
    ADD COLUMN postal_address text NOT NULL DEFAULT '',
    ADD COLUMN email          text NOT NULL DEFAULT '';
ALTER TABLE authorities DROP CONSTRAINT authorities_level_check;
ALTER TABLE authorities ADD CONSTRAINT authorities_level_check
    CHECK (level IN ('international','european','state','entity','canton','county','district','municipality'));
