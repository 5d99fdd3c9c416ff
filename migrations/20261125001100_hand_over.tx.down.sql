DROP INDEX submissions_decision;
DROP TABLE hand_overs;
