-- An organisation can approve with a condition, which is its reason. That there is one is not a constraint: the words
-- can be redacted.
ALTER TABLE signoffs DROP CONSTRAINT signoffs_answer_check;
ALTER TABLE signoffs ADD CONSTRAINT signoffs_answer_check
    CHECK (answer IN ('approve','approve_with_condition','abstain','outside_mandate','do_not_cosign'));
