-- What goes along with a mailing: files that are attached, and pictures that stand in its text. Once the mailing is over they can
-- be emptied, as what is attached to the record can.
CREATE TABLE mailing_files (
    id          uuid PRIMARY KEY,
    mailing_id  uuid NOT NULL REFERENCES mailings ON DELETE CASCADE,
    language    text REFERENCES languages,                  -- of the letters it goes with; NULL: of all
    place       text NOT NULL CHECK (place IN ('attached','picture')),
    name        text NOT NULL,                              -- cleaned; emptied with the bytes
    media_type  text NOT NULL CHECK (media_type IN ('application/pdf','image/png','image/jpeg',
                    'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
                    'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet','application/vnd.oasis.opendocument.text')),
    size        bigint NOT NULL CHECK (size BETWEEN 1 AND 5242880),
    sha256      text NOT NULL,                              -- of the bytes, hexadecimal; stays
    width       integer NOT NULL DEFAULT 0,                 -- of a picture, in pixels
    bytes       bytea,                                      -- NULL: emptied
    uploaded_by uuid NOT NULL REFERENCES people,
    created_at  timestamptz NOT NULL,
    CHECK (place = 'attached' OR media_type IN ('image/png','image/jpeg')),
    CHECK (bytes IS NULL OR octet_length(bytes) = size)
);
CREATE UNIQUE INDEX mailing_files_name ON mailing_files (mailing_id, place, coalesce(language, ''), lower(name)) WHERE bytes IS NOT NULL;
-- What is attached is compressed already.
ALTER TABLE mailing_files ALTER COLUMN bytes SET STORAGE EXTERNAL;
