// Package demo holds the demo network: the real organisations, countries and challenges of the first network, and
// people, grants and a policy brief that are invented. It stands in files under data/, so that reading it needs no Go.
//
// Ids are derived from the slugs in the files, so that they are the same in every installation and loading again adds
// only what is missing.
package demo

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/models"
)

// Password opens every demo account.
const Password = "tribuna-demo"

// How many people of which kind there are. An audience of the role reader counts exactly MailableReaders: staff has
// not consented to mailings, and the readers of the other two constants may not be written to.
const (
	Experts             = 12
	MailableReaders     = 1000
	ReadersNotConsented = 40
	ReadersUnsubscribed = 10
)

// namespace is that of every id here (UUID version 5, RFC 9562).
var namespace = uuid.NewSHA1(uuid.NameSpaceURL, []byte("https://tribuna.example/demo"))

// ID returns the id of a thing of the demo network: ID("organisation", "khc").
func ID(kind, slug string) uuid.UUID { return uuid.NewSHA1(namespace, []byte(kind+":"+slug)) }

// lockKey keeps two programmes from loading at the same time.
const lockKey = 7_402_115

// Load puts the demo network into a database, in one transaction. What is there already stays as it is. The brief is
// created as a draft when the network is loaded for the first time, and not again when somebody removed it.
func Load(ctx context.Context, db *bun.DB, now time.Time) error {
	data, err := readData()
	if err != nil {
		return err
	}
	return db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		if _, err := tx.ExecContext(ctx, "SELECT pg_advisory_xact_lock(?)", lockKey); err != nil {
			return fmt.Errorf("wait for another loading: %w", err)
		}
		l := &loader{tx: tx, data: data, now: now}
		return l.run(ctx)
	})
}

// loader is one loading; its first error ends it.
type loader struct {
	tx   bun.Tx
	data *data
	now  time.Time
}

func (l *loader) run(ctx context.Context) error {
	first, err := l.first(ctx)
	if err != nil {
		return err
	}
	steps := []func(context.Context) error{
		l.words, l.authorities, l.organisations, l.grants, l.procedures, l.people, l.readers,
	}
	if first {
		steps = append(steps, l.zone, l.brief)
	}
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// first reports whether the network was never loaded here.
func (l *loader) first(ctx context.Context) (bool, error) {
	there, err := l.tx.NewSelect().Model((*models.Person)(nil)).Where("id = ?", ID("person", briefOfficer)).Exists(ctx)
	if err != nil {
		return false, fmt.Errorf("look for the demo network: %w", err)
	}
	return !there, nil
}

// insert adds the rows that are missing. Rows is a pointer to a slice.
func (l *loader) insert(ctx context.Context, what string, rows any) error {
	_, err := l.tx.NewInsert().Model(rows).On("CONFLICT DO NOTHING").Returning("NULL").Exec(ctx)
	if err != nil {
		return fmt.Errorf("load %s: %w", what, err)
	}
	return nil
}
