ALTER TABLE campaign_steps RENAME COLUMN result_written_in TO outcome_written_in;
ALTER TABLE campaign_steps RENAME COLUMN result TO outcome;
