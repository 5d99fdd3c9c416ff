package models

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/uptrace/bun"
)

// SessionStore keeps sign-in sessions in PostgreSQL for scs. What the cookie holds is stored only as its SHA-256, so
// that nobody who reads the table can take over a session.
type SessionStore struct {
	DB  bun.IDB
	Now func() time.Time
}

var _ scs.CtxStore = (*SessionStore)(nil)

// FindCtx returns a session's data unless it has expired.
func (s *SessionStore) FindCtx(ctx context.Context, token string) ([]byte, bool, error) {
	var data []byte
	err := s.DB.NewSelect().Table("sessions").Column("data").
		Where("token = ?", hashSession(token)).Where("expiry > ?", s.Now()).Scan(ctx, &data)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("read a session: %w", err)
	}
	return data, true, nil
}

// CommitCtx writes a session's data and expiry.
func (s *SessionStore) CommitCtx(ctx context.Context, token string, data []byte, expiry time.Time) error {
	_, err := s.DB.NewRaw(`INSERT INTO sessions (token, data, expiry) VALUES (?, ?, ?)
		ON CONFLICT (token) DO UPDATE SET data = EXCLUDED.data, expiry = EXCLUDED.expiry`,
		hashSession(token), data, expiry).Exec(ctx)
	if err != nil {
		return fmt.Errorf("write a session: %w", err)
	}
	return nil
}

// DeleteCtx ends a session; one that is not there is no error.
func (s *SessionStore) DeleteCtx(ctx context.Context, token string) error {
	if _, err := s.DB.NewRaw(`DELETE FROM sessions WHERE token = ?`, hashSession(token)).Exec(ctx); err != nil {
		return fmt.Errorf("end a session: %w", err)
	}
	return nil
}

// Find is FindCtx without a context: scs asks for it and never uses it when FindCtx is there.
func (s *SessionStore) Find(token string) ([]byte, bool, error) {
	return s.FindCtx(context.Background(), token)
}

// Commit is CommitCtx without a context; see Find.
func (s *SessionStore) Commit(token string, data []byte, expiry time.Time) error {
	return s.CommitCtx(context.Background(), token, data, expiry)
}

// Delete is DeleteCtx without a context; see Find.
func (s *SessionStore) Delete(token string) error { return s.DeleteCtx(context.Background(), token) }

// sessionTrace is how long it is known when somebody was last signed in after their session is over.
const sessionTrace = 180 * 24 * time.Hour

// DeleteExpiredSessions removes what has expired and returns how many that were; of where people were signed in, what is
// long over.
func DeleteExpiredSessions(ctx context.Context, db bun.IDB, now time.Time) (int64, error) {
	res, err := db.NewRaw(`DELETE FROM sessions WHERE expiry <= ?`, now).Exec(ctx)
	if err != nil {
		return 0, fmt.Errorf("remove expired sessions: %w", err)
	}
	_, err = db.NewDelete().Model((*PersonSession)(nil)).Where("expires_at < ?", now.Add(-sessionTrace)).Exec(ctx)
	if err != nil {
		return 0, fmt.Errorf("remove sessions long over: %w", err)
	}
	return res.RowsAffected()
}

func hashSession(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}
