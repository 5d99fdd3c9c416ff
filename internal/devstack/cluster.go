package devstack

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5"
)

// findPrograms is the folder that holds initdb and postgres: the newest of
// Debian's folders, where they are not on the PATH by default, else the PATH.
func findPrograms() (string, error) {
	dirs, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
	slices.SortFunc(dirs, func(a, b string) int { return majorOf(b) - majorOf(a) })
	if found, err := exec.LookPath("initdb"); err == nil {
		if resolved, err := filepath.EvalSymlinks(found); err == nil {
			dirs = append([]string{filepath.Dir(resolved)}, dirs...)
		}
	}
	for _, dir := range dirs {
		if isFile(filepath.Join(dir, "initdb")) && isFile(filepath.Join(dir, "postgres")) {
			return dir, nil
		}
	}
	return "", errors.New("the programs of PostgreSQL are missing: install the package postgresql (version 15 or newer), or set DATABASE_URL to a running PostgreSQL")
}

func majorOf(binDir string) int {
	n, _ := strconv.Atoi(filepath.Base(filepath.Dir(binDir)))
	return n
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// PostgresVersion is what `postgres --version` prints, for instance
// "postgres (PostgreSQL) 15.14".
func PostgresVersion() (string, error) {
	dir, err := findPrograms()
	if err != nil {
		return "", err
	}
	out, err := exec.Command(filepath.Join(dir, "postgres"), "--version").Output()
	return strings.TrimSpace(string(out)), err
}

// ensureCluster creates the cluster once, beside its final name, so that an
// interrupted creation is begun anew instead of being taken for a cluster.
func (p *Postgres) ensureCluster(ctx context.Context) error {
	if err := os.MkdirAll(p.opts.Dir, 0o700); err != nil {
		return fmt.Errorf("folder of PostgreSQL: %w", err)
	}
	if err := p.ensureSecret(); err != nil {
		return err
	}
	if isFile(filepath.Join(p.dataDir(), "PG_VERSION")) {
		return p.id.own(p.opts.Dir)
	}
	fresh := p.dataDir() + ".new"
	if err := os.RemoveAll(fresh); err != nil {
		return err
	}
	if err := p.initdb(ctx, fresh); err != nil {
		return err
	}
	return os.Rename(fresh, p.dataDir())
}

// initdb makes the cluster. Passwords are asked for even on 127.0.0.1: other
// users of the same machine can reach that address too. C.UTF-8 sorts by code
// point everywhere alike and, unlike C, knows Cyrillic letters.
func (p *Postgres) initdb(ctx context.Context, dir string) error {
	password := filepath.Join(p.opts.Dir, "initdb-password")
	if err := os.WriteFile(password, []byte(p.password(AdminRole)), 0o600); err != nil {
		return err
	}
	defer os.Remove(password)
	args := []string{"-D", dir, "-U", AdminRole, "--pwfile", password,
		"--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C.UTF-8"}
	if !p.opts.Fsync {
		// Test clusters are copied by the dozen: keep the log files small.
		args = append(args, "--no-sync", "--wal-segsize", "1")
	}
	if err := p.id.own(p.opts.Dir); err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, filepath.Join(p.programs, "initdb"), args...)
	cmd.Dir = "/"
	cmd.SysProcAttr = p.id.attr()
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("create the PostgreSQL cluster in %s: %w: %s", dir, err, strings.TrimSpace(string(out)))
	}
	return nil
}

// ensureSecret keeps one random secret per cluster, from which the passwords
// of its roles are derived.
func (p *Postgres) ensureSecret() error {
	path := filepath.Join(p.opts.Dir, "secret")
	secret, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		secret = make([]byte, 32)
		if _, err = rand.Read(secret); err == nil {
			err = os.WriteFile(path, secret, 0o600)
		}
	}
	p.secret = secret
	return err
}

func (p *Postgres) password(role string) string {
	mac := hmac.New(sha256.New, p.secret)
	mac.Write([]byte(role))
	return hex.EncodeToString(mac.Sum(nil))
}

// ensureRoles creates the roles and the database where they are missing. The
// owner may hand out the rights; the role that runs starts with none.
func (p *Postgres) ensureRoles(ctx context.Context) error {
	conn, err := pgx.Connect(ctx, p.URL(AdminRole, "postgres"))
	if err != nil {
		return fmt.Errorf("connect to PostgreSQL: %w", err)
	}
	defer conn.Close(ctx)
	for _, want := range []struct{ exists, create string }{
		{"SELECT 1 FROM pg_roles WHERE rolname = '" + OwnerRole + "'",
			fmt.Sprintf("CREATE ROLE %s LOGIN PASSWORD '%s'", OwnerRole, p.password(OwnerRole))},
		{"SELECT 1 FROM pg_roles WHERE rolname = '" + AppRole + "'",
			fmt.Sprintf("CREATE ROLE %s LOGIN PASSWORD '%s'", AppRole, p.password(AppRole))},
		{"SELECT 1 FROM pg_database WHERE datname = '" + Database + "'",
			fmt.Sprintf("CREATE DATABASE %s OWNER %s", Database, OwnerRole)},
	} {
		var found int
		err := conn.QueryRow(ctx, want.exists).Scan(&found)
		if errors.Is(err, pgx.ErrNoRows) {
			_, err = conn.Exec(ctx, want.create)
		}
		if err != nil {
			return fmt.Errorf("prepare the database: %w", err)
		}
	}
	return nil
}

// clearStale makes way after a crash: it ends what is left of an earlier
// server in this folder. The pid file stays, PostgreSQL frees by it the shared
// memory of the crashed server; unless its number belongs by now to somebody
// else, which PostgreSQL would take for a running server.
func (p *Postgres) clearStale(ctx context.Context) error {
	if err := clearLeftovers(ctx, p.dataDir()); err != nil {
		return err
	}
	path := filepath.Join(p.dataDir(), "postmaster.pid")
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	first, _, _ := strings.Cut(string(text), "\n")
	if pid, err := strconv.Atoi(first); err == nil && syscall.Kill(pid, 0) == syscall.ESRCH {
		return nil
	}
	return os.Remove(path)
}
