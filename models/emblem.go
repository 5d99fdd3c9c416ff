package models

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"image"
	_ "image/jpeg" // what can be uploaded
	_ "image/png"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
)

// Bounds of an emblem. It stands at the foot of a page and in nobody's way.
const (
	MaxEmblem     = 512 << 10 // bytes
	MaxEmblemSide = 4000      // pixels
)

// Emblem is the picture that a grant wants shown. Drawings that are programmes (SVG) are not taken.
type Emblem struct {
	bun.BaseModel `bun:"table:emblems,alias:emblem"`

	SHA256    string `bun:"sha256,pk"` // of the bytes, hexadecimal: its address
	MediaType string
	Width     int
	Height    int
	Bytes     []byte `bun:"type:bytea"`
	CreatedAt time.Time
}

// NewEmblem takes a picture as somebody chose it. What is no PNG or JPEG, or too large, is refused with a blame on the
// field "file". The whole picture is read, so that nothing else hides behind its first bytes.
func NewEmblem(content []byte, now time.Time) (*Emblem, error) {
	if len(content) == 0 {
		return nil, notAPicture()
	}
	if len(content) > MaxEmblem {
		return nil, EmblemTooLarge()
	}
	c, kind, err := image.DecodeConfig(bytes.NewReader(content))
	if err != nil || kind != "png" && kind != "jpeg" { // the programme reads other kinds too, for letters
		return nil, notAPicture()
	}
	if c.Width > MaxEmblemSide || c.Height > MaxEmblemSide {
		return nil, EmblemTooLarge()
	}
	if _, _, err := image.Decode(bytes.NewReader(content)); err != nil {
		return nil, notAPicture()
	}
	sum := sha256.Sum256(content)
	return &Emblem{SHA256: hex.EncodeToString(sum[:]), MediaType: "image/" + kind, Width: c.Width, Height: c.Height, Bytes: content, CreatedAt: now}, nil
}

// notAPicture blames a file that is no picture of a kind that is taken.
func notAPicture() error {
	return apperr.Invalid("file", "picture", "kilobytes", MaxEmblem>>10, "pixels", MaxEmblemSide)
}

// EmblemTooLarge blames a picture that nobody has to read to its end to know that it is too large.
func EmblemTooLarge() error {
	return apperr.Invalid("file", "picture_size", "kilobytes", MaxEmblem>>10, "pixels", MaxEmblemSide)
}

// EmblemByHash returns a picture.
func EmblemByHash(ctx context.Context, db bun.IDB, hash string) (*Emblem, error) {
	e := new(Emblem)
	err := db.NewSelect().Model(e).Where("emblem.sha256 = ?", hash).Scan(ctx)
	return e, found(err, "emblem")
}

// EmblemOf returns the SHA-256 of the picture that a grant has for a language and no other; "" stands for all languages
// without one of their own. No picture is "".
func (g Grant) EmblemOf(language string) string {
	if language == "" {
		return g.EmblemSHA256
	}
	for _, e := range g.Emblems {
		if strings.EqualFold(e.Language, language) {
			return e.EmblemSHA256
		}
	}
	return ""
}

// EmblemIn returns the SHA-256 of the picture that a text of a language shows: the language's own, else the one for all
// languages, else the English one. No picture is "".
func (g Grant) EmblemIn(language string) string {
	return cmp.Or(g.EmblemOf(language), g.EmblemSHA256, g.EmblemOf("en"))
}

// SetEmblem gives a grant its picture for a language, or with "" for all that have none of their own; nil takes it away.
// Pictures that no grant shows any more are forgotten.
func SetEmblem(ctx context.Context, tx bun.IDB, g *Grant, language string, e *Emblem) error {
	hash := ""
	if e != nil {
		if _, err := tx.NewInsert().Model(e).On("CONFLICT (sha256) DO NOTHING").Exec(ctx); err != nil {
			return fmt.Errorf("store emblem: %w", err)
		}
		hash = e.SHA256
	}
	set := g.setEmblemOf
	if language == "" {
		set = g.setEmblem
	}
	if err := set(ctx, tx, language, hash); err != nil {
		return err
	}
	return forgetEmblems(ctx, tx)
}

func (g *Grant) setEmblem(ctx context.Context, tx bun.IDB, _, hash string) error {
	g.EmblemSHA256 = hash
	res, err := tx.NewUpdate().Model(g).Column("emblem_sha256").WherePK().Exec(ctx)
	return changed(res, err, "grant")
}

func (g *Grant) setEmblemOf(ctx context.Context, tx bun.IDB, language, hash string) error {
	own := &GrantEmblem{GrantID: g.ID, Language: language, EmblemSHA256: hash}
	if hash == "" {
		_, err := tx.NewDelete().Model(own).WherePK().Exec(ctx)
		return err
	}
	_, err := tx.NewInsert().Model(own).On("CONFLICT (grant_id, language) DO UPDATE SET emblem_sha256 = EXCLUDED.emblem_sha256").Exec(ctx)
	return err
}

func forgetEmblems(ctx context.Context, tx bun.IDB) error {
	_, err := tx.NewDelete().Model((*Emblem)(nil)).
		Where("NOT EXISTS (SELECT 1 FROM grants AS g WHERE g.emblem_sha256 = emblem.sha256)").
		Where("NOT EXISTS (SELECT 1 FROM grant_emblems AS own WHERE own.emblem_sha256 = emblem.sha256)").Exec(ctx)
	if isForeignKey(err) {
		return nil // another grant has just taken it: the next change looks again
	}
	return err
}
