-- What was approved with a condition stays an approval; the condition stays as its reason.
UPDATE signoffs SET answer = 'approve' WHERE answer = 'approve_with_condition';
ALTER TABLE signoffs DROP CONSTRAINT signoffs_answer_check;
ALTER TABLE signoffs ADD CONSTRAINT signoffs_answer_check
    CHECK (answer IN ('approve','abstain','outside_mandate','do_not_cosign'));
