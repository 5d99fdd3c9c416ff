package models

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"image"
	_ "image/jpeg" // what can be decoded is what can be uploaded
	_ "image/png"
	"time"

	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
)

// Bounds of an emblem. It stands at the foot of a page and in nobody's way.
const (
	MaxEmblem     = 512 << 10 // bytes
	maxEmblemSide = 4000      // pixels
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
		return nil, apperr.Invalid("file", "required")
	}
	if len(content) > MaxEmblem {
		return nil, EmblemTooLarge()
	}
	c, kind, err := image.DecodeConfig(bytes.NewReader(content))
	if err != nil {
		return nil, apperr.Invalid("file", "picture")
	}
	if c.Width > maxEmblemSide || c.Height > maxEmblemSide {
		return nil, EmblemTooLarge()
	}
	if _, _, err := image.Decode(bytes.NewReader(content)); err != nil {
		return nil, apperr.Invalid("file", "picture")
	}
	sum := sha256.Sum256(content)
	return &Emblem{SHA256: hex.EncodeToString(sum[:]), MediaType: "image/" + kind, Width: c.Width, Height: c.Height, Bytes: content, CreatedAt: now}, nil
}

// EmblemTooLarge blames a picture that nobody has to read to its end to know that it is too large.
func EmblemTooLarge() error {
	return apperr.Invalid("file", "picture_size", "kilobytes", MaxEmblem>>10, "pixels", maxEmblemSide)
}

// EmblemByHash returns a picture.
func EmblemByHash(ctx context.Context, db bun.IDB, hash string) (*Emblem, error) {
	e := new(Emblem)
	err := db.NewSelect().Model(e).Where("emblem.sha256 = ?", hash).Scan(ctx)
	return e, found(err, "emblem")
}

// SetEmblem gives a grant its picture, or with nil takes it away. Pictures that no grant shows any more are forgotten.
func SetEmblem(ctx context.Context, tx bun.IDB, g *Grant, e *Emblem) error {
	g.Emblem, g.EmblemSHA256 = "", ""
	if e != nil {
		if _, err := tx.NewInsert().Model(e).On("CONFLICT (sha256) DO NOTHING").Exec(ctx); err != nil {
			return fmt.Errorf("store emblem: %w", err)
		}
		g.EmblemSHA256 = e.SHA256
	}
	res, err := tx.NewUpdate().Model(g).Column("emblem", "emblem_sha256").WherePK().Exec(ctx)
	if err := changed(res, err, "grant"); err != nil {
		return err
	}
	return forgetEmblems(ctx, tx)
}

func forgetEmblems(ctx context.Context, tx bun.IDB) error {
	_, err := tx.NewDelete().Model((*Emblem)(nil)).
		Where("NOT EXISTS (SELECT 1 FROM grants AS g WHERE g.emblem_sha256 = emblem.sha256)").Exec(ctx)
	if isForeignKey(err) {
		return nil // another grant has just taken it: the next change looks again
	}
	return err
}
