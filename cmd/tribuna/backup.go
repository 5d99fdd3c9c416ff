package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/uptrace/bun"

	"tribuna/internal/backup"
	"tribuna/internal/config"
	"tribuna/internal/record"
	"tribuna/migrations"
	"tribuna/models"
)

// runBackup writes the database into one file, as the role that owns it.
func runBackup(ctx context.Context, cfg config.Config, args []string) error {
	if len(args) != 1 {
		return usageError{"backup to where? give a folder, or a file that does not exist yet"}
	}
	now, file := time.Now(), args[0]
	info, err := os.Stat(file)
	switch {
	case err == nil && info.IsDir():
		file = filepath.Join(file, backup.Name(now))
	case err != nil && filepath.Ext(file) != backup.Ending:
		return usageError{fmt.Sprintf("there is no folder %s: make it first, or name a file that ends in %s", file, backup.Ending)}
	}
	m, err := backup.Write(ctx, cfg.OwnerURL(), file, now)
	if err != nil {
		return err
	}
	fmt.Printf("%s: %d bytes, %s, migration %s\n", file, m.Bytes, counted(m.Records.Chains, "record", "records"), m.Level())
	fmt.Println("Keep it where only those may read it who may read the database, and TRIBUNA_LINK_KEY somewhere else: it is not in it.")
	return nil
}

// runRestore brings a backup back. What it brought stands still until doctor --release.
func runRestore(ctx context.Context, cfg config.Config, args []string) error {
	replace, file, err := restoreArgs(args)
	if err != nil {
		return err
	}
	m, err := backup.Check(file)
	if err != nil {
		return err
	}
	if newer := unknownMigrations(m); len(newer) > 0 {
		return fmt.Errorf("%s is of a newer Tribuna, which knows of %s: restore it with that one", file, strings.Join(newer, ", "))
	}
	if err := backup.Restore(ctx, cfg.OwnerURL(), file, replace); err != nil {
		return err
	}
	if err := migrate(ctx, cfg); err != nil {
		return fmt.Errorf("the backup is restored and cannot be migrated: %w", err)
	}
	held, err := settleRestored(ctx, cfg, m)
	if err != nil {
		return err
	}
	fmt.Printf("Restored as of %s: %s whole, %s held.\n", m.TakenAt.UTC().Format(time.RFC3339), counted(m.Records.Chains, "record is", "records are"),
		counted(held, "mail is", "mails are"))
	fmt.Printf("Nothing goes out by itself now. Start pages and workers, then run tribuna doctor --repair, and %s.\n", releaseCommand(held))
	return nil
}

func restoreArgs(args []string) (replace, file string, err error) {
	if len(args) == 3 && args[0] == "--replace" {
		replace, args = args[1], args[2:]
	}
	if len(args) != 1 || strings.HasPrefix(args[0], "-") {
		return "", "", usageError{"restore what? give a backup; --replace DATABASE before it removes what is in the database of that name"}
	}
	return replace, args[0], nil
}

// unknownMigrations are those of a backup that this programme does not have.
func unknownMigrations(m backup.Manifest) []string {
	files, err := migrations.Files().ReadDir(".")
	if err != nil {
		return nil
	}
	var known, unknown []string
	for _, f := range files {
		name, _, _ := strings.Cut(path.Base(f.Name()), "_")
		known = append(known, name)
	}
	for _, name := range m.Migrations {
		if !slices.Contains(known, name) {
			unknown = append(unknown, name)
		}
	}
	return unknown
}

// settleRestored holds what was restored against what was backed up, and makes it stand still.
func settleRestored(ctx context.Context, cfg config.Config, m backup.Manifest) (held int, err error) {
	db, err := models.Open(cfg.OwnerURL())
	if err != nil {
		return 0, err
	}
	defer db.Close()
	err = db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		held, err = models.MarkRestored(ctx, tx, time.Now())
		return err
	})
	if err != nil {
		return 0, err
	}
	return held, verifyRestored(ctx, cfg, db, m)
}

func verifyRestored(ctx context.Context, cfg config.Config, db *bun.DB, m backup.Manifest) error {
	conn, err := pgx.Connect(ctx, cfg.OwnerURL())
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	got, err := backup.ReadRecords(ctx, conn)
	if err != nil {
		return err
	}
	if got != m.Records {
		return errors.New("the records that were restored are not those that were backed up")
	}
	chains, err := models.Chains(ctx, db)
	if err != nil {
		return err
	}
	for _, id := range chains {
		r, err := record.Verify(ctx, db, id)
		if err != nil {
			return err
		}
		if !r.OK() {
			return fmt.Errorf("the record %s is not as it was written: see tribuna verify %s", id, id)
		}
	}
	return nil
}
