DROP TABLE reviewer_suggestions;
