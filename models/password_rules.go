package models

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"tribuna/internal/apperr"
	"tribuna/internal/breached"
)

// Limits of a password: the least in characters (NIST SP 800-63B asks for length, not for kinds of characters), the
// most in octets, so that hashing stays bounded.
const (
	PasswordMin = 12
	PasswordMax = 1024
)

// product is the word that everybody tries here.
const product = "tribuna"

// ValidatePassword says whether a password that somebody chose can be taken, by the rules of NIST SP 800-63B, section
// 3.1.1: long enough; not among those that became known in breaches; no mere row or repetition; and more than what
// everybody knows of this person and of us. There are no rules about kinds of characters.
func ValidatePassword(plain string, who Person) error {
	bad := apperr.New(apperr.CodeInvalid)
	if utf8.RuneCountInString(norm.NFKC.String(plain)) < PasswordMin {
		bad.And("password", "too_short", "min", PasswordMin)
	}
	if len(plain) > PasswordMax {
		bad.And("password", "too_long", "max", PasswordMax)
	}
	if err := bad.OrNil(); err != nil {
		return err
	}
	known, err := breached.Contains(plain)
	switch {
	case err != nil:
		return err
	case known:
		bad.And("password", "breached")
	case aboutNothingElse(plain, who):
		bad.And("password", "about_you")
	case row(plain):
		bad.And("password", "guessable")
	}
	return bad.OrNil()
}

// leastOwn is how many letters and digits must be left of a password without what everybody knows.
const leastOwn = 8

// aboutNothingElse reports whether little is left of a password without the person's name, their address and our own name.
func aboutNothingElse(plain string, who Person) bool {
	whole := strings.ToLower(norm.NFKC.String(plain))
	rest := whole
	for _, w := range append(words(who.Email+" "+who.Name), product) {
		rest = strings.ReplaceAll(rest, w, "")
	}
	left := 0
	for _, r := range rest {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			left++
		}
	}
	return left < leastOwn && rest != whole
}

// words are the parts of a text that are long enough to be recognised.
func words(text string) []string {
	var all []string
	for _, w := range strings.FieldsFunc(strings.ToLower(norm.NFKC.String(text)), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		if utf8.RuneCountInString(w) > 3 {
			all = append(all, w)
		}
	}
	return all
}

// row reports whether a password hardly ever does anything but stay or go on by one: "aaaaaaaaaaaa", "abcdef123456".
func row(plain string) bool {
	jumps, last := 0, rune(-1)
	for _, r := range plain {
		if step := r - last; last >= 0 && (step < -1 || step > 1) {
			jumps++
		}
		last = r
	}
	return jumps <= utf8.RuneCountInString(plain)/4
}
