package models

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
)

func stateOfPerson(p Person) *contactState {
	return &contactState{Name: p.Name, Email: p.Email, Language: p.Language, Country: p.CountryCode, Languages: orNone(p.Languages), Topics: orNone(p.Topics)}
}

// orNone makes an empty list none, so that two states are the same when they say the same.
func orNone(list []string) []string {
	if len(list) == 0 {
		return nil
	}
	return slices.Clone(list)
}

// put writes a state over a person.
func (s contactState) put(p *Person) {
	p.Name, p.Email, p.Language, p.CountryCode, p.Languages, p.Topics = s.Name, s.Email, s.Language, s.Country, s.Languages, s.Topics
}

// ConfirmContacts imports a file, all of it or nothing, once. Whom a file of people names, also who was here before, is put on the
// list chosen, if any.
func ConfirmContacts(ctx context.Context, db *bun.DB, id uuid.UUID, by Person, words map[string]string, on ListChoice, now time.Time) (report ContactReport, err error) {
	err = db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		c := new(ContactImport)
		err := tx.NewSelect().Model(c).Where("ci.id = ? AND ci.person_id = ?", id, by.ID).For("UPDATE").Scan(ctx)
		if err != nil || c.ImportedAt != nil {
			return found(err, "import")
		}
		if report, err = c.Plan(ctx, tx, words); err != nil || report.Refused > 0 {
			return err
		}
		if err := c.apply(ctx, tx, report.Rows, now); err != nil {
			return err
		}
		if err := c.putOnList(ctx, tx, by, on, report.Rows, now); err != nil {
			return err
		}
		c.ImportedAt, c.Content = &now, []byte{}
		c.Created, c.Changed, c.Unchanged = report.Created, report.Changed, report.Unchanged
		if _, err := tx.NewUpdate().Model(c).Column("imported_at", "content", "created", "changed", "unchanged", "changes", "list_id").WherePK().Exec(ctx); err != nil {
			return fmt.Errorf("note an import: %w", err)
		}
		return Journal(ctx, tx, by, now, JournalEntry{Verb: "contacts.imported", ObjectKind: "import", Object: c.ID, Facts: c.facts()})
	})
	return report, err
}

// putOnList puts those whom a file's lines name on the list chosen.
func (c *ContactImport) putOnList(ctx context.Context, tx bun.IDB, by Person, on ListChoice, rows []ContactRow, now time.Time) error {
	if on.None() || c.Kind != ContactsPeople {
		return nil
	}
	people := make([]uuid.UUID, 0, len(rows))
	for _, row := range rows {
		people = append(people, row.change.ID)
	}
	list, err := putImportedOnList(ctx, tx, by, on, people, c.ID, now)
	c.ListID = &list.ID
	return err
}

// ListContacts puts those who came with a file that was imported, and those whom it changed, on a list. Of who was here before
// and not changed by it nothing is known any more. Where it cannot be any more (it was taken back) gives CodeClosed.
func ListContacts(ctx context.Context, tx bun.IDB, id uuid.UUID, by Person, on ListChoice, now time.Time) error {
	c := new(ContactImport)
	err := tx.NewSelect().Model(c).Where("ci.id = ? AND ci.imported_at IS NOT NULL AND ci.kind = ?", id, ContactsPeople).For("UPDATE").Scan(ctx)
	if err := found(err, "import"); err != nil {
		return err
	}
	if c.UndoneAt != nil {
		return apperr.About(apperr.CodeClosed, "import")
	}
	if on.None() {
		return apperr.Invalid("list_id", "choice")
	}
	var people []uuid.UUID
	if err := tx.NewSelect().Model((*ContactNotice)(nil)).Column("person_id").Where("import_id = ?", c.ID).Scan(ctx, &people); err != nil {
		return fmt.Errorf("read who came with a file: %w", err)
	}
	for _, change := range c.Changes {
		people = append(people, change.ID)
	}
	list, err := putImportedOnList(ctx, tx, by, on, people, c.ID, now)
	if err != nil {
		return err
	}
	_, err = tx.NewUpdate().Model(c).Set("list_id = ?", list.ID).WherePK().Exec(ctx)
	return err
}

func (c *ContactImport) facts() map[string]string {
	return map[string]string{"basis": c.Basis, "created": fmt.Sprint(c.Created), "rewritten": fmt.Sprint(c.Changed)}
}

// apply writes every line, and keeps what it changed.
func (c *ContactImport) apply(ctx context.Context, tx bun.IDB, rows []ContactRow, now time.Time) error {
	if c.Kind == ContactsOrganisations {
		return c.applyOrganisations(ctx, tx, rows, now)
	}
	for i := range rows {
		if row := &rows[i]; row.State != ContactUnchanged {
			if err := c.savePerson(ctx, tx, row, now); err != nil {
				return atLine(err, row.Line)
			}
			c.Changes = append(c.Changes, row.change)
		}
	}
	return nil
}

func atLine(err error, line int) error { return fmt.Errorf("import line %d: %w", line, err) }

func (c *ContactImport) savePerson(ctx context.Context, tx bun.IDB, row *ContactRow, now time.Time) error {
	change := &row.change
	if row.State == ContactNew {
		p := NewPerson(now)
		change.After.put(&p)
		change.ID = p.ID
		if err := AddPerson(ctx, tx, &p); err != nil {
			return err
		}
		notice := &ContactNotice{PersonID: p.ID, ImportID: c.ID, DueAt: now.AddDate(0, 1, 0)}
		if _, err := tx.NewInsert().Model(notice).Exec(ctx); err != nil {
			return err
		}
		if c.Basis == "consent" { // of who is new alone: nobody who is here agrees by a list
			consent := Consent{PersonID: p.ID, How: ConsentImport, Source: c.Source, Via: c.ID}
			if err := GiveConsent(ctx, tx, consent, now); err != nil {
				return err
			}
		}
	} else if err := change.savePerson(ctx, tx, change.After); err != nil {
		return err
	}
	if change.Role == nil {
		return nil
	}
	return AddRole(ctx, tx, Role{PersonID: change.ID, OrganisationID: change.Role.Organisation, Role: change.Role.Role})
}

func (ch contactChange) savePerson(ctx context.Context, tx bun.IDB, s contactState) error {
	p, err := PersonByID(ctx, tx, ch.ID)
	if err != nil {
		return err
	}
	s.put(&p)
	return p.Save(ctx, tx)
}

// UndoContacts takes an import back as long as nothing else changed its rows and nothing refers to what it added: all of
// it or nothing.
func UndoContacts(ctx context.Context, db *bun.DB, id uuid.UUID, by Person, now time.Time) error {
	return db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		c := new(ContactImport)
		err := tx.NewSelect().Model(c).Where("ci.id = ?", id).For("UPDATE").Scan(ctx)
		if err := found(err, "import"); err != nil {
			return err
		}
		if !c.MayUndo(now) {
			return apperr.About(apperr.CodeClosed, "import")
		}
		if err := c.undo(ctx, tx, now); err != nil {
			return err
		}
		c.UndoneAt, c.Changes = &now, []contactChange{}
		if _, err := tx.NewUpdate().Model(c).Column("undone_at", "changes").WherePK().Exec(ctx); err != nil {
			return err
		}
		return Journal(ctx, tx, by, now, JournalEntry{Verb: "contacts.undone", ObjectKind: "import", Object: c.ID, Facts: c.facts()})
	})
}

func (c *ContactImport) undo(ctx context.Context, tx bun.IDB, now time.Time) error {
	for _, change := range c.Changes {
		change.After.Email = Address(change.After.Email) // as it is kept since
		current, err := c.current(ctx, tx, change)
		if err != nil {
			return err
		}
		if !sameState(*current, change.After) {
			return apperr.About(apperr.CodeOutdated, "import")
		}
	}
	if c.Kind == ContactsOrganisations {
		return c.undoOrganisations(ctx, tx, now)
	}
	if _, err := tx.NewDelete().Model((*PeopleListMember)(nil)).Where("import_id = ?", c.ID).Exec(ctx); err != nil {
		return fmt.Errorf("take those of an import off their list: %w", err)
	}
	for _, change := range slices.Backward(c.Changes) {
		if err := change.undoPerson(ctx, tx); err != nil {
			return err
		}
	}
	return nil
}

func (ch contactChange) undoPerson(ctx context.Context, tx bun.IDB) error {
	if ch.Role != nil {
		role := &Role{PersonID: ch.ID, OrganisationID: ch.Role.Organisation, Role: ch.Role.Role}
		if _, err := tx.NewDelete().Model(role).WherePK().Exec(ctx); err != nil {
			return err
		}
	}
	if ch.Before != nil {
		return ch.savePerson(ctx, tx, *ch.Before)
	}
	roles, err := RolesHeld(ctx, tx, ch.ID)
	if err != nil {
		return err
	}
	if len(roles) > 0 { // given since
		return apperr.About(apperr.CodeOutdated, "import")
	}
	return remove(ctx, tx, "person", nil, tx.NewDelete().Model((*Person)(nil)).Where("id = ?", ch.ID))
}

// current is what a row says now; nothing that was imported where it is gone, or where who was added has come to life.
func (c *ContactImport) current(ctx context.Context, tx bun.IDB, change contactChange) (*contactState, error) {
	if c.Kind == ContactsOrganisations {
		o, err := OrganisationByID(ctx, tx, change.ID)
		if apperr.CodeOf(err) == apperr.CodeNotFound {
			return &contactState{}, nil
		}
		return stateOfOrganisation(o), err
	}
	p, err := PersonByID(ctx, tx, change.ID)
	if p.LeftAt != nil || (change.Before == nil && p.PasswordHash != "") || apperr.CodeOf(err) == apperr.CodeNotFound {
		return &contactState{}, nil
	}
	return stateOfPerson(p), err
}

// sameState compares what is kept as JSON.
func sameState(a, b contactState) bool {
	x, errA := json.Marshal(a)
	y, errB := json.Marshal(b)
	return errA == nil && errB == nil && string(x) == string(y)
}
