package models

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
)

// ImportFile is a file between its preview and its confirmation.
type ImportFile struct {
	bun.BaseModel `bun:"table:import_files,alias:f"`

	ID         uuid.UUID `bun:",pk"`
	PersonID   uuid.UUID
	Name       string
	Language   string
	Content    []byte // empty once it is imported
	CreatedAt  time.Time
	ImportedAt *time.Time
	Created    int
	Changed    int
	Unchanged  int
}

// KeepImportFile keeps a file until it is confirmed.
func KeepImportFile(ctx context.Context, db bun.IDB, f *ImportFile) error {
	if len(f.Content) > ImportMaxBytes {
		return apperr.New(apperr.CodeTooLarge)
	}
	_, err := db.NewInsert().Model(f).Exec(ctx)
	return asInvalid(err, map[string]string{"language": "language"})
}

// ImportFileOf returns a file that a person brought; those of others do not exist.
func ImportFileOf(ctx context.Context, db bun.IDB, id, person uuid.UUID) (*ImportFile, error) {
	f := new(ImportFile)
	err := db.NewSelect().Model(f).Where("f.id = ? AND f.person_id = ?", id, person).Scan(ctx)
	return f, found(err, "import")
}

// Preview says what importing the file would do now.
func (f *ImportFile) Preview(ctx context.Context, db bun.IDB, by *Person, now time.Time) (ImportReport, error) {
	return ImportRecommendations(ctx, db, Import{Content: f.Content, Language: f.Language, By: by, DryRun: true}, now)
}

// ConfirmImport imports a file, once: confirmed again it says what was imported then. What the file says is not kept.
func ConfirmImport(ctx context.Context, db bun.IDB, id uuid.UUID, by *Person, now time.Time) (f *ImportFile, report ImportReport, err error) {
	err = db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		f = new(ImportFile)
		err := tx.NewSelect().Model(f).Where("f.id = ? AND f.person_id = ?", id, by.ID).For("UPDATE").Scan(ctx)
		if err != nil || f.ImportedAt != nil {
			return found(err, "import")
		}
		report, err = ImportRecommendations(ctx, tx, Import{Content: f.Content, Language: f.Language, By: by}, now)
		if err != nil || report.Refused > 0 {
			return err
		}
		f.ImportedAt, f.Content = &now, []byte{}
		f.Created, f.Changed, f.Unchanged = report.Created, report.Changed, report.Unchanged
		_, err = tx.NewUpdate().Model(f).Column("imported_at", "content", "created", "changed", "unchanged").WherePK().Exec(ctx)
		return err
	})
	return f, report, err
}

// DeleteOldImportFiles removes the files brought before a time.
func DeleteOldImportFiles(ctx context.Context, db bun.IDB, before time.Time) error {
	if _, err := db.NewDelete().Model((*ImportFile)(nil)).Where("created_at < ?", before).Exec(ctx); err != nil {
		return fmt.Errorf("remove old files: %w", err)
	}
	return nil
}
