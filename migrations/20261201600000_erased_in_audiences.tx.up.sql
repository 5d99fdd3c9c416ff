-- Who was erased before this leaves audiences that name them, and no suppression leads to the mails of somebody who is gone.
UPDATE suppressions SET mail_id = NULL WHERE person_id IS NULL AND mail_id IS NOT NULL;
UPDATE mailings SET audience = jsonb_set(audience, '{again}', (SELECT coalesce(jsonb_agg(a.id ORDER BY a.place), '[]')
    FROM jsonb_array_elements_text(audience->'again') WITH ORDINALITY AS a (id, place) WHERE a.id::uuid IN (SELECT id FROM people)))
    WHERE jsonb_typeof(audience->'again') = 'array';
UPDATE mailings SET audience = jsonb_set(audience, '{except,people}', (SELECT coalesce(jsonb_agg(a.id ORDER BY a.place), '[]')
    FROM jsonb_array_elements_text(audience#>'{except,people}') WITH ORDINALITY AS a (id, place) WHERE a.id::uuid IN (SELECT id FROM people)))
    WHERE jsonb_typeof(audience#>'{except,people}') = 'array';
UPDATE mailing_segments SET audience = jsonb_set(audience, '{again}', (SELECT coalesce(jsonb_agg(a.id ORDER BY a.place), '[]')
    FROM jsonb_array_elements_text(audience->'again') WITH ORDINALITY AS a (id, place) WHERE a.id::uuid IN (SELECT id FROM people)))
    WHERE jsonb_typeof(audience->'again') = 'array';
UPDATE mailing_segments SET audience = jsonb_set(audience, '{except,people}', (SELECT coalesce(jsonb_agg(a.id ORDER BY a.place), '[]')
    FROM jsonb_array_elements_text(audience#>'{except,people}') WITH ORDINALITY AS a (id, place) WHERE a.id::uuid IN (SELECT id FROM people)))
    WHERE jsonb_typeof(audience#>'{except,people}') = 'array';
