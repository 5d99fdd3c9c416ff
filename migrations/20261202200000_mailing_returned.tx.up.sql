-- When a person last let a mailing go on: what came back of what had left before stops it no more.
ALTER TABLE mailings ADD COLUMN resumed_at timestamptz;
CREATE INDEX bounces_policy ON bounces (received_at) WHERE class = 'policy';
