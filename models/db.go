// Package models holds what Tribuna knows: one file per concept with its Bun struct, its rules and its queries.
//
// Functions take a context and a bun.IDB, so that the caller owns the transaction. Errors that people can cause are
// *apperr.Error; everything else is the database's. Nothing here reads a clock: the time comes in as an argument.
package models

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"tribuna/internal/apperr"
)

// Open connects to PostgreSQL. The connection is made when first used; ask Ping to know whether it works.
func Open(url string) (*bun.DB, error) {
	cfg, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("read the database URL: %w", err)
	}
	if cfg.RuntimeParams["application_name"] == "" {
		cfg.RuntimeParams["application_name"] = "tribuna"
	}
	cfg.RuntimeParams["timezone"] = "UTC"
	cfg.RuntimeParams["jit"] = "off" // to compile a statement takes longer than any of ours runs
	// bun writes the arguments into the statement, so that no two are the same: to prepare each would ask the server twice.
	cfg.DefaultQueryExecMode = pgx.QueryExecModeSimpleProtocol
	pool := stdlib.OpenDB(*cfg)
	pool.SetMaxOpenConns(24)
	pool.SetMaxIdleConns(12)
	db := bun.NewDB(pool, pgdialect.New())
	db.RegisterModel((*MeasureAuthority)(nil))
	return db, nil
}

// planned selects what a statement returns whose text is the same every time, with arguments $1, $2 and so on: the server plans it
// once for each connection. It is for statements that run hundreds of times a second, or that take longer to plan than to run, over
// tables that stay small, for which one plan is as good as another, or that find each row by its key. Where a table has grown manifold it is planned anew once the table is analysed,
// within a minute or so. No hook hears of them.
func planned(ctx context.Context, db bun.IDB, query string, args ...any) (*sql.Rows, error) {
	args = append([]any{pgx.QueryExecModeCacheStatement}, args...)
	switch db := db.(type) {
	case *bun.DB:
		return db.DB.QueryContext(ctx, query, args...)
	case bun.Tx:
		return db.Tx.QueryContext(ctx, query, args...)
	default:
		return nil, fmt.Errorf("no statement can be planned on a %T", db)
	}
}

// plannedExec does the same with a statement that returns nothing.
func plannedExec(ctx context.Context, db bun.IDB, query string, args ...any) (sql.Result, error) {
	args = append([]any{pgx.QueryExecModeCacheStatement}, args...)
	switch db := db.(type) {
	case *bun.DB:
		return db.DB.ExecContext(ctx, query, args...)
	case bun.Tx:
		return db.Tx.ExecContext(ctx, query, args...)
	default:
		return nil, fmt.Errorf("no statement can be planned on a %T", db)
	}
}

// NewID returns a fresh id whose order is that of creation (UUID version 7, RFC 9562).
func NewID() uuid.UUID { return uuid.Must(uuid.NewV7()) }

// Names is one name in several languages, by BCP 47 tag.
type Names map[string]string

// In returns the name in the wanted language and the language it is really in: the wanted one, else English,
// else the first there is by tag.
func (n Names) In(tag string) (name, language string) {
	for _, t := range []string{tag, "en"} {
		if v := n[t]; v != "" {
			return v, t
		}
	}
	for t, v := range n {
		if v != "" && (language == "" || t < language) {
			name, language = v, t
		}
	}
	return name, language
}

// String returns the English name, for logs and for lists without a reader.
func (n Names) String() string { name, _ := n.In("en"); return name }

// found turns "no rows" into the error a reader sees, naming what was looked for.
func found(err error, what string) error {
	if errors.Is(err, sql.ErrNoRows) {
		return apperr.NotFound(what)
	}
	if err != nil {
		return fmt.Errorf("read %s: %w", what, err)
	}
	return nil
}

// InstallationID identifies this database among all installations; task queues are named after it.
func InstallationID(ctx context.Context, db bun.IDB) (uuid.UUID, error) {
	var id uuid.UUID
	err := db.NewSelect().Table("installation").Column("id").Scan(ctx, &id)
	return id, found(err, "installation")
}
