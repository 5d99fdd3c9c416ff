// Package migrations holds the database's schema as numbered SQL files and applies them.
package migrations

import (
	"context"
	"embed"
	"errors"
	"fmt"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/migrate"
)

//go:embed *.sql
var files embed.FS

// Files returns the embedded SQL files, for those who need to know whether the schema changed.
func Files() embed.FS { return files }

func migrator(db *bun.DB) (*migrate.Migrator, error) {
	found := migrate.NewMigrations()
	if err := found.Discover(files); err != nil {
		return nil, fmt.Errorf("read migrations: %w", err)
	}
	// A failed migration must not count as applied.
	return migrate.NewMigrator(db, found, migrate.WithMarkAppliedOnSuccess(true)), nil
}

// Migrate applies what is missing, as the role that owns the schema, and then grants appRole what the
// running programme may do: everything but changing the record, the decisions, the versions and the consents.
// An empty appRole, or the owner itself, is granted nothing more.
func Migrate(ctx context.Context, owner *bun.DB, appRole string) error {
	m, err := migrator(owner)
	if err != nil {
		return err
	}
	unlock, err := lock(ctx, owner)
	if err != nil {
		return err
	}
	defer unlock()
	if err := m.Init(ctx); err != nil {
		return fmt.Errorf("prepare migrations: %w", err)
	}
	if _, err := m.Migrate(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	if _, err := owner.ExecContext(ctx,
		`INSERT INTO installation (id) VALUES (gen_random_uuid()) ON CONFLICT (single) DO NOTHING`); err != nil {
		return fmt.Errorf("name the installation: %w", err)
	}
	return grant(ctx, owner, appRole)
}

// lockKey is the advisory lock of all who migrate one database.
const lockKey = 7_402_114

// lock waits until nobody else migrates. PostgreSQL lets go of the lock when the connection ends, so that a
// migration that was killed keeps nobody out; the row Bun locks by would.
func lock(ctx context.Context, owner *bun.DB) (unlock func(), err error) {
	conn, err := owner.Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("connect to migrate: %w", err)
	}
	if _, err := conn.ExecContext(ctx, `SELECT pg_advisory_lock(?)`, lockKey); err != nil {
		return nil, errors.Join(fmt.Errorf("wait for another migration: %w", err), conn.Close())
	}
	return func() {
		_, _ = conn.ExecContext(context.WithoutCancel(ctx), `SELECT pg_advisory_unlock(?)`, lockKey)
		_ = conn.Close()
	}, nil
}

// Pending reports how many migrations have not been applied.
func Pending(ctx context.Context, db *bun.DB) (int, error) {
	m, err := migrator(db)
	if err != nil {
		return 0, err
	}
	all, err := m.MigrationsWithStatus(ctx)
	if err != nil {
		return 0, fmt.Errorf("read applied migrations: %w", err)
	}
	return len(all.Unapplied()), nil
}

// appendOnly names the tables the running programme may read and add to, never change.
var appendOnly = []string{"record_entries", "decisions", "versions", "consents", "consent_texts"}

func grant(ctx context.Context, owner *bun.DB, appRole string) error {
	var me string
	if err := owner.NewSelect().ColumnExpr("current_user").Scan(ctx, &me); err != nil {
		return fmt.Errorf("read the current role: %w", err)
	}
	if appRole == "" || appRole == me {
		return nil
	}
	role := bun.Ident(appRole)
	steps := []string{
		`GRANT USAGE ON SCHEMA public TO ?`,
		`GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ?`,
		`REVOKE DELETE ON record_heads, record_texts, attachments FROM ?`,
	}
	for _, step := range steps {
		if _, err := owner.ExecContext(ctx, step, role); err != nil {
			return fmt.Errorf("grant rights to %s: %w", appRole, err)
		}
	}
	for _, table := range appendOnly {
		if _, err := owner.ExecContext(ctx, `REVOKE UPDATE, DELETE ON ? FROM ?`, bun.Ident(table), role); err != nil {
			return fmt.Errorf("limit rights on %s: %w", table, err)
		}
	}
	return nil
}
