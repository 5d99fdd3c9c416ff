-- How often the links of a mailing are followed, where its officer wants it counted: never by whom.
ALTER TABLE mailings ADD COLUMN counts_links boolean NOT NULL DEFAULT false;
CREATE TABLE mailing_links (
    code       text PRIMARY KEY,                            -- in the address; nobody can guess it, and it is the same for every reader
    mailing_id uuid NOT NULL REFERENCES mailings ON DELETE CASCADE,
    language   text NOT NULL,                               -- of the text in which it stands
    url        text NOT NULL CHECK (length(url) <= 2000),
    people     bigint NOT NULL DEFAULT 0,                   -- followed by people, probably
    machines   bigint NOT NULL DEFAULT 0,
    UNIQUE (mailing_id, language, url)
);
