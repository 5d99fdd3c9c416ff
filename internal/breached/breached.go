// Package breached knows the passwords that are tried first: the commonest of those that became known in breaches. The
// list is shipped with the program, so that nobody's password, nor a part of its hash, is sent anywhere to be looked up.
package breached

import (
	"bytes"
	"compress/gzip"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"unicode"
)

// The list is made by `make assets` out of @zxcvbn-ts/language-common.
//
//go:embed all:dist
var files embed.FS

const listFile = "dist/passwords.txt.gz"

var list = sync.OnceValues(func() ([]string, error) { return read(files) })

// Ready reports whether the list was built in. Without it nobody could choose a password, so a program without it does not
// start.
func Ready() error {
	_, err := list()
	return err
}

func read(files fs.FS) ([]string, error) {
	packed, err := fs.ReadFile(files, listFile)
	if err != nil {
		return nil, errors.New("the list of breached passwords was not built into this program, and without it nobody can choose a " +
			"password: build it with `make build`, which runs `make assets` first")
	}
	zipped, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, fmt.Errorf("the list of breached passwords: %w", err)
	}
	plain, err := io.ReadAll(zipped)
	if err != nil {
		return nil, fmt.Errorf("the list of breached passwords: %w", err)
	}
	return strings.Split(string(plain), "\n"), nil
}

// Contains reports whether a password is among those known, in whatever case, doubled, or with digits and signs around
// it: those who guess try these too.
func Contains(password string) (bool, error) {
	known, err := list()
	if err != nil {
		return false, err
	}
	folded := strings.ToLower(password)
	for _, p := range []string{folded, strings.TrimFunc(folded, around), core(folded)} {
		if p != "" && slices.ContainsFunc(units(p), func(u string) bool { _, found := slices.BinarySearch(known, u); return found }) {
			return true, nil
		}
	}
	return false, nil
}

// core is what is left of a password without the digits and signs around it.
func core(p string) string {
	return strings.TrimFunc(p, func(r rune) bool { return around(r) || unicode.IsDigit(r) })
}

// around is what people put before and after a password to make it another.
func around(r rune) bool { return unicode.IsPunct(r) || unicode.IsSymbol(r) || unicode.IsSpace(r) }

// units are the password and what it is a repetition of.
func units(p string) []string {
	all := []string{p}
	for n := 1; n <= len(p)/2; n++ {
		if len(p)%n == 0 && strings.Repeat(p[:n], len(p)/n) == p {
			all = append(all, p[:n])
		}
	}
	return all
}
