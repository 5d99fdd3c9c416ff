// Package migrations holds the database's schema as numbered SQL files and applies them.
package migrations

import (
	"context"
	"embed"
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
// running programme may do: everything but changing the record, the decisions and the versions.
// An empty appRole, or the owner itself, is granted nothing more.
func Migrate(ctx context.Context, owner *bun.DB, appRole string) error {
	m, err := migrator(owner)
	if err != nil {
		return err
	}
	if err := m.Init(ctx); err != nil {
		return fmt.Errorf("prepare migrations: %w", err)
	}
	if err := m.Lock(ctx); err != nil {
		return fmt.Errorf("another migration is running, or one was cut off (see docs/operations.md): %w", err)
	}
	defer func() { _ = m.Unlock(context.WithoutCancel(ctx)) }()
	if _, err := m.Migrate(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	if _, err := owner.ExecContext(ctx,
		`INSERT INTO installation (id) VALUES (gen_random_uuid()) ON CONFLICT (single) DO NOTHING`); err != nil {
		return fmt.Errorf("name the installation: %w", err)
	}
	return grant(ctx, owner, appRole)
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
var appendOnly = []string{"record_entries", "decisions", "versions"}

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
		`REVOKE DELETE ON record_heads, record_texts FROM ?`,
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
