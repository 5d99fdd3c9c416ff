// Package testdb gives every test a PostgreSQL database of its own, migrated
// and empty, as the role that runs sees it.
//
// A cluster with the migrated database is built once per state of the
// migrations and kept in the user's cache folder; each test program starts a
// copy of it, and each test copies the database within it, which takes some
// 30 ms. Tests of packages that testdb itself imports (models, migrations and
// what they import) are written in their external test package.
package testdb

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"tribuna/internal/devstack"
	"tribuna/models"
)

// startTimeout bounds the start of a cluster, building the template included.
const startTimeout = 2 * time.Minute

// shared is the cluster of this test program, started by the first test that
// needs it.
var shared struct {
	sync.Mutex
	pg  *devstack.Postgres
	dir string
	n   atomic.Int64
}

var dropping sync.Mutex

// DB is one test's database, seen by both roles.
type DB struct {
	App, Owner       *bun.DB // closed when the test ends
	AppURL, OwnerURL string
}

// Main runs a package's tests and stops the cluster behind them:
//
//	func TestMain(m *testing.M) { testdb.Main(m) }
func Main(m *testing.M) {
	code := m.Run()
	Stop()
	os.Exit(code)
}

// Stop ends the cluster of this test program, if it was started. For those
// who write a TestMain of their own.
func Stop() {
	shared.Lock()
	defer shared.Unlock()
	if shared.pg == nil {
		return
	}
	discard(shared.pg)
	_ = os.RemoveAll(shared.dir)
	shared.pg = nil
}

// New is a fresh migrated database as the role that runs.
func New(t testing.TB) *bun.DB {
	t.Helper()
	return Open(t).App
}

// Open is a fresh migrated database as both roles, dropped soon after the test.
func Open(t testing.TB) DB {
	t.Helper()
	return open(t, devstack.Database)
}

func open(t testing.TB, template string) DB {
	t.Helper()
	pg := cluster(t)
	name := fmt.Sprintf("test_%d_%s", shared.n.Add(1), identifier(t.Name()))
	must(t, pg.CreateDatabase(t.Context(), name, template))
	db := DB{AppURL: pg.URL(devstack.AppRole, name), OwnerURL: pg.URL(devstack.OwnerRole, name)}
	db.App, db.Owner = connect(t, db.AppURL), connect(t, db.OwnerURL)
	t.Cleanup(func() {
		_ = db.App.Close()
		_ = db.Owner.Close()
		go drop(pg, name)
	})
	return db
}

// drop is waited for by no test: PostgreSQL takes 100 ms and more when a
// connection to the database is just being closed. One at a time, because
// each takes a checkpoint; at the end the cluster goes with what is left.
func drop(pg *devstack.Postgres, name string) {
	dropping.Lock()
	defer dropping.Unlock()
	_ = pg.DropDatabase(context.Background(), name)
}

// OwnCluster is a PostgreSQL of the test's own, with the migrated database and
// real fsync, for tests that stop, kill and restart it. The short ones skip them.
func OwnCluster(t testing.TB) *devstack.Postgres {
	t.Helper()
	if testing.Short() {
		t.Skip("a server that is killed is not for the short tests")
	}
	dir := t.TempDir()
	pg, err := startCopy(dir, true)
	must(t, err)
	t.Cleanup(func() { discard(pg) })
	return pg
}

func discard(pg *devstack.Postgres) {
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	_ = pg.Discard(ctx)
}

func cluster(t testing.TB) *devstack.Postgres {
	t.Helper()
	shared.Lock()
	defer shared.Unlock()
	if shared.pg != nil {
		return shared.pg
	}
	dir, err := makePlace()
	must(t, err)
	pg, err := startCopy(dir, false)
	if err != nil {
		_ = os.RemoveAll(dir)
	}
	must(t, err)
	shared.pg, shared.dir = pg, dir
	return pg
}

// startCopy copies the template cluster into dir and starts it.
func startCopy(dir string, fsync bool) (*devstack.Postgres, error) {
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	if err := copyTemplate(ctx, dir); err != nil {
		return nil, fmt.Errorf("template database: %w", err)
	}
	return devstack.StartPostgres(ctx, devstack.PostgresOptions{Dir: dir, Fsync: fsync})
}

func connect(t testing.TB, url string) *bun.DB {
	t.Helper()
	db, err := models.Open(url)
	must(t, err)
	return db
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// identifier is a test's name as part of a database name, which PostgreSQL
// cuts off after 63 bytes.
func identifier(name string) string {
	clean := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '_'
	}, strings.ToLower(name))
	return clean[:min(len(clean), 40)]
}
