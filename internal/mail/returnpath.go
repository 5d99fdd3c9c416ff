package mail

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"net/mail"
	"strings"

	"github.com/google/uuid"
)

// ReturnPath makes the addresses that mails come back to when they cannot be delivered. Each names its mail, and is signed,
// so that a made-up bounce says nothing about anybody (variable envelope return paths).
type ReturnPath struct {
	local, domain string
	key           []byte
}

// returnMAC is the length of the signature in bytes: a guess costs a mail, and with the mail's id the address still
// keeps to the 64 characters before the @ (RFC 5321, 4.5.3.1.1) beside a name of 20.
const returnMAC = 10

var returnEncoding = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding) // servers may change case

// longestReturn is how long the name of the address may be.
const longestReturn = 64 - len("+") - 42

// NewReturnPath returns signed addresses below one, like bounces@network.example, whose server delivers
// bounces+anything@network.example to the same place. The key is that of personal links.
func NewReturnPath(address string, key []byte) (*ReturnPath, error) {
	a, err := clean(mail.Address{Address: address})
	if err != nil {
		return nil, err
	}
	at := strings.LastIndexByte(a.Address, '@')
	local := a.Address[:at]
	if len(local) > longestReturn || !ascii(a.Address) || strings.ContainsAny(local, `"+ `) {
		return nil, fmt.Errorf("the part before the @ needs to be %d letters and digits at most", longestReturn)
	}
	derived, err := hkdf.Key(sha256.New, key, nil, "tribuna return path", sha256.Size)
	if err != nil {
		return nil, fmt.Errorf("derive the key for return addresses: %w", err)
	}
	return &ReturnPath{local: local, domain: a.Address[at+1:], key: derived}, nil
}

// For is the address that a mail comes back to.
func (r *ReturnPath) For(id uuid.UUID) string {
	return r.local + "+" + returnEncoding.EncodeToString(append(id[:], r.sign(id)...)) + "@" + r.domain
}

// Mail is the mail that came back to an address, if the address is one that was given out.
func (r *ReturnPath) Mail(address string) (uuid.UUID, bool) {
	rest, ours := strings.CutPrefix(strings.ToLower(address), strings.ToLower(r.local)+"+")
	token, host, _ := strings.Cut(rest, "@")
	raw, err := returnEncoding.DecodeString(token)
	if !ours || host != strings.ToLower(r.domain) || err != nil || len(raw) != 16+returnMAC {
		return uuid.Nil, false
	}
	id := uuid.UUID(raw[:16])
	return id, hmac.Equal(r.sign(id), raw[16:]) && returnEncoding.EncodeToString(raw) == token
}

func (r *ReturnPath) sign(id uuid.UUID) []byte {
	h := hmac.New(sha256.New, r.key)
	h.Write(id[:])
	return h.Sum(nil)[:returnMAC]
}
