package main

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"tribuna/internal/bounce/intake"
)

// returnMAC is the length of the signature in a return address, in bytes.
const returnMAC = 10

// returnAddresses reads the addresses that mails go out with: NAME+TOKEN@DOMAIN, where the token is the mail's id and its
// signature in base32, which survives servers that change case.
func returnAddresses(address string, key []byte) (intake.MailOf, error) {
	derived, err := hkdf.Key(sha256.New, key, nil, "tribuna return path", sha256.Size)
	if err != nil {
		return nil, fmt.Errorf("derive the key for return addresses: %w", err)
	}
	name, domain, _ := strings.Cut(strings.ToLower(address), "@")
	encoding := base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)
	return func(to string) (uuid.UUID, bool) {
		rest, ours := strings.CutPrefix(strings.ToLower(to), name+"+")
		token, host, _ := strings.Cut(rest, "@")
		raw, err := encoding.DecodeString(token)
		if !ours || host != domain || err != nil || len(raw) != 16+returnMAC || encoding.EncodeToString(raw) != token {
			return uuid.Nil, false
		}
		h := hmac.New(sha256.New, derived)
		h.Write(raw[:16])
		return uuid.UUID(raw[:16]), hmac.Equal(h.Sum(nil)[:returnMAC], raw[16:])
	}, nil
}
