DROP TABLE responses_told;
