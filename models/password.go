package models

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
	"golang.org/x/crypto/argon2"

	"tribuna/internal/apperr"
)

// Limits of a password: the least in characters (NIST SP 800-63B asks for length, not for kinds of characters), the
// most in octets, so that hashing stays bounded.
const (
	PasswordMin = 12
	PasswordMax = 1024
)

// argon2Params are those of OWASP's Password Storage Cheat Sheet for Argon2id: 19 MiB, two passes, one lane.
type argon2Params struct {
	memory  uint32 // KiB
	time    uint32 // passes
	threads uint8
}

var passwordParams = argon2Params{memory: 19 * 1024, time: 2, threads: 1}

const (
	saltLength = 16
	keyLength  = 32
)

// hashing bounds how many passwords are hashed at once: each takes 19 MiB and a core.
var hashing = make(chan struct{}, 4)

// ValidatePassword says whether a password that somebody chose can be taken.
func ValidatePassword(plain string) error {
	bad := apperr.New(apperr.CodeInvalid)
	if utf8.RuneCountInString(plain) < PasswordMin {
		bad.And("password", "too_short", "min", PasswordMin)
	}
	if len(plain) > PasswordMax {
		bad.And("password", "too_long", "max", PasswordMax)
	}
	return bad.OrNil()
}

// HashPassword returns the Argon2id hash of a password as a PHC string with a fresh salt.
func HashPassword(plain string) (string, error) {
	if err := ValidatePassword(plain); err != nil {
		return "", err
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
	if !VerifyPassword(p.PasswordHash, password) {
		return Person{}, apperr.New(apperr.CodeSignIn)
	}
	return p, nil
}

// SetPassword gives a person a password.
func SetPassword(ctx context.Context, db bun.IDB, personID uuid.UUID, plain string) error {
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

func derive(plain string, salt []byte, p argon2Params, length uint32) []byte {
	hashing <- struct{}{}
	defer func() { <-hashing }()
	return argon2.IDKey([]byte(plain), salt, p.time, p.memory, p.threads, length)
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
