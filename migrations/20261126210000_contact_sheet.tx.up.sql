-- A list of people or organisations may be a workbook: which of its sheets is meant, '' for the first.
ALTER TABLE contact_imports ADD COLUMN sheet text NOT NULL DEFAULT '';
