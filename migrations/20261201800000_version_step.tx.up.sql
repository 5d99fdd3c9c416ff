-- What a step of ours did to a text stands in no language: every reader is told in their own. Notes written before stay as they are.
ALTER TABLE versions
    ADD COLUMN put_in integer NOT NULL DEFAULT 0,  -- accepted suggestions that the step put in
    ADD COLUMN back_to integer NOT NULL DEFAULT 0; -- number of the version as which it reads again
