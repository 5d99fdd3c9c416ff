package api

import (
	"os"
	"testing"

	"tribuna/internal/devstack/testdb"
	"tribuna/internal/devstack/testtemporal"
	"tribuna/internal/i18n"
)

func TestMain(m *testing.M) {
	i18n.MustHaveAll()
	code := m.Run()
	testtemporal.Stop()
	testdb.Stop()
	os.Exit(code)
}
