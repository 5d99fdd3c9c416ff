DROP INDEX comments_task;
DROP TABLE comment_responses;
DROP TABLE comment_groups;
