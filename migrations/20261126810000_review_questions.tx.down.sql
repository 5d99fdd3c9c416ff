DROP TABLE review_conflicts;
ALTER TABLE reviews DROP COLUMN confidential_note;
DROP TABLE review_answers;
