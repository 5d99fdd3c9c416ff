ALTER TABLE submissions DROP COLUMN attachment_id;
DROP TABLE attachments;
DROP FUNCTION empty_only();
