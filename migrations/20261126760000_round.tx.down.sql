DROP TABLE country_holidays;
ALTER TABLE review_rounds DROP COLUMN enough_at;
ALTER TABLE tasks DROP COLUMN remind_step, DROP COLUMN respond_reminders, DROP COLUMN told, DROP COLUMN told_due,
    DROP COLUMN nudged_at, DROP COLUMN first_due, DROP COLUMN asked_until, DROP COLUMN short_for;
