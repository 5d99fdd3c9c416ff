ALTER TABLE campaign_steps
    DROP COLUMN reference,
    DROP COLUMN reply_due,
    DROP COLUMN sent_on,
    DROP COLUMN reply_on,
    DROP COLUMN reply,
    DROP COLUMN reply_written_in;
