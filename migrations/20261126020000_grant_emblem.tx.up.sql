-- A funder's emblem carries words, so that a language may need one of its own; grants.emblem_sha256 stands in every other.
-- grants.emblem, the name of a drawing shipped with the programme, is read no more: the version before still names it.
CREATE TABLE grant_emblems (
    grant_id      uuid NOT NULL REFERENCES grants ON DELETE CASCADE,
    language      text NOT NULL REFERENCES languages,
    emblem_sha256 text NOT NULL REFERENCES emblems,
    PRIMARY KEY (grant_id, language)
);
