-- When a part of a mailing was last begun, or somebody let it go on: one that stood still for long asks before it goes on.
ALTER TABLE mailings ADD COLUMN active_at timestamptz;
