// Package links mints and checks personal links.
//
// A personal link is a narrow capability that stands for itself: kind, task, person and generation under an HMAC.
// Nothing secret lies in the database, so a copy of the database opens no door. A link that Check accepts is only
// genuine; whether it still opens anything is for the caller to say, who compares the generation with the task's
// (raising it revokes every link given out before) and asks whether the task's time allows it.
package links

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"tribuna/internal/apperr"
)

// Kind says what a link opens. Its value is the token's prefix.
type Kind string

// The kinds of links.
const (
	KindTask         Kind = "tl_" // answers one task; the id is the task's
	KindUnsubscribe  Kind = "tu_" // ends mailings to one person; the id is the mailing's
	KindAccount      Kind = "ta_" // lets a person choose a password, once; the id is the account link's
	KindPreferences  Kind = "tp_" // says what one person wants of the mailings; the id is the mailing's, or their own
	KindSubscription Kind = "ts_" // confirms a request to be subscribed; the id is the request's, and there is no person
	KindWritten      Kind = "tw_" // the letter to one person's representatives, and that they wrote; the id is the mailing's
	KindOwnData      Kind = "td_" // shows one person what is kept about them, and lets them be erased; the id is that of the mail that brings it
	KindObjection    Kind = "to_" // objects to the use of one person's data; the id is that of the list they came from
)

// kinds lists every kind of link.
var kinds = []Kind{KindTask, KindUnsubscribe, KindAccount, KindObjection, KindPreferences, KindSubscription, KindWritten, KindOwnData}

// MinKey is the shortest key accepted, in bytes: the output of SHA-256, as RFC 2104 advises for HMAC.
const MinKey = sha256.Size

const (
	version    = 1
	macSize    = 16 // 128 bits; a guess costs a request
	claimsSize = 1 + 16 + 16 + 4
	tokenSize  = claimsSize + macSize
)

// encoding refuses spare bits, so that one link has one spelling.
var encoding = base64.RawURLEncoding.Strict()

// Claims is what a link says about itself.
type Claims struct {
	Kind       Kind
	ID         uuid.UUID // task, mailing, account link, list, request or mail, by kind
	PersonID   uuid.UUID
	Generation int // of the task's links; 0 for others
}

// Minter mints and checks links. It is safe for concurrent use.
type Minter struct {
	rings map[Kind][][]byte // derived keys by kind, the minting one first
}

// New returns a minter over the given keys, each of at least MinKey bytes. The first mints; all of them check, so
// that a key can be replaced while links made with the old one are still in people's mailboxes.
func New(keys ...[]byte) (*Minter, error) {
	if len(keys) == 0 {
		return nil, errors.New("personal links need a key")
	}
	m := &Minter{rings: map[Kind][][]byte{}}
	for i, key := range keys {
		if len(key) < MinKey {
			return nil, fmt.Errorf("key %d for personal links has %d bytes, it needs at least %d", i+1, len(key), MinKey)
		}
		for _, kind := range kinds {
			derived, err := hkdf.Key(sha256.New, key, nil, "tribuna personal link "+string(kind), sha256.Size)
			if err != nil {
				return nil, fmt.Errorf("derive the key for %s links: %w", kind, err)
			}
			m.rings[kind] = append(m.rings[kind], derived)
		}
	}
	return m, nil
}

// Mint returns the URL-safe token of a link. Generation is that of the task's row, 0 for unsubscribing. An unknown
// kind is a programming error and panics.
func (m *Minter) Mint(kind Kind, id, personID uuid.UUID, generation int) string {
	ring := m.rings[kind]
	if ring == nil {
		panic("links: unknown kind " + string(kind))
	}
	raw := make([]byte, 0, tokenSize)
	raw = append(raw, version)
	raw = append(raw, id[:]...)
	raw = append(raw, personID[:]...)
	raw = binary.BigEndian.AppendUint32(raw, uint32(generation))
	raw = append(raw, sign(ring[0], raw)...)
	return string(kind) + encoding.EncodeToString(raw)
}

// Check returns what a genuine token claims. Anything else gives apperr.CodeLinkExpired, and a forger learns nothing but that.
func (m *Minter) Check(token string) (Claims, error) {
	for _, kind := range kinds {
		if rest, ok := strings.CutPrefix(token, string(kind)); ok {
			return m.check(kind, rest)
		}
	}
	return Claims{}, refused()
}

func (m *Minter) check(kind Kind, encoded string) (Claims, error) {
	if len(encoded) != encoding.EncodedLen(tokenSize) {
		return Claims{}, refused()
	}
	raw, err := encoding.DecodeString(encoded)
	if err != nil || len(raw) != tokenSize || raw[0] != version {
		return Claims{}, refused()
	}
	if !m.genuine(kind, raw[:claimsSize], raw[claimsSize:]) {
		return Claims{}, refused()
	}
	return Claims{
		Kind:       kind,
		ID:         uuid.UUID(raw[1:17]),
		PersonID:   uuid.UUID(raw[17:33]),
		Generation: int(binary.BigEndian.Uint32(raw[33:37])),
	}, nil
}

// WithoutAddition is a token as it stood in a mail, without what the mail's program took for a part of the address: the full stop or the
// comma after it, a closing bracket or quotation mark, a space, and what follows these. No token holds such a character, escaped or not.
func WithoutAddition(token string) string {
	if at := strings.IndexFunc(token, func(r rune) bool { return !strings.ContainsRune(alphabet, r) }); at >= 0 {
		return token[:at]
	}
	return token
}

// alphabet is that of tokens: base64 for addresses (RFC 4648, section 5), whose underscore is in the prefix as well.
const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

// TaskHint reads of a link that Check refuses which task it was made for, where that can still be read: a mail program cut it off, or a
// letter of it was changed. Anybody can have written it, so nothing is opened or told by it: it only says which question somebody means
// who has shown by something else that it is theirs.
func TaskHint(token string) (uuid.UUID, bool) {
	const whole = 18 // bytes: as many as are encoded without a rest, and hold the version and the id
	encoded, is := strings.CutPrefix(token, string(KindTask))
	if !is || len(encoded) < encoding.EncodedLen(whole) {
		return uuid.Nil, false
	}
	raw, err := encoding.DecodeString(encoded[:encoding.EncodedLen(whole)])
	if err != nil || raw[0] != version {
		return uuid.Nil, false
	}
	return uuid.UUID(raw[1:17]), true
}

// genuine tries every key, always all of them, so that the time taken does not say which fits.
func (m *Minter) genuine(kind Kind, claims, mac []byte) bool {
	ok := false
	for _, key := range m.rings[kind] {
		if hmac.Equal(sign(key, claims), mac) {
			ok = true
		}
	}
	return ok
}

func sign(key, claims []byte) []byte {
	h := hmac.New(sha256.New, key)
	h.Write(claims)
	return h.Sum(nil)[:macSize]
}

func refused() error { return apperr.About(apperr.CodeLinkExpired, "link") }
