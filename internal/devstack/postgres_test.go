package devstack_test

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"tribuna/internal/devstack"
)

func within(t *testing.T, d time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), d)
	t.Cleanup(cancel)
	return ctx
}

func startPostgres(t *testing.T, dir string) *devstack.Postgres {
	if testing.Short() {
		t.Skip("servers of a test's own are not for the short tests")
	}
	pg, err := devstack.StartPostgres(within(t, time.Minute), devstack.PostgresOptions{Dir: dir, Fsync: true})
	require.NoError(t, err)
	t.Cleanup(func() { _ = pg.Discard(context.Background()) })
	return pg
}

func query[T any](t *testing.T, url, sql string, args ...any) T {
	ctx := within(t, 20*time.Second)
	conn, err := pgx.Connect(ctx, url)
	require.NoError(t, err)
	defer conn.Close(ctx)
	var got T
	require.NoError(t, conn.QueryRow(ctx, sql, args...).Scan(&got))
	return got
}

// keep stores n in a table of its own.
func keep(t *testing.T, pg *devstack.Postgres, n int) {
	ctx := within(t, 20*time.Second)
	conn, err := pgx.Connect(ctx, pg.OwnerURL())
	require.NoError(t, err)
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, "CREATE TABLE kept AS SELECT "+strconv.Itoa(n)+" AS n")
	require.NoError(t, err)
}

func TestPostgresKeepsAcknowledgedRowsThroughKillAndRestart(t *testing.T) {
	pg := startPostgres(t, t.TempDir())
	port := pg.Port()
	keep(t, pg, 1)

	// A connection in the middle of something must not keep the next start out.
	busy, err := pgx.Connect(within(t, time.Minute), pg.OwnerURL())
	require.NoError(t, err)
	sleeping := make(chan error, 1)
	go func() {
		_, err := busy.Exec(context.Background(), "SELECT pg_sleep(60)")
		sleeping <- err
	}()
	require.NoError(t, pg.Kill(within(t, 10*time.Second)))
	require.Error(t, <-sleeping)

	require.NoError(t, pg.Restart(within(t, 30*time.Second)))
	require.Equal(t, port, pg.Port())
	require.Equal(t, 1, query[int](t, pg.OwnerURL(), `SELECT count(*) FROM kept`))
}

func TestPostgresStopsAndStartsAgainInTheSameFolder(t *testing.T) {
	dir := t.TempDir()
	pg := startPostgres(t, dir)
	keep(t, pg, 7)
	require.NoError(t, pg.Stop(within(t, 20*time.Second)))
	require.NoFileExists(t, filepath.Join(dir, "data", "postmaster.pid"))
	<-pg.Done()

	again := startPostgres(t, dir)
	require.Equal(t, 7, query[int](t, again.OwnerURL(), `SELECT n FROM kept`))
}

func TestPostgresSurvivesAForeignPidFile(t *testing.T) {
	dir := t.TempDir()
	pg := startPostgres(t, dir)
	require.NoError(t, pg.Stop(within(t, 20*time.Second)))
	// The number of a process that lives (this one) but is no PostgreSQL.
	pidFile := filepath.Join(dir, "data", "postmaster.pid")
	require.NoError(t, os.WriteFile(pidFile, []byte("1\n"+dir+"/data\n"), 0o600))
	require.NoError(t, pg.Restart(within(t, 20*time.Second)))
}

func TestPostgresRolesAndLetters(t *testing.T) {
	pg := startPostgres(t, t.TempDir())
	require.Equal(t, devstack.AppRole, query[string](t, pg.AppURL(), `SELECT current_user::text`))
	require.Equal(t, "ДЕЦА", query[string](t, pg.AppURL(), `SELECT upper('деца')`))
	require.False(t, query[bool](t, pg.AppURL(), `SELECT has_schema_privilege('public', 'CREATE')`), "the role that runs makes no tables")
	require.True(t, query[bool](t, pg.OwnerURL(), `SELECT has_schema_privilege('public', 'CREATE')`))

	ctx := within(t, 20*time.Second)
	_, err := pgx.Connect(ctx, "postgres://postgres:wrong@127.0.0.1/postgres?port="+strconv.Itoa(pg.Port()))
	require.ErrorContains(t, err, "password authentication failed")

	keep(t, pg, 3)
	require.NoError(t, pg.CreateDatabase(ctx, "copy", devstack.Database))
	require.Equal(t, 3, query[int](t, pg.URL(devstack.OwnerRole, "copy"), `SELECT n FROM kept`))
	require.NoError(t, pg.DropDatabase(ctx, "copy"))
}
