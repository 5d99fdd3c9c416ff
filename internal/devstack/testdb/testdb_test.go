package testdb_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"tribuna/internal/devstack/testdb"
	"tribuna/migrations"
	"tribuna/models"
)

func TestMain(m *testing.M) { testdb.Main(m) }

func count(t *testing.T, db bun.IDB, table string) int64 {
	n, err := db.NewSelect().Table(table).Count(context.Background())
	require.NoError(t, err)
	return n
}

func TestEveryTestHasADatabaseOfItsOwn(t *testing.T) {
	one, other := testdb.Open(t), testdb.Open(t)
	for _, db := range []testdb.DB{one, other} {
		pending, err := migrations.Pending(t.Context(), db.App)
		require.NoError(t, err)
		require.Zero(t, pending)
	}
	before := count(t, other.App, "languages")
	_, err := one.Owner.ExecContext(t.Context(), "DROP TABLE languages CASCADE")
	require.NoError(t, err)
	require.Equal(t, before, count(t, other.App, "languages"))
}

func TestTheRoleThatRunsChangesNoSchema(t *testing.T) {
	_, err := testdb.New(t).ExecContext(t.Context(), "CREATE TABLE mine (n int)")
	require.ErrorContains(t, err, "permission denied")
}

func TestOwnClusterIsMigrated(t *testing.T) {
	pg := testdb.OwnCluster(t)
	require.NoError(t, pg.Kill(t.Context()))
	require.NoError(t, pg.Restart(t.Context()))
	db, err := models.Open(pg.AppURL())
	require.NoError(t, err)
	defer db.Close()
	pending, err := migrations.Pending(t.Context(), db)
	require.NoError(t, err)
	require.Zero(t, pending)
}

func BenchmarkOpen(b *testing.B) {
	for b.Loop() {
		testdb.Open(b)
	}
}
