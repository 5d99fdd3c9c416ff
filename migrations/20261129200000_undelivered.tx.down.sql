DROP INDEX outbox_digests;
