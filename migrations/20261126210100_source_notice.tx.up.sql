-- Who holds the data of people and whom to ask about it: said in the notice that is owed to those whose data came from
-- elsewhere (GDPR, Article 14).
ALTER TABLE installation
    ADD COLUMN data_holder  text NOT NULL DEFAULT '',
    ADD COLUMN data_contact text NOT NULL DEFAULT '';

-- That notice as a mail: when it was sent, by whom, as which mail. And that the person objected to the use of their data.
ALTER TABLE contact_notices
    ADD COLUMN sent_at     timestamptz,
    ADD COLUMN sent_by     uuid REFERENCES people,
    ADD COLUMN mail_id     uuid REFERENCES outbox ON DELETE SET NULL,
    ADD COLUMN objected_at timestamptz;
CREATE INDEX contact_notices_mail ON contact_notices (mail_id) WHERE mail_id IS NOT NULL;
