DROP TABLE grant_emblems;
