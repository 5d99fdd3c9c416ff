ALTER TABLE contact_imports DROP COLUMN list_id;
DROP TABLE people_list_members;
DROP TABLE people_lists;
