package models

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/uptrace/bun"
	"golang.org/x/text/unicode/norm"

	"tribuna/internal/apperr"
)

// PostgreSQL error codes (appendix A of its manual).
const (
	foreignKeyViolation = "23503"
	uniqueViolation     = "23505"
)

func isCode(err error, code string) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.Code == code
}

func isForeignKey(err error) bool { return isCode(err, foreignKeyViolation) }

// asInvalid blames the field whose column a foreign key names: {part of the constraint's name: path}.
func asInvalid(err error, fields map[string]string) error {
	var pg *pgconn.PgError
	if !errors.As(err, &pg) || pg.Code != foreignKeyViolation {
		return err
	}
	for part, path := range fields {
		if strings.Contains(pg.ConstraintName, part) {
			return apperr.Invalid(path, "unknown")
		}
	}
	return err
}

// asField turns "not found" into blame on the field that named the thing.
func asField(err error, path string) error {
	if apperr.CodeOf(err) == apperr.CodeNotFound {
		return apperr.Invalid(path, "unknown")
	}
	return err
}

// Day is a calendar day, "2026-03-12" in JSON.
type Day time.Time

// Time returns the day at midnight UTC, or nil.
func (d *Day) Time() *time.Time {
	if d == nil {
		return nil
	}
	t := time.Time(*d)
	return &t
}

// MarshalJSON writes the day as ISO 8601.
func (d Day) MarshalJSON() ([]byte, error) { return json.Marshal(time.Time(d).Format(time.DateOnly)) }

// UnmarshalJSON reads an ISO 8601 day.
func (d *Day) UnmarshalJSON(b []byte) error {
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		return err
	}
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return fmt.Errorf("%q is no day: write 2026-03-12", s)
	}
	*d = Day(t)
	return nil
}

// DayOf returns the calendar day of an instant in a zone, as midnight UTC.
func DayOf(t time.Time, zone *time.Location) time.Time {
	y, m, d := t.In(zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

func orEmpty(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

func idStrings(ids []uuid.UUID) []string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = id.String()
	}
	return out
}

func escapeLike(s string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(s)
}

var notSlug = regexp.MustCompile(`[^a-z0-9]+`)

// slugOf makes an address part of a title: Latin letters without their marks, at most 60 characters, whole words. Titles in other
// scripts give an empty one.
func slugOf(title string) string {
	plain := strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFD.String(strings.ToLower(title)))
	s := strings.Trim(notSlug.ReplaceAllString(plain, "-"), "-")
	if len(s) <= 60 {
		return s
	}
	if end := strings.LastIndex(s[:61], "-"); end > 0 { // no word is cut
		return s[:end]
	}
	return s[:60]
}

// freeSlug returns a permanent address part for a title: the slug itself, or with a piece of the id behind it.
func freeSlug(ctx context.Context, db bun.IDB, title string, id uuid.UUID) (string, error) {
	slug := slugOf(title)
	tail := strings.ReplaceAll(id.String(), "-", "")[24:]
	if slug == "" {
		return tail, nil
	}
	taken, err := db.NewSelect().Model((*Recommendation)(nil)).Where("slug = ?", slug).Exists(ctx)
	if err != nil {
		return "", fmt.Errorf("look for a free address: %w", err)
	}
	if taken {
		return slug + "-" + tail, nil
	}
	return slug, nil
}
