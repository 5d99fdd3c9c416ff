-- How the network itself designates a country in what it publishes, where no grant says otherwise: {"en": "Kosovo*"}.
ALTER TABLE countries
    ADD COLUMN designations jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN footnotes    jsonb NOT NULL DEFAULT '{}';

-- Pictures of funders, by their content: a picture has one address for ever.
CREATE TABLE emblems (
    sha256     text PRIMARY KEY,
    media_type text NOT NULL CHECK (media_type IN ('image/png','image/jpeg')),
    width      integer NOT NULL CHECK (width > 0),
    height     integer NOT NULL CHECK (height > 0),
    bytes      bytea NOT NULL CHECK (octet_length(bytes) <= 524288 AND encode(sha256(bytes), 'hex') = sha256),
    created_at timestamptz NOT NULL
);
ALTER TABLE emblems ALTER COLUMN bytes SET STORAGE EXTERNAL;
ALTER TABLE grants ADD COLUMN emblem_sha256 text REFERENCES emblems;
