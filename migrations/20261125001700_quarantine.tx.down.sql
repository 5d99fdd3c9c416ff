DROP FUNCTION redact_versions(uuid, text, timestamptz);
DROP TRIGGER versions_redact_only ON versions;
DROP TRIGGER versions_immutable ON versions;
CREATE TRIGGER versions_immutable BEFORE UPDATE OR DELETE ON versions FOR EACH ROW EXECUTE FUNCTION refuse_change();
DROP FUNCTION redact_version_only();
ALTER TABLE versions DROP COLUMN redacted_at;
DROP FUNCTION redacted_json(jsonb, text);
DROP TABLE content_reports;
ALTER TABLE recommendations DROP COLUMN quarantined_at;
