-- Where a recommendation stood when it was withdrawn: its ribbon shows what had been done.
ALTER TABLE recommendations ADD COLUMN withdrawn_from text;
