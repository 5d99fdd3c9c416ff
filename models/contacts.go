package models

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
)

// What a file of contacts holds.
const (
	ContactsPeople        = "people"
	ContactsOrganisations = "organisations"
)

// Limits of a file of contacts.
const (
	ContactsMaxBytes = 2 << 20
	ContactsMaxRows  = 5000
)

// contactsUndoFor is how long an import can be taken back: so long it is kept what the rows said before.
const contactsUndoFor = 30 * 24 * time.Hour

// ContactBases returns the grounds on which data of people may be kept.
func ContactBases() []string { return []string{"consent", "interest", "task", "contract"} }

// ContactImport is a file of people or organisations, from its preview until it cannot be taken back any more.
type ContactImport struct {
	bun.BaseModel `bun:"table:contact_imports,alias:ci"`

	ID         uuid.UUID `bun:",pk"`
	PersonID   uuid.UUID
	Kind       string // ContactsPeople or ContactsOrganisations
	Name       string
	Content    []byte     // empty once it is imported
	Sheet      string     // of a workbook; "" for its first
	Mapping    []string   `bun:",array"` // the field that each column fills; "" for none
	Language   string     // in which new people are written to where the file does not say; "" for organisations
	Source     string     // where the data came from
	Basis      string     // one of ContactBases, for people
	ListID     *uuid.UUID // on which those whom it names were put; nil: on none
	CreatedAt  time.Time
	ImportedAt *time.Time
	UndoneAt   *time.Time
	Created    int
	Changed    int
	Unchanged  int
	Changes    []contactChange `bun:"type:jsonb"`

	read *contactFile
}

// contactChange is what an import did to one row: Before is nil for what it added.
type contactChange struct {
	ID     uuid.UUID     `json:"id"`
	Before *contactState `json:"before,omitempty"`
	After  contactState  `json:"after"`
	Role   *ContactRole  `json:"role,omitempty"` // that it gave
}

// ContactRole is a role that a file gives, and where.
type ContactRole struct {
	Organisation uuid.UUID `json:"organisation"`
	Role         string    `json:"role"`
}

// contactState is what a file can say of a person or an organisation.
type contactState struct {
	Name      string     `json:"name"`
	Email     string     `json:"email,omitempty"`
	Language  string     `json:"language,omitempty"`
	Country   string     `json:"country,omitempty"`
	Languages []string   `json:"languages,omitempty"`
	Topics    []string   `json:"topics,omitempty"`
	Kind      string     `json:"kind,omitempty"`
	Countries []string   `json:"countries,omitempty"`
	Parent    *uuid.UUID `json:"parent,omitempty"`
	From      string     `json:"from,omitempty"`
	Until     string     `json:"until,omitempty"`
	Unit      *uuid.UUID `json:"unit,omitempty"` // that holds its vote; nil: it votes for itself
}

// KeepContactImport keeps a file, with a guess which column fills which field. A file in which there are no columns is
// refused.
func KeepContactImport(ctx context.Context, db bun.IDB, c *ContactImport) error {
	bad := apperr.New(apperr.CodeInvalid)
	oneOf(bad, "kind", c.Kind, ContactsPeople, ContactsOrganisations)
	if c.Kind == ContactsPeople {
		c.checkGround(bad)
	}
	file := c.file()
	if file.header == nil && len(file.sheets) < 2 && len(file.faults) > 0 {
		bad.And("file", "contacts_"+file.faults[0].Rule)
	}
	if err := bad.OrNil(); err != nil {
		return err
	}
	var err error
	if c.Language, err = c.firstLanguage(ctx, db); err != nil {
		return err
	}
	c.Sheet = file.sheet
	c.Mapping, c.Changes = guessMapping(c.Kind, file.header), []contactChange{}
	if _, err := db.NewInsert().Model(c).Exec(ctx); err != nil {
		return fmt.Errorf("keep a file of contacts: %w", err)
	}
	return nil
}

// firstLanguage is English where the network has it, else the first of its languages.
func (c *ContactImport) firstLanguage(ctx context.Context, db bun.IDB) (string, error) {
	if c.Kind != ContactsPeople {
		return "", nil
	}
	list, err := Languages(ctx, db)
	if err != nil || len(list) == 0 || slices.ContainsFunc(list, func(l Language) bool { return l.Tag == "en" }) {
		return "en", err
	}
	return list[0].Tag, nil
}

// checkGround blames a file of people that does not say where they come from and why they may be kept.
func (c *ContactImport) checkGround(bad *apperr.Error) {
	if strings.TrimSpace(c.Source) == "" {
		bad.And("source", "contacts_source")
	}
	checkLength(bad, "source", c.Source, 500)
	if !slices.Contains(ContactBases(), c.Basis) {
		bad.And("basis", "contacts_basis")
	}
}

// ContactImportOf returns a file of contacts. Until it is imported it is of the person who brought it alone.
func ContactImportOf(ctx context.Context, db bun.IDB, id, person uuid.UUID) (*ContactImport, error) {
	c := new(ContactImport)
	err := db.NewSelect().Model(c).Where("ci.id = ? AND (ci.person_id = ? OR ci.imported_at IS NOT NULL)", id, person).Scan(ctx)
	return c, found(err, "import")
}

// ContactImports lists what was imported, newest first.
func ContactImports(ctx context.Context, db bun.IDB) ([]ContactImport, error) {
	var list []ContactImport
	err := db.NewSelect().Model(&list).ExcludeColumn("content", "changes").Where("ci.imported_at IS NOT NULL AND cardinality(ci.mapping) > 0"). // a suggestion is no file
																			Order("ci.imported_at DESC", "ci.id").Limit(200).Scan(ctx)
	return list, err
}

// file is what the import's file says, read once.
func (c *ContactImport) file() *contactFile {
	if c.read == nil {
		file := readContacts(c.Content, c.Sheet)
		c.read = &file
	}
	return c.read
}

// Header returns what the file calls its columns.
func (c *ContactImport) Header() []string { return c.file().header }

// Sheets returns the sheets of a workbook, nil for other files.
func (c *ContactImport) Sheets() []string { return c.file().sheets }

// ChooseSheet says which sheet of a workbook is meant, with a new guess which column fills which field.
func (c *ContactImport) ChooseSheet(ctx context.Context, db bun.IDB, sheet string) error {
	if !slices.Contains(c.Sheets(), sheet) {
		return apperr.NotFound("import")
	}
	c.Sheet, c.read = sheet, nil
	c.Mapping = guessMapping(c.Kind, c.Header())
	_, err := db.NewUpdate().Model(c).Column("sheet", "mapping").WherePK().Where("imported_at IS NULL").Exec(ctx)
	return err
}

// MapColumns says anew which column fills which field, and in which language new people are written to where none does.
func (c *ContactImport) MapColumns(ctx context.Context, db bun.IDB, mapping []string, language string) error {
	if c.Kind == ContactsPeople {
		if _, err := ListLanguages.ByKey(ctx, db, language); err != nil {
			return err
		}
		c.Language = language
	}
	fields := ContactFields(c.Kind)
	c.Mapping = make([]string, len(c.Header()))
	for i := range c.Mapping {
		if i < len(mapping) {
			for _, f := range fields {
				if f == mapping[i] {
					c.Mapping[i] = f
				}
			}
		}
	}
	_, err := db.NewUpdate().Model(c).Column("mapping", "language").WherePK().Where("imported_at IS NULL").Exec(ctx)
	return err
}

// MayUndo reports whether an import can still be taken back, as far as time goes.
func (c *ContactImport) MayUndo(now time.Time) bool {
	return c.ImportedAt != nil && c.UndoneAt == nil && now.Before(c.ImportedAt.Add(contactsUndoFor))
}

// ForgetContactFiles removes files that were never imported after a day, and what rows said before when an import cannot
// be taken back any more.
func ForgetContactFiles(ctx context.Context, db bun.IDB, now time.Time) error {
	_, err := db.NewDelete().Model((*ContactImport)(nil)).Where("imported_at IS NULL AND created_at < ?", now.Add(-24*time.Hour)).Exec(ctx)
	if err != nil {
		return fmt.Errorf("remove old files of contacts: %w", err)
	}
	_, err = db.NewUpdate().Model((*ContactImport)(nil)).Set("changes = '[]'").Where("imported_at < ? AND changes <> '[]'", now.Add(-contactsUndoFor)).Exec(ctx)
	if err != nil {
		return fmt.Errorf("forget what contacts said before: %w", err)
	}
	return nil
}
