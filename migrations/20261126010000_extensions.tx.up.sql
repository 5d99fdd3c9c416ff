-- A deadline that was moved passes anew: how often it was is part of the id under which its passing is dealt with.
ALTER TABLE tasks ADD COLUMN extensions integer NOT NULL DEFAULT 0;
