DROP TABLE contact_notices;
DROP TABLE contact_imports;
