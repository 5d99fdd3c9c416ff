DROP TABLE record_texts, record_entries, record_heads, progress_notes, followups, suppressions, outbox, mailing_texts, mailings, campaigns;
DROP FUNCTION redact_only();
