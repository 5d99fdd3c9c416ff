package models

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
)

// ListChoice says which list people are put on: one that there is, or one by name, which is begun where its owner has none of
// that name. The zero value is none.
type ListChoice struct {
	ID           uuid.UUID
	Name         string
	Organisation *uuid.UUID // of the list by name; nil: the network's
}

// None reports whether no list is chosen.
func (c ListChoice) None() bool { return c.ID == uuid.Nil && c.Name == "" }

// list finds the list chosen, or begins it.
func (c ListChoice) list(ctx context.Context, tx bun.IDB, by Person, now time.Time) (PeopleList, error) {
	if c.ID != uuid.Nil {
		l, err := PeopleListByID(ctx, tx, c.ID)
		return l, asField(err, "list_id")
	}
	l := NewPeopleList(now)
	l.Name, l.OrganisationID = c.Name, c.Organisation
	if err := l.check(); err != nil {
		return l, atListName(err)
	}
	var id uuid.UUID
	err := tx.NewSelect().Model((*PeopleList)(nil)).Column("id").
		Where("organisation_id IS NOT DISTINCT FROM ? AND lower(name) = lower(?)", l.OrganisationID, l.Name).Scan(ctx, &id)
	if apperr.CodeOf(found(err, "list")) != apperr.CodeNotFound {
		if err != nil {
			return l, fmt.Errorf("look for a list by its name: %w", err)
		}
		return PeopleListByID(ctx, tx, id)
	}
	if err := l.Insert(ctx, tx); err != nil {
		return l, atListName(err)
	}
	return l, Journal(ctx, tx, by, now, l.Entry("list.added", nil).Changing(nil, l.Facts()))
}

// atListName blames the fields of a choice for what is wrong with the list by name.
func atListName(err error) error {
	var e *apperr.Error
	if errors.As(err, &e) {
		called := map[string]string{"name": "list_name", "organisation_id": "list_organisation"}
		for i, f := range e.Fields {
			e.Fields[i].Path = cmp.Or(called[f.Path], f.Path)
		}
	}
	return err
}

// PutOnList puts one person on a list, by hand. Again changes nothing.
func PutOnList(ctx context.Context, tx bun.IDB, by Person, list, person uuid.UUID, now time.Time) error {
	p, err := PersonByID(ctx, tx, person)
	if err != nil {
		return err
	}
	if _, err := PeopleListByID(ctx, tx, list); err != nil {
		return err
	}
	res, err := tx.NewInsert().Model(&PeopleListMember{ListID: list, PersonID: person, AddedAt: now}).On("CONFLICT DO NOTHING").Exec(ctx)
	if err != nil {
		return fmt.Errorf("put somebody on a list: %w", err)
	}
	return listJournal(ctx, tx, res, by, p, "person.listed", list, now)
}

// TakeOffList takes one person off a list. Who is not on it stays so.
func TakeOffList(ctx context.Context, tx bun.IDB, by Person, list, person uuid.UUID, now time.Time) error {
	p, err := PersonByID(ctx, tx, person)
	if err != nil {
		return err
	}
	if _, err := PeopleListByID(ctx, tx, list); err != nil {
		return err
	}
	res, err := tx.NewDelete().Model(&PeopleListMember{ListID: list, PersonID: person}).WherePK().Exec(ctx)
	if err != nil {
		return fmt.Errorf("take somebody off a list: %w", err)
	}
	return listJournal(ctx, tx, res, by, p, "person.unlisted", list, now)
}

func listJournal(ctx context.Context, tx bun.IDB, res sql.Result, by, p Person, verb string, list uuid.UUID, now time.Time) error {
	if n, err := res.RowsAffected(); n == 0 {
		return err
	}
	return Journal(ctx, tx, by, now, JournalEntry{Verb: verb, ObjectKind: "person", Object: p.Pseudonym, Facts: map[string]string{"list": list.String()}})
}

// PutFoundOnList puts everybody whom a filter finds on a list, whichever page of them is shown, and says how many were not on it.
func PutFoundOnList(ctx context.Context, tx bun.IDB, by Person, choice ListChoice, f PersonFilter, now time.Time) (PeopleList, int, error) {
	list, err := choice.list(ctx, tx, by, now)
	if err != nil {
		return list, 0, err
	}
	res, err := tx.NewRaw("INSERT INTO people_list_members (list_id, person_id, added_at) ? ON CONFLICT DO NOTHING",
		f.everybody(tx).ColumnExpr("?::uuid, person.id, ?::timestamptz", list.ID, now)).Exec(ctx)
	return listCount(ctx, tx, res, err, by, list, "list.filled", now)
}

// TakeFoundOffList takes everybody whom a filter finds off a list, and says how many were on it.
func TakeFoundOffList(ctx context.Context, tx bun.IDB, by Person, id uuid.UUID, f PersonFilter, now time.Time) (PeopleList, int, error) {
	list, err := PeopleListByID(ctx, tx, id)
	if err != nil {
		return list, 0, asField(err, "list_id")
	}
	res, err := tx.NewDelete().Model((*PeopleListMember)(nil)).
		Where("list_id = ? AND person_id IN (?)", list.ID, f.everybody(tx).Column("person.id")).Exec(ctx)
	return listCount(ctx, tx, res, err, by, list, "list.thinned", now)
}

// everybody selects all whom a filter finds.
func (f PersonFilter) everybody(db bun.IDB) *bun.SelectQuery {
	f.After, f.Limit = uuid.Nil, 0
	return db.NewSelect().Model((*Person)(nil)).Apply(f.apply)
}

func listCount(ctx context.Context, tx bun.IDB, res sql.Result, err error, by Person, list PeopleList, verb string, now time.Time) (PeopleList, int, error) {
	if err != nil {
		return list, 0, fmt.Errorf("change who is on a list: %w", err)
	}
	n, err := res.RowsAffected()
	if err != nil || n == 0 {
		return list, 0, err
	}
	return list, int(n), Journal(ctx, tx, by, now, list.Entry(verb, map[string]string{"people": strconv.FormatInt(n, 10)}))
}

// putImportedOnList puts whom a file names on a list, those who were here before too.
func putImportedOnList(ctx context.Context, tx bun.IDB, by Person, choice ListChoice, people []uuid.UUID, file uuid.UUID, now time.Time) (PeopleList, error) {
	list, err := choice.list(ctx, tx, by, now)
	if err != nil || len(people) == 0 {
		return list, err
	}
	res, err := tx.NewRaw(`INSERT INTO people_list_members (list_id, person_id, import_id, added_at)
		SELECT ?, id, ?, ? FROM people WHERE id = ANY(?::uuid[]) ON CONFLICT DO NOTHING`, list.ID, file, now, pgUUIDs(people)).Exec(ctx)
	_, _, err = listCount(ctx, tx, res, err, by, list, "list.filled", now)
	return list, err
}

// OnList is a list that somebody is on.
type OnList struct {
	ID      uuid.UUID
	Name    string
	Owner   string // "" where it is the network's
	AddedAt time.Time
}

// ListsOfPerson returns the lists that somebody is on, by name.
func ListsOfPerson(ctx context.Context, db bun.IDB, person uuid.UUID) ([]OnList, error) {
	var lists []OnList
	err := db.NewSelect().TableExpr("people_list_members AS m").Join("JOIN people_lists AS list ON list.id = m.list_id").
		Join("LEFT JOIN organisations AS o ON o.id = list.organisation_id").
		ColumnExpr("list.id, list.name, coalesce(o.name, '') AS owner, m.added_at").Where("m.person_id = ?", person).
		OrderExpr(`list.name COLLATE "und-x-icu", list.id`).Scan(ctx, &lists)
	if err != nil {
		return nil, fmt.Errorf("read which lists somebody is on: %w", err)
	}
	return lists, nil
}
