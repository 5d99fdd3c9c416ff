package workflows_test

import (
	"testing"

	"tribuna/internal/devstack/testdb"
)

func TestMain(m *testing.M) { testdb.Main(m) }
