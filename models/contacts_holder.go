package models

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
)

// DataHolder says who holds the data of people, and at which address to ask about it.
type DataHolder struct {
	Name    string
	Contact string
}

// Validate collects what is wrong with it as edited.
func (h DataHolder) Validate() error {
	bad := apperr.New(apperr.CodeInvalid)
	checkText(bad, "data_holder", h.Name, 300)
	if strings.ContainsAny(h.Name, "\r\n") {
		bad.And("data_holder", "one_line")
	}
	if !validAddress(h.Contact) {
		bad.And("data_contact", "email")
	}
	return bad.OrNil()
}

// DataHolderOf returns what is said about it; empty until somebody says it.
func DataHolderOf(ctx context.Context, db bun.IDB) (DataHolder, error) {
	var h DataHolder
	err := db.NewSelect().Table("installation").ColumnExpr("data_holder AS name, data_contact AS contact").Scan(ctx, &h)
	return h, found(err, "installation")
}

// HolderName is the name under which people agree to mails: of who holds the data where that is said, else of the lead organisation of
// the network, the first to join where there are several; "" where there is neither.
func HolderName(ctx context.Context, db bun.IDB, now time.Time) (string, error) {
	holder, err := DataHolderOf(ctx, db)
	if err != nil || holder.Name != "" {
		return holder.Name, err
	}
	var names []string
	q := memberOn(db.NewSelect().Model((*Organisation)(nil)).Column("name").Where("organisation.kind = ?", OrganisationLead), now)
	if err := q.Order("organisation.member_from", "organisation.name").Limit(1).Scan(ctx, &names); err != nil {
		return "", fmt.Errorf("read the lead organisation: %w", err)
	}
	return strings.Join(names, ""), nil
}

// NoticeHolder is DataHolderOf for a notice, which cannot go out without it.
func NoticeHolder(ctx context.Context, db bun.IDB) (DataHolder, error) {
	h, err := DataHolderOf(ctx, db)
	if err != nil {
		return h, err
	}
	return h, h.Validate()
}

// Save says who holds the data.
func (h DataHolder) Save(ctx context.Context, db bun.IDB) error {
	if err := h.Validate(); err != nil {
		return err
	}
	_, err := db.NewUpdate().Table("installation").Set("data_holder = ?", h.Name).Set("data_contact = ?", h.Contact).Where("true").Exec(ctx)
	if err != nil {
		return fmt.Errorf("say who holds the data: %w", err)
	}
	return nil
}
