-- Comments are one organisation's, though it shares its vote: sisters are asked side by side, each in its own name. What
-- was open before asks the unit, as it was told.
ALTER TABLE tasks ADD COLUMN alone boolean NOT NULL DEFAULT false;
