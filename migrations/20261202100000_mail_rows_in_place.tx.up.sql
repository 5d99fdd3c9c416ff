-- A mail of a mailing is written twice more after it was frozen: when it is claimed, and with what came of it, which makes its row longer. With
-- half a page left free one row in six found no room beside those before it, went to another page and into every index once more.
ALTER TABLE outbox SET (fillfactor = 35);
