UPDATE authorities SET level = 'district' WHERE level = 'county';
ALTER TABLE authorities DROP CONSTRAINT authorities_level_check;
ALTER TABLE authorities ADD CONSTRAINT authorities_level_check
    CHECK (level IN ('international','european','state','entity','canton','district','municipality'));
ALTER TABLE authorities DROP COLUMN email, DROP COLUMN postal_address;
