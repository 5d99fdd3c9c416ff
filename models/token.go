package models

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
)

// What a token may be used for. Each is asked for by name: a token may do no more than its person, and of that no more than
// its scopes.
const (
	ScopeRead       = "read"       // look
	ScopeAct        = "act"        // write, answer and decide
	ScopeAdminister = "administer" // keep the network in order
)

// Scopes returns every scope.
func Scopes() []string { return []string{ScopeRead, ScopeAct, ScopeAdminister} }

// TokenLife is the longest that a token can be good for.
const TokenLife = 366 * 24 * time.Hour

// TokenPrefix begins every API token, so that one that leaked can be recognised.
const TokenPrefix = "tb_"

// APIToken lets a programme act as a person until it expires or is revoked. The token itself is not stored.
type APIToken struct {
	bun.BaseModel `bun:"table:api_tokens,alias:api_token"`

	ID         uuid.UUID `bun:",pk,type:uuid"`
	PersonID   uuid.UUID `bun:",type:uuid"`
	Name       string    // what it is for, in its owner's words
	Hash       []byte    `json:"-"` // SHA-256 of the token
	Scopes     []string  `bun:",array"`
	CreatedAt  time.Time
	ExpiresAt  time.Time
	LastUsedAt *time.Time
	RevokedAt  *time.Time
}

// IssueToken makes a token for a person, good for ttl and the scopes named. The plain token is shown once and cannot be
// read again.
func IssueToken(ctx context.Context, db bun.IDB, personID uuid.UUID, name string, scopes []string, ttl time.Duration, now time.Time) (string, APIToken, error) {
	bad := apperr.New(apperr.CodeInvalid)
	checkText(bad, "name", name, 200)
	if ttl <= 0 || ttl > TokenLife {
		bad.And("ttl", "choice")
	}
	if len(scopes) == 0 {
		bad.And("scopes", "required")
	}
	for i, s := range scopes {
		oneOf(bad, fmt.Sprintf("scopes[%d]", i), s, Scopes()...)
	}
	if err := bad.OrNil(); err != nil {
		return "", APIToken{}, err
	}
	secret := make([]byte, 32)
	if _, err := rand.Read(secret); err != nil {
		return "", APIToken{}, fmt.Errorf("make a token: %w", err)
	}
	plain := TokenPrefix + base64.RawURLEncoding.EncodeToString(secret)
	t := APIToken{ID: NewID(), PersonID: personID, Name: name, Hash: hashToken(plain), Scopes: scopes, CreatedAt: now, ExpiresAt: now.Add(ttl)}
	if _, err := db.NewInsert().Model(&t).Exec(ctx); err != nil {
		return "", APIToken{}, fmt.Errorf("store a token: %w", err)
	}
	return plain, t, nil
}

// tokenUsedEvery is how exactly it is known when a token was last used.
const tokenUsedEvery = 5 * time.Minute

// PersonByToken returns who a token stands for, and its scopes. One that is unknown, expired or revoked, or whose person
// left or may no longer sign in, is "unauthenticated" without saying which.
func PersonByToken(ctx context.Context, db bun.IDB, plain string, now time.Time) (Person, []string, error) {
	if !strings.HasPrefix(plain, TokenPrefix) || len(plain) > 100 {
		return Person{}, nil, apperr.New(apperr.CodeUnauthenticated)
	}
	var row struct {
		Person     `bun:",extend"`
		Scopes     []string `bun:",array"`
		LastUsedAt *time.Time
	}
	err := db.NewSelect().Model(&row).ColumnExpr("person.*").ColumnExpr("t.scopes, t.last_used_at").
		Join("JOIN api_tokens AS t ON t.person_id = person.id").
		Where("t.hash = ?", hashToken(plain)).
		Where("t.revoked_at IS NULL AND t.expires_at > ?", now).
		Where("person.left_at IS NULL AND person.access_closed_at IS NULL").Scan(ctx)
	if err = found(err, "token"); apperr.CodeOf(err) == apperr.CodeNotFound {
		return Person{}, nil, apperr.New(apperr.CodeUnauthenticated)
	}
	if err != nil || (row.LastUsedAt != nil && now.Sub(*row.LastUsedAt) < tokenUsedEvery) {
		return row.Person, row.Scopes, err
	}
	_, err = db.NewUpdate().Model((*APIToken)(nil)).Set("last_used_at = ?", now).Where("hash = ?", hashToken(plain)).Exec(ctx)
	if err != nil {
		return Person{}, nil, fmt.Errorf("note that a token was used: %w", err)
	}
	return row.Person, row.Scopes, nil
}

// TokensOf returns a person's tokens that still work, the newest first.
func TokensOf(ctx context.Context, db bun.IDB, personID uuid.UUID, now time.Time) ([]APIToken, error) {
	var list []APIToken
	err := db.NewSelect().Model(&list).Where("person_id = ?", personID).
		Where("revoked_at IS NULL AND expires_at > ?", now).Order("created_at DESC", "id").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read tokens: %w", err)
	}
	return list, nil
}

// RevokeToken ends a person's token at once; somebody else's is "not found".
func RevokeToken(ctx context.Context, db bun.IDB, personID, tokenID uuid.UUID, now time.Time) error {
	res, err := db.NewUpdate().Model((*APIToken)(nil)).Set("revoked_at = coalesce(revoked_at, ?)", now).
		Where("id = ?", tokenID).Where("person_id = ?", personID).Exec(ctx)
	if err != nil {
		return fmt.Errorf("revoke a token: %w", err)
	}
	if n, err := res.RowsAffected(); err == nil && n == 0 {
		return apperr.NotFound("token")
	}
	return nil
}

// RevokeTokens ends all of a person's tokens at once and returns how many still worked.
func RevokeTokens(ctx context.Context, db bun.IDB, personID uuid.UUID, now time.Time) (int64, error) {
	res, err := db.NewUpdate().Model((*APIToken)(nil)).Set("revoked_at = ?", now).
		Where("person_id = ?", personID).Where("revoked_at IS NULL AND expires_at > ?", now).Exec(ctx)
	if err != nil {
		return 0, fmt.Errorf("revoke a person's tokens: %w", err)
	}
	return res.RowsAffected()
}

func hashToken(plain string) []byte {
	sum := sha256.Sum256([]byte(plain))
	return sum[:]
}
