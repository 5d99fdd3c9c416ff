package api

import (
	"os"
	"testing"

	"tribuna/internal/devstack/testdb"
	"tribuna/internal/devstack/testtemporal"
)

func TestMain(m *testing.M) {
	code := m.Run()
	testtemporal.Stop()
	testdb.Stop()
	os.Exit(code)
}
