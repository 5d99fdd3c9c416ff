-- Until when readers are asked to write to their representatives: the last day, as it is called where those are. Null: no end.
ALTER TABLE mailings ADD COLUMN write_until date CHECK (write_until IS NULL OR kind = 'representative');
