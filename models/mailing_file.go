package models

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
	"tribuna/internal/picture"
)

// MailingPlace is where a file stands in a letter.
type MailingPlace string

// The places.
const (
	PlaceAttached MailingPlace = "attached"
	PlacePicture  MailingPlace = "picture" // in the text, where it names the file: ![what it shows](name.png)
)

// MailingPlaces returns both, the usual one first.
func MailingPlaces() []MailingPlace { return []MailingPlace{PlaceAttached, PlacePicture} }

// Bounds of what goes along with a letter.
const (
	MaxMailingFiles        = 5 << 20  // bytes as they travel, of all that go along with one letter
	MaxMailingUpload       = 12 << 20 // bytes of a file as it is brought: a photograph takes less once it is made narrower
	MaxMailingPictureWidth = 1200     // pixels of a picture in a text: twice as wide as the letter's column; wider ones are made narrower
	maxMailingFileCount    = 20       // of a mailing
)

// What goes along with mailings alone: Excel sheets, and pictures of two more kinds. WebP is kept as JPEG or PNG.
const (
	MediaXLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	MediaGIF  = picture.GIF
	mediaWebP = picture.WebP
)

// mailingMediaByEnding is what the ending of a name promises beside what can be attached to the record.
var mailingMediaByEnding = map[string]string{".xlsx": MediaXLSX, ".gif": MediaGIF, ".webp": mediaWebP}

// MailingFile goes along with the letters of a mailing.
type MailingFile struct {
	bun.BaseModel `bun:"table:mailing_files,alias:mf"`

	ID         uuid.UUID `bun:",pk"`
	MailingID  uuid.UUID
	Language   *string // of the letters; nil: of all
	Place      MailingPlace
	Name       string // cleaned; "" where the file was removed once the mailing was over
	MediaType  string
	Size       int64
	Hash       string `bun:"sha256"` // of the bytes, hexadecimal; stays
	Width      int    // of a picture, in pixels
	Bytes      []byte `bun:"type:bytea"`
	UploadedBy uuid.UUID
	CreatedAt  time.Time
}

// MailingFileInput says where a file is to stand and with which letters it goes; "" is all languages.
type MailingFileInput struct {
	Place    MailingPlace
	Language string
}

// In reports whether the file goes with the letters of a language.
func (f MailingFile) In(language string) bool { return f.Language == nil || *f.Language == language }

// Removed reports whether the bytes are gone.
func (f MailingFile) Removed() bool { return f.Name == "" }

// Written is how many bytes the file takes in a mail: 57 of its bytes are a line of 78 (RFC 2045, 6.8).
func (f MailingFile) Written() int64 { return (f.Size + 56) / 57 * 78 }

// ContentID names a picture within its letter (RFC 2392).
func (f MailingFile) ContentID() string { return f.ID.String() + "@pictures" }

// NewMailingFile takes a file as somebody chose it; a picture without what a camera wrote into it, see cleanPicture. What cannot go along is refused with a blame on the field "file".
func NewMailingFile(name string, content []byte, in MailingFileInput) (*MailingFile, error) {
	f := &MailingFile{ID: NewID(), Place: cmp.Or(in.Place, PlaceAttached), Name: cleanName(name), Bytes: content}
	if in.Language != "" {
		f.Language = &in.Language
	}
	switch {
	case !slices.Contains(MailingPlaces(), f.Place):
		return nil, apperr.Invalid("place", "unknown")
	case len(content) == 0:
		return nil, apperr.Invalid("file", "file_empty")
	case len(content) > MaxMailingUpload:
		return nil, MailingFileTooLarge()
	}
	if err := f.judge(); err != nil {
		return nil, err
	}
	if f.Size = int64(len(f.Bytes)); f.Written() > MaxMailingFiles {
		return nil, MailingFileTooLarge()
	}
	sum := sha256.Sum256(f.Bytes)
	f.Hash = hex.EncodeToString(sum[:])
	return f, nil
}

// MailingFileTooLarge blames a file that alone is more than a letter may carry.
func MailingFileTooLarge() error {
	return apperr.Invalid("file", "mailing_file_size", "megabytes", MaxMailingFiles>>20)
}

// MailingFileEndings lists the endings a file may have, for the field in which it is chosen.
func MailingFileEndings() []string {
	return []string{".pdf", ".docx", ".xlsx", ".odt", ".png", ".jpg", ".jpeg", ".gif", ".webp"}
}

// judge looks at what the file holds; the ending of its name has to promise the same.
func (f *MailingFile) judge() error {
	var is bool
	if f.MediaType, is = mailingMediaByEnding[strings.ToLower(path.Ext(f.Name))]; is {
		if is = http.DetectContentType(f.Bytes) == f.MediaType; f.MediaType == MediaXLSX {
			is = isXLSX(f.Bytes)
		}
	} else {
		kind, err := mediaType(f.Name, f.Bytes)
		f.MediaType, is = kind, err == nil && kind != MediaText && kind != MediaMail
	}
	switch {
	case !is:
		return apperr.Invalid("file", "mailing_file_type")
	case strings.HasPrefix(f.MediaType, "image/"):
		return f.cleanPicture()
	case f.Place == PlacePicture:
		return apperr.Invalid("file", "mailing_picture_type")
	}
	return nil
}

// cleanPicture keeps of a picture its points alone: where and when it was taken, and by whom, goes along with no letter. It is turned
// upright and, in a text, made narrower where it is too wide.
func (f *MailingFile) cleanPicture() error {
	widest := 0
	if f.Place == PlacePicture {
		widest = MaxMailingPictureWidth
	}
	clean, err := picture.Of(f.Bytes, f.MediaType, widest)
	switch {
	case errors.Is(err, picture.ErrNone):
		return apperr.Invalid("file", "mailing_picture_type")
	case errors.Is(err, picture.ErrLarge):
		return apperr.Invalid("file", "mailing_picture_size", "millions", picture.Most/1_000_000)
	case errors.Is(err, picture.ErrMoving):
		return apperr.Invalid("file", "mailing_picture_moving", "pixels", MaxMailingPictureWidth)
	case err != nil:
		return err
	}
	if clean.MediaType != f.MediaType {
		ending := map[string]string{MediaPNG: ".png", MediaJPEG: ".jpg"}[clean.MediaType]
		f.Name = strings.TrimSuffix(f.Name, path.Ext(f.Name)) + ending
	}
	f.Bytes, f.MediaType, f.Width = clean.Content, clean.MediaType, clean.Width
	return nil
}

// isXLSX takes an Excel sheet without macros.
func isXLSX(content []byte) bool {
	names := zipNames(content)
	return http.DetectContentType(content) == "application/zip" && names["[content_types].xml"] && names["workbook.xml"] && !names["vbaproject.bin"]
}

// Insert adds the file to a mailing that is a draft, as another revision of it. More than a letter may carry, and a second file
// of the same name in the same place, is refused.
func (f *MailingFile) Insert(ctx context.Context, tx bun.IDB, mailing, by uuid.UUID, now time.Time) error {
	m, err := draftForFiles(ctx, tx, mailing)
	if err != nil {
		return err
	}
	f.MailingID, f.UploadedBy, f.CreatedAt = mailing, by, now
	there, err := MailingFiles(ctx, tx, mailing)
	if err != nil {
		return err
	}
	if err := f.fits(there); err != nil {
		return err
	}
	_, err = tx.NewInsert().Model(f).Exec(ctx)
	if isForeignKey(err) {
		return apperr.Invalid("language", "unknown")
	}
	if err != nil {
		return fmt.Errorf("store a file of a mailing: %w", err)
	}
	return m.revise(ctx, tx)
}

// fits refuses what is too much for a letter beside what is there.
func (f *MailingFile) fits(there []MailingFile) error {
	if len(there) >= maxMailingFileCount {
		return apperr.Invalid("file", "too_many", "max", maxMailingFileCount)
	}
	languages := map[string]int64{"": 0} // that have files of their own: bytes
	shared := int64(0)
	for _, o := range append(slices.Clone(there), *f) {
		if o.Language == nil {
			shared += o.Written()
		} else {
			languages[*o.Language] += o.Written()
		}
		if o.ID != f.ID && o.Place == f.Place && strings.EqualFold(o.Name, f.Name) && str(o.Language) == str(f.Language) {
			return apperr.Invalid("file", "mailing_file_name", "name", f.Name)
		}
	}
	for _, own := range languages {
		if shared+own > MaxMailingFiles {
			return apperr.Invalid("file", "mailing_files_size", "megabytes", MaxMailingFiles>>20)
		}
	}
	return nil
}

func str(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// draftForFiles returns a mailing whose files may still change, locked.
func draftForFiles(ctx context.Context, tx bun.IDB, mailing uuid.UUID) (*Mailing, error) {
	if _, err := LockProcess(ctx, tx, mailing); err != nil {
		return nil, err
	}
	m, err := MailingByID(ctx, tx, mailing)
	if err != nil {
		return nil, err
	}
	if m.State != MailingDraft {
		return nil, apperr.About(apperr.CodeWrongStage, "mailing")
	}
	return m, nil
}

// revise says that a mailing is not what somebody may have looked at before.
func (m *Mailing) revise(ctx context.Context, tx bun.IDB) error {
	m.Revision++
	if _, err := tx.NewUpdate().Model(m).Column("revision").WherePK().Exec(ctx); err != nil {
		return fmt.Errorf("revise a mailing: %w", err)
	}
	return nil
}

// Remove takes the file off a draft. Of a mailing that is over it is emptied: that it went along, and the hash of what went, stays.
func (f *MailingFile) Remove(ctx context.Context, tx bun.IDB) error {
	if _, err := LockProcess(ctx, tx, f.MailingID); err != nil {
		return err
	}
	m, err := MailingByID(ctx, tx, f.MailingID)
	if err != nil {
		return err
	}
	switch m.State {
	case MailingDraft:
		if _, err := tx.NewDelete().Model(f).WherePK().Exec(ctx); err != nil {
			return fmt.Errorf("remove a file of a mailing: %w", err)
		}
		return m.revise(ctx, tx)
	case MailingSent, MailingCancelled:
		_, err := tx.NewUpdate().Model(f).Set("bytes = NULL").Set("name = ''").WherePK().Exec(ctx)
		if err != nil {
			return fmt.Errorf("empty a file of a mailing: %w", err)
		}
		return nil
	default:
		return apperr.About(apperr.CodeWrongStage, "mailing")
	}
}

// takeFiles lets what goes along with another mailing go along with this one as well, but for what was emptied there.
func (m *Mailing) takeFiles(ctx context.Context, tx bun.IDB, from uuid.UUID, now time.Time) error {
	_, err := tx.NewRaw(`INSERT INTO mailing_files (id, mailing_id, language, place, name, media_type, size, sha256, width, bytes, uploaded_by, created_at)
		SELECT gen_random_uuid(), ?, language, place, name, media_type, size, sha256, width, bytes, uploaded_by, ?
		FROM mailing_files WHERE mailing_id = ? AND bytes IS NOT NULL`, m.ID, now, from).Exec(ctx)
	if err != nil {
		return fmt.Errorf("take the files of a mailing along: %w", err)
	}
	return nil
}

// MailingFiles lists what goes along with a mailing, without the bytes, in the order in which it came.
func MailingFiles(ctx context.Context, db bun.IDB, mailing uuid.UUID) ([]MailingFile, error) {
	var list []MailingFile
	err := db.NewSelect().Model(&list).ExcludeColumn("bytes").Where("mf.mailing_id = ?", mailing).Order("mf.created_at", "mf.id").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the files of a mailing: %w", err)
	}
	return list, nil
}

// MailingFileByID returns one file of a mailing with its bytes.
func MailingFileByID(ctx context.Context, db bun.IDB, mailing, id uuid.UUID) (*MailingFile, error) {
	f := new(MailingFile)
	err := db.NewSelect().Model(f).Where("mf.id = ? AND mf.mailing_id = ?", id, mailing).Scan(ctx)
	return f, found(err, "attachment")
}

// MailingFilesIn returns what goes along with the letters of a language, with the bytes.
func MailingFilesIn(ctx context.Context, db bun.IDB, mailing uuid.UUID, language string) ([]MailingFile, error) {
	var list []MailingFile
	err := db.NewSelect().Model(&list).Where("mf.mailing_id = ? AND mf.bytes IS NOT NULL AND (mf.language IS NULL OR mf.language = ?)", mailing, language).
		Order("mf.created_at", "mf.id").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the files of a letter: %w", err)
	}
	return list, nil
}
