package web

import (
	"flag"
	"os"
	"runtime/debug"
	"sync"
	"testing"

	"tribuna/internal/devstack/testbrowser"
	"tribuna/internal/devstack/testdb"
	"tribuna/internal/devstack/testtemporal"
	"tribuna/internal/i18n"
)

// generous is by how many percent the heap may grow before it is cleared: the pages of all languages, parsed once and kept, make
// each clearing dear, which takes a sixth of these tests' time at Go's 100.
const generous = 300

// atOnce is how many tests run side by side of those that mostly wait: for a browser, a process, a server.
const atOnce = "4"

func TestMain(m *testing.M) {
	debug.SetGCPercent(generous)
	i18n.MustHaveAll()
	if err := flag.Set("test.parallel", atOnce); err != nil { // unless the command says how many
		panic(err)
	}
	code := m.Run()
	testbrowser.Stop()
	testtemporal.Stop()
	testdb.Stop()
	os.Exit(code)
}

// besides are the tests that run beside others.
var besides sync.Map

// alongside has a test run beside others that wait as it does; to say it once more, as who opens a browser and an office does, changes
// nothing.
func alongside(t *testing.T) {
	t.Helper()
	if _, already := besides.LoadOrStore(t, true); already {
		return
	}
	t.Cleanup(func() { besides.Delete(t) })
	t.Parallel()
}
