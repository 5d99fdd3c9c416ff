ALTER TABLE contact_notices DROP COLUMN sent_at, DROP COLUMN sent_by, DROP COLUMN mail_id, DROP COLUMN objected_at;
ALTER TABLE installation DROP COLUMN data_holder, DROP COLUMN data_contact;
