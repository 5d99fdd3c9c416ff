package models

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
)

// PeopleList is people under a name, by which an audience can be narrowed. A file of contacts fills it, or coordinators do by
// hand. Who is on it has not agreed to anything by that: consent is asked as of everybody.
type PeopleList struct {
	bun.BaseModel `bun:"table:people_lists,alias:list"`

	ID             uuid.UUID  `bun:",pk"`
	OrganisationID *uuid.UUID // whose officers may choose it; nil: all officers
	Name           string
	CreatedAt      time.Time

	Owner  string `bun:",scanonly"` // name of the organisation; "" where it is the network's
	People int    `bun:",scanonly"` // on it
}

// PeopleListMember is somebody on a list.
type PeopleListMember struct {
	bun.BaseModel `bun:"table:people_list_members,alias:member"`

	ListID   uuid.UUID  `bun:",pk"`
	PersonID uuid.UUID  `bun:",pk"`
	ImportID *uuid.UUID // the file by which they came on it; nil: by hand
	AddedAt  time.Time
}

// maxPeopleLists is how many lists there can be of one owner.
const maxPeopleLists = 200

func selectPeopleLists(db bun.IDB, into any) *bun.SelectQuery {
	return db.NewSelect().Model(into).ColumnExpr("list.*").ColumnExpr("coalesce(o.name, '') AS owner").
		ColumnExpr("(SELECT count(*) FROM people_list_members AS m WHERE m.list_id = list.id) AS people").
		Join("LEFT JOIN organisations AS o ON o.id = list.organisation_id").
		OrderExpr(`list.name COLLATE "und-x-icu", list.id`)
}

// PeopleLists returns every list there is, by name. They are for coordinators.
func PeopleLists(ctx context.Context, db bun.IDB) ([]PeopleList, error) {
	var lists []PeopleList
	if err := selectPeopleLists(db, &lists).Scan(ctx); err != nil {
		return nil, fmt.Errorf("read lists of people: %w", err)
	}
	return lists, nil
}

// UsablePeopleLists returns the lists by which an organisation's mailings can be narrowed, by name: its own and the network's.
func UsablePeopleLists(ctx context.Context, db bun.IDB, organisation uuid.UUID) ([]PeopleList, error) {
	var lists []PeopleList
	err := selectPeopleLists(db, &lists).Where("list.organisation_id IS NULL OR list.organisation_id = ?", organisation).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read an organisation's lists of people: %w", err)
	}
	return lists, nil
}

// PeopleListByID returns a list.
func PeopleListByID(ctx context.Context, db bun.IDB, id uuid.UUID) (PeopleList, error) {
	var l PeopleList
	err := selectPeopleLists(db, &l).Where("list.id = ?", id).Scan(ctx)
	return l, found(err, "list")
}

// NewPeopleList begins a list of the whole network's.
func NewPeopleList(now time.Time) PeopleList { return PeopleList{ID: NewID(), CreatedAt: now} }

func (l *PeopleList) check() error {
	l.Name = strings.TrimSpace(l.Name)
	bad := apperr.New(apperr.CodeInvalid)
	checkText(bad, "name", l.Name, 120)
	if strings.ContainsAny(l.Name, "\r\n") {
		bad.And("name", "one_line")
	}
	return bad.OrNil()
}

// Insert adds a list. A name that another list of the same owner has is refused.
func (l *PeopleList) Insert(ctx context.Context, tx bun.IDB) error {
	if err := l.check(); err != nil {
		return err
	}
	count, err := tx.NewSelect().Model((*PeopleList)(nil)).Where("organisation_id IS NOT DISTINCT FROM ?", l.OrganisationID).Count(ctx)
	if err != nil {
		return fmt.Errorf("count lists of people: %w", err)
	}
	if count >= maxPeopleLists {
		return apperr.Invalid("name", "too_many", "max", maxPeopleLists)
	}
	_, err = tx.NewInsert().Model(l).Exec(ctx)
	return peopleListFault(err)
}

// Save changes what a list is called and whose it is. It cannot be taken from an organisation whose mailings or kept audiences
// name it: they would reach nobody (CodeInUse).
func (l *PeopleList) Save(ctx context.Context, tx bun.IDB) error {
	if err := l.check(); err != nil {
		return err
	}
	former, err := PeopleListByID(ctx, tx, l.ID)
	if err != nil {
		return err
	}
	if l.OrganisationID != nil && (former.OrganisationID == nil || *former.OrganisationID != *l.OrganisationID) {
		uses, err := PeopleListUses(ctx, tx, l.ID)
		if err != nil {
			return err
		}
		if len(uses) > 0 {
			return apperr.About(apperr.CodeInUse, "list")
		}
	}
	res, err := tx.NewUpdate().Model(l).Column("name", "organisation_id").WherePK().Exec(ctx)
	return peopleListFault(changed(res, err, "list"))
}

func peopleListFault(err error) error {
	return asInvalid(taken(err, "name"), map[string]string{"organisation": "organisation_id"})
}

// PeopleListUses says where a list is needed: in kept audiences, and in mailings that are not over.
func PeopleListUses(ctx context.Context, db bun.IDB, id uuid.UUID) ([]Use, error) {
	const names = `(audience->'lists' @> to_jsonb(?0::text) OR audience->'except'->'lists' @> to_jsonb(?0::text))`
	uses, err := usedBy{
		{`SELECT 'segment' AS kind, count(*) AS count FROM mailing_segments WHERE ` + names, []any{id}},
		{`SELECT 'list_mailing' AS kind, count(*) AS count FROM mailings WHERE state NOT IN ('sent', 'cancelled') AND ` + names, []any{id}},
	}.find(ctx, db)
	return counted(uses), err
}

// RemovePeopleList removes a list that nothing needs (else CodeInUse); the people stay. What was sent to it stays sent, and whom
// such a mailing did not reach cannot be told any more: an audience that names a list that is gone reaches nobody.
func RemovePeopleList(ctx context.Context, tx bun.IDB, id uuid.UUID) error {
	uses, err := PeopleListUses(ctx, tx, id)
	if err != nil {
		return err
	}
	return remove(ctx, tx, "list", uses, tx.NewDelete().Model((*PeopleList)(nil)).Where("id = ?", id))
}

// Facts are what is known of a list, for the journal.
func (l PeopleList) Facts() Facts {
	f := Facts{"name": l.Name}
	f.id("organisation_id", l.OrganisationID)
	return f
}

// Entry is what the journal says about a list.
func (l PeopleList) Entry(verb string, facts map[string]string) JournalEntry {
	return JournalEntry{Verb: verb, ObjectKind: "list", Object: l.ID, Facts: facts}
}
