package web

import (
	"os"
	"testing"

	"tribuna/internal/devstack/testbrowser"
	"tribuna/internal/devstack/testdb"
	"tribuna/internal/devstack/testtemporal"
)

func TestMain(m *testing.M) {
	code := m.Run()
	testbrowser.Stop()
	testtemporal.Stop()
	testdb.Stop()
	os.Exit(code)
}
