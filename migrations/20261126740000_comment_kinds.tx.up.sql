-- What a comment is, and where in its paragraph it points: the words quoted with what stands before and after them
-- (TextQuoteSelector of the W3C Web Annotation Data Model). A suggestion says by which words the quoted ones be replaced.
ALTER TABLE comments ADD COLUMN kind text NOT NULL DEFAULT 'remark'
    CHECK (kind IN ('remark', 'question', 'correction', 'suggestion', 'praise'));
ALTER TABLE comments ADD COLUMN replacement text NOT NULL DEFAULT '';
ALTER TABLE comments ADD COLUMN prefix text NOT NULL DEFAULT '';
ALTER TABLE comments ADD COLUMN suffix text NOT NULL DEFAULT '';
