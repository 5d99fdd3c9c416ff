package models

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
)

// PersonSession is one browser in which a person is signed in. Ending it signs that browser out at its next request.
type PersonSession struct {
	bun.BaseModel `bun:"table:person_sessions,alias:session"`

	ID         uuid.UUID `bun:",pk,type:uuid"`
	PersonID   uuid.UUID `bun:",type:uuid"`
	Browser    string    // "Firefox"; "" where it is not recognised
	System     string    // "Android"; "" likewise
	Host       string    // network address it was begun from
	CreatedAt  time.Time
	LastSeenAt time.Time
	ExpiresAt  time.Time
	EndedAt    *time.Time
}

// seenEvery is how exactly it is known when a session was last seen: not every request has to write.
const seenEvery = 5 * time.Minute

// BeginSession signs a person in, for as long as life says.
func BeginSession(ctx context.Context, db bun.IDB, s *PersonSession, life time.Duration, now time.Time) error {
	s.ID, s.CreatedAt, s.LastSeenAt, s.ExpiresAt = NewID(), now, now, now.Add(life)
	if _, err := db.NewInsert().Model(s).Exec(ctx); err != nil {
		return fmt.Errorf("begin a session: %w", err)
	}
	return nil
}

// PersonOfSession returns who a session stands for. One that was ended or is over, or whose person left or may no longer
// sign in, gives CodeUnauthenticated.
func PersonOfSession(ctx context.Context, db bun.IDB, id uuid.UUID, now time.Time) (Person, error) {
	var row struct {
		Person     `bun:",extend"`
		LastSeenAt time.Time
	}
	err := db.NewSelect().Model(&row).ColumnExpr("person.*").ColumnExpr("session.last_seen_at").
		Join("JOIN person_sessions AS session ON session.person_id = person.id").
		Where("session.id = ?", id).Where("session.ended_at IS NULL").Where("session.expires_at > ?", now).
		Where("person.left_at IS NULL").Where("person.access_closed_at IS NULL").Scan(ctx)
	if err = found(err, "session"); apperr.CodeOf(err) == apperr.CodeNotFound {
		return Person{}, apperr.New(apperr.CodeUnauthenticated)
	}
	if err != nil {
		return Person{}, err
	}
	if now.Sub(row.LastSeenAt) < seenEvery {
		return row.Person, nil
	}
	_, err = db.NewUpdate().Model((*PersonSession)(nil)).Set("last_seen_at = ?", now).
		Where("id = ?", id).Where("last_seen_at < ?", now).Exec(ctx)
	if err != nil {
		return Person{}, fmt.Errorf("note that a session was seen: %w", err)
	}
	return row.Person, nil
}

// SessionsOf returns where a person is signed in, last seen first.
func SessionsOf(ctx context.Context, db bun.IDB, person uuid.UUID, now time.Time) ([]PersonSession, error) {
	var list []PersonSession
	err := db.NewSelect().Model(&list).Where("person_id = ?", person).Where("ended_at IS NULL").Where("expires_at > ?", now).
		Order("last_seen_at DESC", "id").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read sessions: %w", err)
	}
	return list, nil
}

// EndSession ends one of a person's sessions; somebody else's is "not found". Ending it again changes nothing.
func EndSession(ctx context.Context, db bun.IDB, person, session uuid.UUID, now time.Time) error {
	res, err := db.NewUpdate().Model((*PersonSession)(nil)).Set("ended_at = coalesce(ended_at, ?)", now).
		Where("id = ?", session).Where("person_id = ?", person).Exec(ctx)
	if err != nil {
		return fmt.Errorf("end a session: %w", err)
	}
	if n, err := res.RowsAffected(); err == nil && n == 0 {
		return apperr.NotFound("session")
	}
	return nil
}

// EndSessions ends all of a person's sessions but one, which may be uuid.Nil, and returns how many that were.
func EndSessions(ctx context.Context, db bun.IDB, person, but uuid.UUID, now time.Time) (int, error) {
	res, err := db.NewUpdate().Model((*PersonSession)(nil)).Set("ended_at = ?", now).
		Where("person_id = ?", person).Where("id <> ?", but).
		Where("ended_at IS NULL").Where("expires_at > ?", now).Exec(ctx)
	if err != nil {
		return 0, fmt.Errorf("end sessions: %w", err)
	}
	ended, err := res.RowsAffected()
	return int(ended), err
}
