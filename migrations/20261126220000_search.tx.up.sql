-- Finding by words, whatever the alphabet, the accents and the case they are typed in. The indexes are over
-- the words where they stand, so that what is removed there is removed here.

-- Words as they are compared: small letters without accents, Cyrillic ones as the Latin ones that stand for them in the
-- region, and nothing between them but one space. "Заштита деце" and "zaštita dece" are the same.
CREATE FUNCTION folded(words text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT btrim(regexp_replace(regexp_replace(
        replace(replace(replace(replace(replace(replace(replace(replace(replace(
        translate(regexp_replace(normalize(lower(words), NFKD), '[\u0300-\u036f]', '', 'g'),
            'абвгґдђеєэжзѕиіыјклмнопрстћуфхцчшъđłøıjyь', 'abvggddeeezzziiiiklmnoprstcufhccsadloiii'),
        'щ', 'st'), 'ю', 'iu'), 'я', 'ia'), 'љ', 'li'), 'њ', 'ni'), 'џ', 'dz'), 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'),
        'i+', 'i', 'g'), '[^[:alnum:]]+', ' ', 'g'))
$$;

CREATE FUNCTION search_words(words text) RETURNS tsvector LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT to_tsvector('pg_catalog.simple'::regconfig, left(public.folded(words), 400000))
$$;

-- Everything that holds a word beginning with each of the words; null where there is no word.
CREATE FUNCTION search_query(words text) RETURNS tsquery LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT string_agg(word || ':*', ' & ')::tsquery FROM regexp_split_to_table(public.folded(words), ' ') AS word WHERE word <> ''
$$;

-- The names of something in all languages, as one text.
CREATE FUNCTION all_names(names jsonb) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT coalesce(string_agg(value, ' ' ORDER BY key), '') FROM jsonb_each_text(names)
$$;

CREATE INDEX recommendations_search ON recommendations USING gin (search_words(title));
CREATE INDEX measures_search ON measures USING gin (search_words(text));
CREATE INDEX publication_texts_search ON publication_texts USING gin (search_words(title || ' ' || body));
CREATE INDEX authorities_search ON authorities USING gin (search_words(all_names(names)));
CREATE INDEX organisations_search ON organisations USING gin (search_words(name));
CREATE INDEX people_search ON people USING gin (search_words(name));

-- The measures of a publication stand together in one value; to find one of them the words of each are kept by a trigger,
-- which follows when a passage is removed from the text.
CREATE TABLE published_measures (
    publication_id uuid NOT NULL,
    language       text NOT NULL,
    measure_id     uuid NOT NULL,
    words          tsvector NOT NULL,
    PRIMARY KEY (publication_id, language, measure_id),
    FOREIGN KEY (publication_id, language) REFERENCES publication_texts ON DELETE CASCADE
);
CREATE INDEX published_measures_search ON published_measures USING gin (words);

CREATE FUNCTION keep_published_measures() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM published_measures WHERE publication_id = NEW.publication_id AND language = NEW.language;
    INSERT INTO published_measures (publication_id, language, measure_id, words)
        SELECT NEW.publication_id, NEW.language, (m->>'id')::uuid, search_words(m->>'text') FROM jsonb_array_elements(NEW.measures) AS m;
    RETURN NULL;
END $$;
CREATE TRIGGER publication_texts_search_added AFTER INSERT ON publication_texts FOR EACH ROW EXECUTE FUNCTION keep_published_measures();
CREATE TRIGGER publication_texts_search_changed AFTER UPDATE OF measures ON publication_texts FOR EACH ROW EXECUTE FUNCTION keep_published_measures();
INSERT INTO published_measures (publication_id, language, measure_id, words)
    SELECT t.publication_id, t.language, (m->>'id')::uuid, search_words(m->>'text') FROM publication_texts AS t, jsonb_array_elements(t.measures) AS m;
