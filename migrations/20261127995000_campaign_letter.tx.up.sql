-- The letter of a campaign to an authority, which a person sends: its reference, by when a reply is hoped for, when it went out, and
-- what was replied. Of the other kinds of steps there is nothing of this.
ALTER TABLE campaign_steps
    ADD COLUMN reference         text NOT NULL DEFAULT '',
    ADD COLUMN reply_due         date,
    ADD COLUMN sent_on           date,                     -- null: nobody said
    ADD COLUMN reply_on          date,                     -- null: no reply has come
    ADD COLUMN reply             text NOT NULL DEFAULT '', -- what it says
    ADD COLUMN reply_written_in  text NOT NULL DEFAULT '',
    ADD CONSTRAINT campaign_steps_letter CHECK (kind = 'letter' OR reference = '' AND reply_due IS NULL AND sent_on IS NULL AND reply_on IS NULL),
    ADD CONSTRAINT campaign_steps_sent CHECK (state = 'done' OR sent_on IS NULL AND reply_on IS NULL),
    ADD CONSTRAINT campaign_steps_reply CHECK (reply_on IS NOT NULL OR reply = '' AND reply_written_in = '');
