package models

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
	"golang.org/x/net/idna"
)

// Address is how an address is kept and looked for, however it was typed: without spaces around it, and its domain in small letters,
// those that travel (RFC 5891), so that ana@пример.example and ana@xn--e1afmkfd.example are one. A domain that cannot be written so
// stays as it is; validAddress refuses it.
func Address(typed string) string {
	typed = strings.TrimSpace(typed)
	at := strings.LastIndexByte(typed, '@') + 1
	if at == 0 {
		return typed
	}
	domain := strings.ToLower(typed[at:])
	if ascii, err := idna.Lookup.ToASCII(domain); err == nil {
		domain = ascii
	}
	return typed[:at] + domain
}

// AddressHash names an address in the suppressions: SHA-256 of its lower-case form, hexadecimal.
func AddressHash(address string) string { return hashOf(Address(address)) }

func hashOf(address string) string {
	sum := sha256.Sum256([]byte(strings.ToLower(address)))
	return hex.EncodeToString(sum[:])
}

// addressHashes are the names under which an address stands in the suppressions: that of today first, and that of its domain in
// people's letters, by which it was kept before. Nobody can rewrite it where the person is gone, and who has an address that is
// somebody else's too has it still.
func addressHashes(address string) []string {
	address = Address(address)
	hashes := []string{hashOf(address)}
	at := strings.LastIndexByte(address, '@') + 1
	if domain, err := idna.Lookup.ToUnicode(address[at:]); err == nil && domain != address[at:] {
		hashes = append(hashes, hashOf(address[:at]+domain))
	}
	return hashes
}

// carrySuppression has an address that is suppressed in one form suppressed in both.
func carrySuppression(ctx context.Context, tx bun.IDB, address string) error {
	hashes := addressHashes(address)
	if len(hashes) == 1 {
		return nil
	}
	_, err := tx.NewRaw(`INSERT INTO suppressions (address_hash, reason, person_id, mail_id, created_at)
		SELECT form.hash, s.reason, s.person_id, s.mail_id, s.created_at FROM suppressions AS s, unnest(?0::text[]) AS form (hash)
		WHERE s.address_hash = ANY (?0::text[]) ORDER BY s.created_at ON CONFLICT DO NOTHING`, pgArray(hashes)).Exec(ctx)
	if err != nil {
		return fmt.Errorf("carry a suppression over: %w", err)
	}
	return nil
}

// foreignDomain is a row whose column email has a domain in other than ASCII letters, as they were kept before.
const foreignDomain = `octet_length(substring(email FROM '@[^@]*$')) > char_length(substring(email FROM '@[^@]*$'))`

// SettleAddresses brings addresses that were kept before to the form that Address gives them, with what is suppressed of them. Who
// has an address that is somebody else's in that form keeps it as it was, see DoubleAddresses. Doing it again changes nothing.
func SettleAddresses(ctx context.Context, db *bun.DB) error {
	return db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		for _, table := range []string{"people", "subscription_requests", "reviewer_suggestions"} {
			var kept []string
			err := tx.NewRaw(`SELECT email FROM ? WHERE `+foreignDomain+` GROUP BY email ORDER BY email`, bun.Ident(table)).Scan(ctx, &kept)
			if err != nil {
				return fmt.Errorf("find addresses of %s: %w", table, err)
			}
			free := ""
			if table == "people" {
				free = ` AND NOT EXISTS (SELECT 1 FROM people AS other WHERE lower(other.email) = lower(?1))`
			}
			for _, was := range kept {
				if _, err := tx.NewRaw(`UPDATE ?0 SET email = ?1 WHERE email = ?2`+free, bun.Ident(table), Address(was), was).Exec(ctx); err != nil {
					return fmt.Errorf("settle addresses of %s: %w", table, err)
				}
				if err := carrySuppression(ctx, tx, was); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// DoubleAddress is somebody whose address could not be settled.
type DoubleAddress struct {
	PersonID uuid.UUID
	Other    uuid.UUID // who has the same address; Nil: nobody, and no mail can go to its domain
}

// DoubleAddresses returns who has an address that somebody else has too, its domain in other letters, or one that no mail reaches.
func DoubleAddresses(ctx context.Context, db bun.IDB) ([]DoubleAddress, error) {
	var people []Person
	if err := db.NewSelect().Model(&people).Where(foreignDomain).Where("left_at IS NULL").Order("id").Scan(ctx); err != nil {
		return nil, fmt.Errorf("find addresses that are not settled: %w", err)
	}
	var list []DoubleAddress
	for _, p := range people {
		double := DoubleAddress{PersonID: p.ID}
		err := db.NewRaw(`SELECT coalesce((SELECT id FROM people WHERE lower(email) = lower(?) AND id <> ?), ?)`, Address(p.Email), p.ID, uuid.Nil).
			Scan(ctx, &double.Other)
		if err != nil {
			return nil, fmt.Errorf("find who has the same address: %w", err)
		}
		list = append(list, double)
	}
	return list, nil
}
