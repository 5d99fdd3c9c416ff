package models

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

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
