ALTER TABLE suppressions DROP COLUMN mail_id;
ALTER TABLE suppressions DROP COLUMN person_id;
DROP TABLE bounces;
UPDATE outbox SET state = 'failed' WHERE state = 'bounced';
ALTER TABLE outbox DROP CONSTRAINT outbox_state_check;
ALTER TABLE outbox ADD CONSTRAINT outbox_state_check
    CHECK (state IN ('queued','claimed','sending','delivered','failed','unknown','cancelled'));
