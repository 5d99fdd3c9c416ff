-- The event that a mailing announces. Who gets a second announcement of the same event finds it once in their calendar: a mailing to
-- the rest takes over event_id and sequence, and every change makes the sequence higher.
CREATE TABLE mailing_events (
    mailing_id uuid PRIMARY KEY REFERENCES mailings ON DELETE CASCADE,
    event_id   uuid NOT NULL,                               -- the mailing that announced it first
    sequence   integer NOT NULL DEFAULT 0,
    starts_at  timestamptz NOT NULL,
    ends_at    timestamptz NOT NULL CHECK (ends_at > starts_at),
    zone       text NOT NULL,                               -- IANA, of the clock by which it was said
    place      text NOT NULL DEFAULT '',
    link       text NOT NULL DEFAULT '',
    CHECK (place <> '' OR link <> '')
);
