-- The same form open on two devices: each keeps its words under the number of its page, beside those of the others.
ALTER TABLE kept_words ADD COLUMN page text NOT NULL DEFAULT '';
ALTER TABLE kept_words ADD COLUMN beside jsonb NOT NULL DEFAULT '[]' CHECK (octet_length(beside::text) <= 8388608);
