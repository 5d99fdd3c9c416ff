package models

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"tribuna/internal/apperr"
)

// argon2Params are parameters of Argon2id (RFC 9106).
type argon2Params struct {
	memory  uint32 // KiB
	time    uint32 // passes
	threads uint8
}

// passwordParams are those of OWASP's Password Storage Cheat Sheet: 19 MiB, two passes, one lane. After a change, people's
// hashes follow as they sign in.
var passwordParams = argon2Params{memory: 19 * 1024, time: 2, threads: 1}

const (
	saltLength = 16
	keyLength  = 32
)

// hashing bounds how many passwords are hashed at once, for each takes 19 MiB and a core: one who signs in waits a little,
// and a flood of attempts takes neither all memory nor all cores.
var hashing = make(chan struct{}, max(1, min(4, runtime.NumCPU()-1)))

// HashPassword returns the Argon2id hash of a password as a PHC string with a fresh salt. Whether a person may have it is
// ValidatePassword's to say.
func HashPassword(plain string) (string, error) {
	if plain == "" || len(plain) > PasswordMax {
		return "", apperr.Invalid("password", "too_long", "max", PasswordMax)
	}
	salt := make([]byte, saltLength)
	if _, err := rand.Read(salt); err != nil {
		return "", fmt.Errorf("make a salt: %w", err)
	}
	return encodePHC(passwordParams, salt, derive(plain, salt, passwordParams, keyLength)), nil
}

// VerifyPassword reports whether the password fits the hash, in a time that does not depend on where they differ.
// An empty or unreadable hash takes as long and never fits.
func VerifyPassword(hash, plain string) bool {
	if len(plain) > PasswordMax {
		return false
	}
	p, salt, key, err := decodePHC(hash)
	if err != nil {
		p, salt, key, _ = decodePHC(nobodysHash())
	}
	same := subtle.ConstantTimeCompare(derive(plain, salt, p, uint32(len(key))), key) == 1
	return same && err == nil
}

// SignIn returns the person with this address and password. What is wrong, the address or the password, is neither
// said nor to be read from the time it takes.
func SignIn(ctx context.Context, db bun.IDB, address, password string) (Person, error) {
	p, err := PersonByEmail(ctx, db, address)
	if err != nil && apperr.CodeOf(err) != apperr.CodeNotFound {
		return Person{}, err
	}
	if !VerifyPassword(p.PasswordHash, password) || p.AccessClosedAt != nil {
		return Person{}, apperr.New(apperr.CodeSignIn)
	}
	return p, rehash(ctx, db, p, password)
}

// rehash hashes a password again that was hashed with other parameters than today's: the moment of signing in is the
// only one at which it is known.
func rehash(ctx context.Context, db bun.IDB, p Person, password string) error {
	if params, _, _, err := decodePHC(p.PasswordHash); err != nil || params == passwordParams {
		return nil
	}
	hash, err := HashPassword(password)
	if err != nil {
		return err
	}
	_, err = db.NewUpdate().Model((*Person)(nil)).Set("password_hash = ?", hash).
		Where("id = ?", p.ID).Where("password_hash = ?", p.PasswordHash).Exec(ctx)
	if err != nil {
		return fmt.Errorf("hash a password again: %w", err)
	}
	return nil
}

// SetPassword gives a person a password that they chose.
func SetPassword(ctx context.Context, db bun.IDB, personID uuid.UUID, plain string) error {
	p, err := PersonByID(ctx, db, personID)
	if err != nil {
		return err
	}
	if err := ValidatePassword(plain, p); err != nil {
		return err
	}
	hash, err := HashPassword(plain)
	if err != nil {
		return err
	}
	if _, err := db.NewUpdate().Model((*Person)(nil)).Set("password_hash = ?", hash).Where("id = ?", personID).Exec(ctx); err != nil {
		return fmt.Errorf("set a password: %w", err)
	}
	return nil
}

// nobodysHash is what a password is compared with when there is nothing to compare it with.
var nobodysHash = sync.OnceValue(func() string {
	salt := make([]byte, saltLength)
	return encodePHC(passwordParams, salt, derive("", salt, passwordParams, keyLength))
})

// derive brings the password to one spelling first: a keyboard may send й as one character or as two.
func derive(plain string, salt []byte, p argon2Params, length uint32) []byte {
	hashing <- struct{}{}
	defer func() { <-hashing }()
	return argon2.IDKey(norm.NFKC.Bytes([]byte(plain)), salt, p.time, p.memory, p.threads, length)
}

func encodePHC(p argon2Params, salt, key []byte) string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s",
		argon2.Version, p.memory, p.time, p.threads, b64.EncodeToString(salt), b64.EncodeToString(key))
}

var errPHC = errors.New("not an Argon2id hash that can be checked")

// decodePHC reads a PHC string, refusing parameters that would take a machine down.
func decodePHC(s string) (p argon2Params, salt, key []byte, err error) {
	parts := strings.Split(s, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return p, nil, nil, errPHC
	}
	if n, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &p.memory, &p.time, &p.threads); n != 3 || err != nil {
		return p, nil, nil, errPHC
	}
	if p.memory > 256*1024 || p.time < 1 || p.time > 10 || p.threads < 1 || p.threads > 8 {
		return p, nil, nil, errPHC
	}
	salt, errSalt := base64.RawStdEncoding.DecodeString(parts[4])
	key, errKey := base64.RawStdEncoding.DecodeString(parts[5])
	if errSalt != nil || errKey != nil || len(salt) < 8 || len(key) < 16 || len(key) > 128 {
		return p, nil, nil, errPHC
	}
	return p, salt, key, nil
}
