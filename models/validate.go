package models

import (
	"strings"
	"unicode/utf8"

	"tribuna/internal/apperr"
)

// checkLength blames a field that holds more than limit characters.
func checkLength(bad *apperr.Error, path, value string, limit int) {
	if utf8.RuneCountInString(value) > limit {
		bad.And(path, "too_long", "max", limit)
	}
}

// checkText blames a field that is empty, or holds more than limit characters.
func checkText(bad *apperr.Error, path, value string, limit int) {
	if strings.TrimSpace(value) == "" {
		bad.And(path, "required")
		return
	}
	checkLength(bad, path, value, limit)
}

// checkCount blames a list with more than limit entries.
func checkCount(bad *apperr.Error, path string, n, limit int) {
	if n > limit {
		bad.And(path, "too_many", "max", limit)
	}
}

// containing returns the LIKE pattern of everything that contains the words as they are written.
func containing(words string) string { return "%" + escapeLike(words) + "%" }
