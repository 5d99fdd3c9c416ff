-- The original of what was recorded on somebody's behalf: a letter, a mail, a photograph of a page.
CREATE TABLE attachments (
    id                uuid PRIMARY KEY,
    recommendation_id uuid NOT NULL REFERENCES recommendations,
    name              text NOT NULL,                        -- cleaned; emptied by a redaction
    media_type        text NOT NULL CHECK (media_type IN ('application/pdf','image/png','image/jpeg','text/plain','message/rfc822',
                          'application/vnd.openxmlformats-officedocument.wordprocessingml.document','application/vnd.oasis.opendocument.text')),
    size              bigint NOT NULL CHECK (size BETWEEN 1 AND 10485760),
    sha256            text NOT NULL,                        -- of the bytes, hexadecimal; stays
    bytes             bytea,                                -- emptied by a redaction
    uploaded_by       uuid NOT NULL REFERENCES people,
    created_at        timestamptz NOT NULL,
    redacted_at       timestamptz,
    CHECK ((bytes IS NULL) = (redacted_at IS NOT NULL)),
    CHECK (bytes IS NULL OR (octet_length(bytes) = size AND encode(sha256(bytes), 'hex') = sha256))
);
CREATE INDEX attachments_recommendation ON attachments (recommendation_id);
-- What is attached is compressed already.
ALTER TABLE attachments ALTER COLUMN bytes SET STORAGE EXTERNAL;

ALTER TABLE submissions ADD COLUMN attachment_id uuid REFERENCES attachments;
CREATE INDEX submissions_attachment ON submissions (attachment_id) WHERE attachment_id IS NOT NULL;

CREATE FUNCTION empty_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.redacted_at IS NULL AND NEW.redacted_at IS NOT NULL AND NEW.bytes IS NULL AND NEW.name = ''
        AND (NEW.id, NEW.recommendation_id, NEW.media_type, NEW.size, NEW.sha256, NEW.uploaded_by, NEW.created_at)
          = (OLD.id, OLD.recommendation_id, OLD.media_type, OLD.size, OLD.sha256, OLD.uploaded_by, OLD.created_at) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'an attachment can only be redacted' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER attachments_empty_only BEFORE UPDATE ON attachments FOR EACH ROW EXECUTE FUNCTION empty_only();
CREATE TRIGGER attachments_keep BEFORE DELETE OR TRUNCATE ON attachments FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
