-- Who calls a mailing spam takes their consent back by that, and not on the page for unsubscribing.
ALTER TABLE consents
    DROP CONSTRAINT consents_how_check,
    ADD CONSTRAINT consents_how_check CHECK (how IN ('double_opt_in','form','import','by_hand','unknown','one_click','page','mail','preferences','objection','complaint'));
