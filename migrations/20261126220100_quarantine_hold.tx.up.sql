-- While a text is hidden nobody but a coordinator can answer anything about it, so its processes stand still, as on hold.
ALTER TABLE processes ADD COLUMN held_since timestamptz;     -- stands still since: what it is about is hidden
UPDATE processes AS p SET held_since = r.quarantined_at FROM recommendations AS r
    WHERE r.id = p.recommendation_id AND r.quarantined_at IS NOT NULL AND p.closed_at IS NULL AND p.kind <> 'mailing';
