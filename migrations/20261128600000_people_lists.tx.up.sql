-- Lists of people by name, by which an audience can be narrowed. A file of contacts puts those whom it names on one; coordinators
-- put people on it and take them off by hand. A list says nothing about consent.
CREATE TABLE people_lists (
    id              uuid PRIMARY KEY,
    organisation_id uuid REFERENCES organisations ON DELETE CASCADE, -- whose officers may choose it; NULL: all of the network's
    name            text NOT NULL,
    created_at      timestamptz NOT NULL
);
CREATE UNIQUE INDEX people_lists_name ON people_lists (organisation_id, lower(name)) NULLS NOT DISTINCT;

CREATE TABLE people_list_members (
    list_id   uuid NOT NULL REFERENCES people_lists ON DELETE CASCADE,
    person_id uuid NOT NULL REFERENCES people ON DELETE CASCADE,     -- whoever is erased is on no list
    import_id uuid REFERENCES contact_imports ON DELETE SET NULL,    -- by which they came on it; NULL: by hand
    added_at  timestamptz NOT NULL,
    PRIMARY KEY (list_id, person_id)
);
CREATE INDEX people_list_members_person ON people_list_members (person_id);
CREATE INDEX people_list_members_import ON people_list_members (import_id) WHERE import_id IS NOT NULL;

-- The list that those whom a file names were put on.
ALTER TABLE contact_imports ADD COLUMN list_id uuid REFERENCES people_lists ON DELETE SET NULL;
