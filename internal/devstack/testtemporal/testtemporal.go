// Package testtemporal gives integration tests a real Temporal server: one per
// test program, started by the first test that needs it, or one of a test's
// own that can be killed.
//
// Tests share the server, so each uses a task queue and workflow ids of its
// own. A package that also needs databases writes:
//
//	func TestMain(m *testing.M) {
//		code := m.Run()
//		testtemporal.Stop()
//		testdb.Stop()
//		os.Exit(code)
//	}
//
// Tests that need one are skipped by the short ones.
package testtemporal

import (
	"context"
	"os"
	"sync"
	"testing"
	"time"

	"go.temporal.io/sdk/client"

	"tribuna/internal/devstack"
)

// startTimeout bounds the start of a server.
const startTimeout = time.Minute

var shared struct {
	sync.Mutex
	server *devstack.Temporal
	dir    string
}

// Main runs a package's tests and stops the server behind them.
func Main(m *testing.M) {
	code := m.Run()
	Stop()
	os.Exit(code)
}

// Stop ends the server of this test program, if it was started.
func Stop() {
	shared.Lock()
	defer shared.Unlock()
	if shared.server == nil {
		return
	}
	_ = shared.server.Kill()
	_ = os.RemoveAll(shared.dir)
	shared.server = nil
}

// Server is the server of this test program.
func Server(t testing.TB) *devstack.Temporal {
	t.Helper()
	notShort(t)
	shared.Lock()
	defer shared.Unlock()
	if shared.server != nil {
		return shared.server
	}
	dir, err := os.MkdirTemp("", "tribuna-testtemporal-")
	if err != nil {
		t.Fatal(err)
	}
	shared.server, shared.dir = start(t, dir), dir
	return shared.server
}

// Client is a connection to the shared server, closed after the test.
func Client(t testing.TB) client.Client {
	t.Helper()
	return dial(t, Server(t))
}

// Own is a server of the test's own, for tests that stop, kill and restart it.
func Own(t testing.TB) *devstack.Temporal {
	t.Helper()
	notShort(t)
	server := start(t, t.TempDir())
	t.Cleanup(func() { _ = server.Kill() })
	return server
}

// OwnClient is a connection to a server of the test's own, closed after the test.
func OwnClient(t testing.TB, server *devstack.Temporal) client.Client {
	t.Helper()
	return dial(t, server)
}

func notShort(t testing.TB) {
	t.Helper()
	if testing.Short() {
		t.Skip("a running process is not for the short tests")
	}
}

func start(t testing.TB, dir string) *devstack.Temporal {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	server, err := devstack.StartTemporal(ctx, devstack.TemporalOptions{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	return server
}

func dial(t testing.TB, server *devstack.Temporal) client.Client {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	c, err := server.Dial(ctx)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}
