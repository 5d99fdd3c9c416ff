-- Why a mailing stopped by itself, until a person lets it go on: {"reason", "domain", "reply", "refused", "of", "at"}.
ALTER TABLE mailings ADD COLUMN stopped jsonb;

-- What servers said last to a mailing: 't' for a mail taken, 'r' for one refused for good, the oldest first. A row is there only
-- while anything was refused.
CREATE TABLE mailing_tallies (
    mailing_id uuid PRIMARY KEY REFERENCES mailings ON DELETE CASCADE,
    last       text NOT NULL
);
