package web

import (
	"os"
	"runtime/debug"
	"testing"

	"tribuna/internal/devstack/testbrowser"
	"tribuna/internal/devstack/testdb"
	"tribuna/internal/devstack/testtemporal"
)

// generous is by how many percent the heap may grow before it is cleared: the pages of all languages, parsed once and kept, make
// each clearing dear, which takes a sixth of these tests' time at Go's 100.
const generous = 300

func TestMain(m *testing.M) {
	debug.SetGCPercent(generous)
	code := m.Run()
	testbrowser.Stop()
	testtemporal.Stop()
	testdb.Stop()
	os.Exit(code)
}
