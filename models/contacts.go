package models

import (
	"context"
	"fmt"
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
	Content    []byte   // empty once it is imported
	Mapping    []string `bun:",array"` // the field that each column fills; "" for none
	Source     string   // where the data came from
	Basis      string   // one of ContactBases, for people
	CreatedAt  time.Time
	ImportedAt *time.Time
	UndoneAt   *time.Time
	Created    int
	Changed    int
	Unchanged  int
	Changes    []contactChange `bun:"type:jsonb"`
}

// contactChange is what an import did to one row: Before is nil for what it added.
type contactChange struct {
	ID     uuid.UUID     `json:"id"`
	Before *contactState `json:"before,omitempty"`
	After  contactState  `json:"after"`
	Role   *contactRole  `json:"role,omitempty"` // that it gave
}

type contactRole struct {
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
}

// KeepContactImport keeps a file, with a guess which column fills which field.
func KeepContactImport(ctx context.Context, db bun.IDB, c *ContactImport) error {
	bad := apperr.New(apperr.CodeInvalid)
	oneOf(bad, "kind", c.Kind, ContactsPeople, ContactsOrganisations)
	if c.Kind == ContactsPeople {
		checkText(bad, "source", c.Source, 500)
		oneOf(bad, "basis", c.Basis, ContactBases()...)
	}
	if err := bad.OrNil(); err != nil {
		return err
	}
	file := readContacts(c.Content)
	c.Mapping, c.Changes = guessMapping(c.Kind, file.header), []contactChange{}
	if _, err := db.NewInsert().Model(c).Exec(ctx); err != nil {
		return fmt.Errorf("keep a file of contacts: %w", err)
	}
	return nil
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
	err := db.NewSelect().Model(&list).ExcludeColumn("content", "changes").Where("ci.imported_at IS NOT NULL").Order("ci.imported_at DESC", "ci.id").Limit(200).Scan(ctx)
	return list, err
}

// Header returns what the file calls its columns.
func (c *ContactImport) Header() []string { return readContacts(c.Content).header }

// MapColumns says anew which column fills which field.
func (c *ContactImport) MapColumns(ctx context.Context, db bun.IDB, mapping []string) error {
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
	_, err := db.NewUpdate().Model(c).Column("mapping").WherePK().Where("imported_at IS NULL").Exec(ctx)
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

// ContactNotice is what somebody is owed whose data came from elsewhere: to be told so within a month.
type ContactNotice struct {
	bun.BaseModel `bun:"table:contact_notices,alias:cn"`

	PersonID uuid.UUID `bun:",pk"`
	ImportID uuid.UUID
	DueAt    time.Time
	ToldAt   *time.Time
	ToldBy   *uuid.UUID

	Name   string `bun:",scanonly"`
	Email  string `bun:",scanonly"`
	Source string `bun:",scanonly"`
	Basis  string `bun:",scanonly"`
}

// ContactNotices lists who is owed a notice, those first who were not told, soonest first.
func ContactNotices(ctx context.Context, db bun.IDB) ([]ContactNotice, error) {
	var list []ContactNotice
	err := db.NewSelect().Model(&list).ColumnExpr("cn.*, person.name, person.email, ci.source, ci.basis").
		Join("JOIN people AS person ON person.id = cn.person_id").Join("JOIN contact_imports AS ci ON ci.id = cn.import_id").
		OrderExpr("cn.told_at IS NOT NULL, cn.due_at, lower(person.name), person.id").Limit(500).Scan(ctx)
	return list, err
}

// NoteTold puts down that somebody was told where their data came from.
func NoteTold(ctx context.Context, tx bun.IDB, by Person, person uuid.UUID, now time.Time) error {
	p, err := PersonByID(ctx, tx, person)
	if err != nil {
		return err
	}
	res, err := tx.NewUpdate().Model((*ContactNotice)(nil)).Set("told_at = ?", now).Set("told_by = ?", by.ID).Where("person_id = ? AND told_at IS NULL", person).Exec(ctx)
	if err := changed(res, err, "person"); err != nil {
		return err
	}
	return Journal(ctx, tx, by, now, JournalEntry{Verb: "contacts.told", ObjectKind: "person", Object: p.Pseudonym})
}
