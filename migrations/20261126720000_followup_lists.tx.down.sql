DROP TRIGGER imported_measures_topics_removed ON imported_measures;
DROP TRIGGER imported_measures_topics_lost ON imported_measures;
DROP TRIGGER imported_measures_topics_brought ON imported_measures;
DROP TRIGGER imported_measures_topics_added ON imported_measures;
DROP FUNCTION lose_source_topics();
DROP FUNCTION bring_source_topics();
DROP TABLE source_topics;
DROP INDEX imported_measures_response, imported_measures_topics, imported_measures_search, followups_organisation_created, followups_status_created;
