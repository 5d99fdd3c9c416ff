package testdb

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"tribuna/internal/devstack"
	"tribuna/migrations"
	"tribuna/models"
)

const (
	// format is part of a template's key: raise it when what is built here
	// changes without the migrations changing.
	format = "1"
	// keepTemplates is how long templates of other migrations are kept, so
	// that going back and forth between two versions stays fast.
	keepTemplates = 7 * 24 * time.Hour
)

// copyTemplate fills dir with a copy of the template, built first if need be.
// A lock over all test programs of the user sees to it that one builds and
// the others wait.
func copyTemplate(ctx context.Context, dir string) error {
	base, err := cacheDir()
	if err != nil {
		return err
	}
	key, err := templateKey()
	if err != nil {
		return err
	}
	unlock, err := lock(filepath.Join(base, "lock"))
	if err != nil {
		return err
	}
	defer unlock()
	template := filepath.Join(base, key)
	if _, err := os.Stat(template); errors.Is(err, fs.ErrNotExist) {
		if err := buildTemplate(ctx, template); err != nil {
			return err
		}
		prune(base, key)
	}
	out, err := exec.CommandContext(ctx, "cp", "-a", "--reflink=auto", template+"/.", dir).CombinedOutput()
	if err != nil {
		return fmt.Errorf("copy: %w: %s", err, out)
	}
	return nil
}

func cacheDir() (string, error) {
	base, err := os.UserCacheDir()
	if err != nil {
		base = os.TempDir()
	}
	base = filepath.Join(base, "tribuna-test")
	return base, os.MkdirAll(base, 0o700)
}

// templateKey changes with everything the template depends on: the files of
// the migrations, Go and SQL, and PostgreSQL's version.
func templateKey() (string, error) {
	sum := sha256.New()
	version, err := devstack.PostgresVersion()
	if err != nil {
		return "", err
	}
	fmt.Fprintln(sum, format, version)
	checkout, err := devstack.Checkout()
	if err != nil {
		return "", err
	}
	names, err := filepath.Glob(filepath.Join(checkout, "migrations", "*.go"))
	if err != nil {
		return "", err
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			return "", err
		}
		fmt.Fprintln(sum, filepath.Base(name), len(text))
		sum.Write(text)
	}
	// The SQL that this very program will run, which an edit meanwhile does not change.
	embedded := migrations.Files()
	if err := fs.WalkDir(embedded, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := embedded.ReadFile(name)
		fmt.Fprintln(sum, name, len(text))
		sum.Write(text)
		return err
	}); err != nil {
		return "", err
	}
	return hex.EncodeToString(sum.Sum(nil)[:12]), nil
}

// buildTemplate makes the cluster beside its final name, so that a template
// that exists is always whole.
func buildTemplate(ctx context.Context, template string) error {
	fresh := template + ".new"
	if err := os.RemoveAll(fresh); err != nil {
		return err
	}
	pg, err := devstack.StartPostgres(ctx, devstack.PostgresOptions{Dir: fresh})
	if err != nil {
		return err
	}
	if err := migrate(ctx, pg); err != nil {
		_ = pg.Kill(ctx)
		return err
	}
	if err := pg.Stop(ctx); err != nil {
		return err
	}
	return os.Rename(fresh, template)
}

func migrate(ctx context.Context, pg *devstack.Postgres) error {
	owner, err := models.Open(pg.OwnerURL())
	if err != nil {
		return err
	}
	defer owner.Close()
	return migrations.Migrate(ctx, owner, devstack.AppRole)
}

// prune removes templates of other migrations that are old.
func prune(base, keep string) {
	entries, _ := os.ReadDir(base)
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || !e.IsDir() || e.Name() == keep || time.Since(info.ModTime()) < keepTemplates {
			continue
		}
		_ = os.RemoveAll(filepath.Join(base, e.Name()))
	}
}

// lock waits for the lock file; the kernel lets go of it when we die.
func lock(path string) (unlock func(), err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return func() { _ = f.Close() }, nil
}
