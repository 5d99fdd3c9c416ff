-- Whether somebody wrote the words of a suggestion into the text themselves: putting it back as it was before a step does not take that away.
ALTER TABLE comment_responses ADD COLUMN by_hand boolean NOT NULL DEFAULT false;
