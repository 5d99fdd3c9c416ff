DROP TABLE import_files;
DELETE FROM followups WHERE organisation_id IS NULL;
DROP INDEX followups_unfollowed;
ALTER TABLE followups
    DROP CONSTRAINT followups_focal_point_check,
    ALTER COLUMN ask_at SET NOT NULL,
    ALTER COLUMN organisation_id SET NOT NULL;
DROP TABLE imported_measures;
DROP TABLE imported_recommendations;
-- Imported recommendations stay as analyses: their records must not be lost.
ALTER TABLE recommendations DROP CONSTRAINT recommendations_kind_check;
UPDATE recommendations SET kind = 'analysis' WHERE kind = 'imported';
ALTER TABLE recommendations ADD CONSTRAINT recommendations_kind_check
    CHECK (kind IN ('policy_brief','position_paper','joint_letter','alternative_report','analysis'));
DROP INDEX authorities_government;
ALTER TABLE authorities DROP CONSTRAINT authorities_government_check, DROP COLUMN government;
