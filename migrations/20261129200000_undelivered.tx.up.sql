-- The mails that gathered somebody's reminders: whether the last mail about a question reached them.
CREATE INDEX outbox_digests ON outbox (person_id) WHERE kind = 'digest';
