-- Acts are never changed: those by complaint stay, and no new ones come.
ALTER TABLE consents
    DROP CONSTRAINT consents_how_check,
    ADD CONSTRAINT consents_how_check CHECK (how IN ('double_opt_in','form','import','by_hand','unknown','one_click','page','mail','preferences','objection')) NOT VALID;
