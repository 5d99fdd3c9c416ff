ALTER TABLE comment_responses DROP COLUMN by_hand;
