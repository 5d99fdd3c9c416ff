package testdb

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/uptrace/bun"

	"tribuna/internal/devstack"
)

// Prepared gives tests databases that all begin with the same rows, which are
// written once per test program. The zero value with Fill set is ready.
type Prepared struct {
	Fill func(ctx context.Context, db *bun.DB) error

	mu   sync.Mutex
	name string // of the filled database, once it is
}

// Open is a fresh copy of the filled database, dropped soon after the test.
func (p *Prepared) Open(t testing.TB) DB {
	t.Helper()
	return open(t, p.filled(t))
}

// filled names the database that is copied. Nobody may be connected to it.
func (p *Prepared) filled(t testing.TB) string {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.name != "" {
		return p.name
	}
	pg := cluster(t)
	name := fmt.Sprintf("prepared_%d", shared.n.Add(1))
	must(t, pg.CreateDatabase(t.Context(), name, devstack.Database))
	db := connect(t, pg.URL(devstack.AppRole, name))
	err := p.Fill(t.Context(), db)
	must(t, db.Close())
	must(t, err)
	p.name = name
	return name
}
