// Package backup writes the whole database into one file and brings it back.
//
// The file is a zip archive of two parts: the dump as pg_dump writes it in its custom format, and a manifest that says
// what it must be found to be when it is brought back. Everything is read from one snapshot, so that what the manifest
// says of the records holds for the dump, whatever is written meanwhile. Sessions are left out: nobody is signed in by a
// backup. The file holds what the database holds, people's addresses above all: it is readable by its owner alone.
package backup

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// The parts of the file.
const (
	dumpName     = "database.dump"
	manifestName = "manifest.json"
	format       = 1
)

// Manifest says what is in a backup.
type Manifest struct {
	Format       int       `json:"format"`
	Tribuna      string    `json:"tribuna"`    // version of the programme
	PostgreSQL   string    `json:"postgresql"` // version of the server
	TakenAt      time.Time `json:"taken_at"`
	Installation uuid.UUID `json:"installation"`
	Migrations   []string  `json:"migrations"`
	Records      Records   `json:"records"`
	Bytes        int64     `json:"bytes"`  // of the dump
	SHA256       string    `json:"sha256"` // of the dump
}

// Records is the state of all decision records: how many there are, and one hash over all their heads.
type Records struct {
	Chains int    `json:"chains"`
	Heads  string `json:"heads"`
}

// Level is the newest migration of the database that was backed up.
func (m Manifest) Level() string {
	if len(m.Migrations) == 0 {
		return ""
	}
	return m.Migrations[len(m.Migrations)-1]
}

// Name is what a backup is called in a folder.
func Name(at time.Time) string { return "tribuna-" + at.UTC().Format("20060102T150405Z") + Ending }

// Ending is how the names of backups end.
const Ending = ".backup"

// Write backs up the database at url into a file that does not exist yet. A file of that name is a whole backup: it is
// read once more before it gets it.
func Write(ctx context.Context, url, path string, now time.Time) (Manifest, error) {
	if _, err := os.Stat(path); err == nil {
		return Manifest{}, fmt.Errorf("%s exists already: backups are not overwritten", path)
	}
	part := path + ".part"
	f, err := os.OpenFile(part, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return Manifest{}, fmt.Errorf("create the backup: %w", err)
	}
	defer os.Remove(part)
	err = write(ctx, f, url, now)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return Manifest{}, err
	}
	m, err := Check(part)
	if err != nil {
		return m, err
	}
	return m, errors.Join(os.Rename(part, path), syncFolder(filepath.Dir(path)))
}

func syncFolder(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

func write(ctx context.Context, w io.Writer, url string, now time.Time) error {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return fmt.Errorf("connect to the database: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	tx, err := conn.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return fmt.Errorf("begin the snapshot: %w", err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }()
	m := Manifest{Format: format, Tribuna: version(), TakenAt: now.UTC()}
	snapshot, err := m.read(ctx, tx)
	if err != nil {
		return err
	}
	archive := zip.NewWriter(w)
	entry, err := archive.CreateHeader(&zip.FileHeader{Name: dumpName, Method: zip.Store, Modified: m.TakenAt})
	if err != nil {
		return err
	}
	sum := &counted{Writer: entry, hash: sha256.New()}
	if err := dump(ctx, sum, url, snapshot); err != nil {
		return err
	}
	m.Bytes, m.SHA256 = sum.n, hex.EncodeToString(sum.hash.Sum(nil))
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	if entry, err = archive.Create(manifestName); err == nil {
		_, err = entry.Write(text)
	}
	return errors.Join(err, archive.Close())
}

// read fills the manifest from the snapshot and returns the snapshot's name, by which pg_dump reads the same.
func (m *Manifest) read(ctx context.Context, tx pgx.Tx) (snapshot string, err error) {
	err = tx.QueryRow(ctx, `SELECT pg_export_snapshot(), current_setting('server_version'), (SELECT id FROM installation),
		(SELECT coalesce(array_agg(name ORDER BY name), '{}') FROM bun_migrations)`).
		Scan(&snapshot, &m.PostgreSQL, &m.Installation, &m.Migrations)
	if err != nil {
		return "", fmt.Errorf("read what is backed up (is the database migrated?): %w", err)
	}
	m.Records, err = ReadRecords(ctx, tx)
	return snapshot, err
}

// ReadRecords reads the heads of all records.
func ReadRecords(ctx context.Context, db interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}) (Records, error) {
	rows, err := db.Query(ctx, `SELECT chain::text || ' ' || count || ' ' || hash FROM record_heads ORDER BY chain`)
	if err != nil {
		return Records{}, fmt.Errorf("read the heads of the records: %w", err)
	}
	heads, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return Records{}, fmt.Errorf("read the heads of the records: %w", err)
	}
	sum := sha256.New()
	for _, head := range heads {
		fmt.Fprintln(sum, head)
	}
	return Records{Chains: len(heads), Heads: hex.EncodeToString(sum.Sum(nil))}, nil
}

// counted counts and hashes what is written through it.
type counted struct {
	io.Writer
	hash hash.Hash
	n    int64
}

func (c *counted) Write(b []byte) (int, error) {
	n, err := c.Writer.Write(b)
	c.n += int64(n)
	c.hash.Write(b[:n])
	return n, err
}

// version is that of the programme, as built.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return s.Value
		}
	}
	return info.Main.Version
}

// Check reads a backup from end to end and returns its manifest, or what is wrong with it.
func Check(path string) (Manifest, error) {
	var m Manifest
	err := open(path, func(manifest Manifest, dump io.Reader) error {
		m = manifest
		sum := &counted{Writer: io.Discard, hash: sha256.New()}
		if _, err := io.Copy(sum, dump); err != nil {
			return fmt.Errorf("%s is damaged: %w", path, err)
		}
		if sum.n != m.Bytes || hex.EncodeToString(sum.hash.Sum(nil)) != m.SHA256 {
			return fmt.Errorf("%s is damaged: the dump is not the one that was written", path)
		}
		return nil
	})
	return m, err
}

func open(path string, use func(m Manifest, dump io.Reader) error) error {
	archive, err := zip.OpenReader(path)
	if err != nil {
		return fmt.Errorf("%s is no whole backup: %w", path, err)
	}
	defer archive.Close()
	f, err := archive.Open(manifestName)
	if err != nil {
		return fmt.Errorf("%s is no backup of Tribuna: %w", path, err)
	}
	defer f.Close()
	var m Manifest
	if err := json.NewDecoder(f).Decode(&m); err != nil {
		return fmt.Errorf("%s has a damaged manifest: %w", path, err)
	}
	if m.Format != format {
		return fmt.Errorf("%s has the format %d, which this version of Tribuna does not know", path, m.Format)
	}
	dump, err := archive.Open(dumpName)
	if err != nil {
		return fmt.Errorf("%s has no dump: %w", path, err)
	}
	defer dump.Close()
	return use(m, dump)
}
