-- What came of a step is its result: the outcome is what came of a recommendation.

ALTER TABLE campaign_steps RENAME COLUMN outcome TO result;
ALTER TABLE campaign_steps RENAME COLUMN outcome_written_in TO result_written_in;
