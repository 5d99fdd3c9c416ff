package models

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// latin stands for letters that do not come apart into a Latin one and an accent: Cyrillic ones, and those with a stroke.
var latin = func() *strings.Replacer {
	pairs := []string{"щ", "st", "ю", "iu", "я", "ia", "љ", "li", "њ", "ni", "џ", "dz", "ß", "ss", "æ", "ae", "œ", "oe", "ь", ""}
	from, to := []rune("абвгґдђеєэжзѕиіыјклмнопрстћуфхцчшъđłøıjy"), []rune("abvggddeeezzziiiiklmnoprstcufhccsadloiii")
	for i := range from {
		pairs = append(pairs, string(from[i]), string(to[i]))
	}
	return strings.NewReplacer(pairs...)
}()

// Folded are words as they are compared, the same as the database's function of this name: small letters without accents,
// Cyrillic ones as the Latin ones that stand for them, and one space between words.
func Folded(words string) string {
	var b strings.Builder
	for _, r := range latin.Replace(strings.Map(withoutAccent, norm.NFKD.String(strings.ToLower(words)))) {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			b.WriteByte(' ')
		case r == 'i' && strings.HasSuffix(b.String(), "i"): // "Sofiia" and "Sofia"
		default:
			b.WriteRune(r)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func withoutAccent(r rune) rune {
	if r >= '\u0300' && r <= '\u036f' {
		return -1
	}
	return r
}
