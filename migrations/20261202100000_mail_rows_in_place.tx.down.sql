ALTER TABLE outbox SET (fillfactor = 50);
