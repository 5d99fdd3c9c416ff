-- Time that an expert took or asked for is taken back: which deadline there was before they took any, and when they took back last.
ALTER TABLE tasks
    ADD COLUMN time_taken_from timestamptz,
    ADD COLUMN time_taken_back_at timestamptz;
