-- The mails that gathered somebody's reminders, the last one first: whether the last mail about a question reached them.
CREATE INDEX outbox_digests ON outbox (person_id, finished_at) WHERE kind = 'digest';
