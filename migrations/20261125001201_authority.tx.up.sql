-- An authority that is no more is retired: nothing new is addressed to it, and what follows there goes on.
ALTER TABLE authorities ADD COLUMN retired_at timestamptz;
