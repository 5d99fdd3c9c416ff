-- When a mail was first tried and did not get through: what a connection that was lost costs is reckoned by time and not by attempts.
ALTER TABLE outbox ADD COLUMN tried_at timestamptz;
