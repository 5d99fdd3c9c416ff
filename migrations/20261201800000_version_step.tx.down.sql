ALTER TABLE versions DROP COLUMN put_in, DROP COLUMN back_to;
