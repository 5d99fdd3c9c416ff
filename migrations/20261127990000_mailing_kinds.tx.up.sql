-- Kinds of mailing: beside the campaign for one recommendation the newsletter with several items, and the mailing whose readers
-- write to their representatives with a letter prepared for them.
ALTER TABLE mailings ADD CONSTRAINT mailings_kind CHECK (kind IN ('campaign','newsletter','event','representative'));

-- What a newsletter carries, in order: a published recommendation, or an item of its own.
CREATE TABLE mailing_items (
    id                uuid PRIMARY KEY,
    mailing_id        uuid NOT NULL REFERENCES mailings ON DELETE CASCADE,
    position          integer NOT NULL,
    recommendation_id uuid REFERENCES recommendations ON DELETE CASCADE, -- null: an item of its own, with texts
    link              text NOT NULL DEFAULT ''                           -- of an item of its own
);
CREATE UNIQUE INDEX mailing_items_position ON mailing_items (mailing_id, position);
CREATE INDEX mailing_items_recommendation ON mailing_items (recommendation_id) WHERE recommendation_id IS NOT NULL;
CREATE TABLE mailing_item_texts (
    item_id  uuid NOT NULL REFERENCES mailing_items ON DELETE CASCADE,
    language text NOT NULL REFERENCES languages,
    heading  text NOT NULL,
    body     text NOT NULL,                                 -- paragraphs, no markup
    PRIMARY KEY (item_id, language)
);

-- The letter that readers are asked to send by themselves, and to whom: each to those of their own country.
CREATE TABLE mailing_letters (
    mailing_id uuid NOT NULL REFERENCES mailings ON DELETE CASCADE,
    language   text NOT NULL REFERENCES languages,
    subject    text NOT NULL,
    body       text NOT NULL,                               -- as it is sent, no markup
    PRIMARY KEY (mailing_id, language)
);
CREATE TABLE mailing_addressees (
    mailing_id   uuid NOT NULL REFERENCES mailings ON DELETE CASCADE,
    authority_id uuid NOT NULL REFERENCES authorities,
    PRIMARY KEY (mailing_id, authority_id)
);
-- Who says by their personal link that they wrote; whoever reads the public page leaves nothing.
CREATE TABLE mailing_written (
    mailing_id uuid NOT NULL REFERENCES mailings ON DELETE CASCADE,
    person_id  uuid NOT NULL REFERENCES people ON DELETE CASCADE,
    at         timestamptz NOT NULL,
    PRIMARY KEY (mailing_id, person_id)
);
CREATE INDEX mailing_written_person ON mailing_written (person_id);

-- Who wants no campaigns is not asked to write letters for one either; they may say otherwise.
UPDATE mailing_preferences SET refused = array_append(refused, 'representative') WHERE 'campaign' = ANY(refused);
