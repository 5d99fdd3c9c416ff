package activities

import (
	"testing"

	"tribuna/internal/devstack/testdb"
)

func TestMain(m *testing.M) { testdb.Main(m) }
