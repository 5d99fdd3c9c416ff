-- In which language new people of a file are written to where the file does not say.
ALTER TABLE contact_imports ADD COLUMN language text NOT NULL DEFAULT '';
