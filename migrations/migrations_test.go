package migrations_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"tribuna/internal/devstack/testdb"
	"tribuna/migrations"
)

func TestMain(m *testing.M) { testdb.Main(m) }

// schema is everything the migrations make, as PostgreSQL describes it.
func schema(t *testing.T, db *bun.DB) []string {
	t.Helper()
	var all []string
	require.NoError(t, db.NewRaw(`
		SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable || ' ' || coalesce(column_default, '') FROM information_schema.columns
			WHERE table_schema = 'public' AND table_name NOT LIKE 'bun_%'
		UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename NOT LIKE 'bun_%'
		UNION ALL SELECT conrelid::regclass::text || ' ' || conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
			WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text NOT LIKE 'bun_%'
		UNION ALL SELECT tgrelid::regclass::text || ' ' || pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
		UNION ALL SELECT p.proname || ' ' || p.prosrc FROM pg_proc AS p WHERE p.pronamespace = 'public'::regnamespace
			AND NOT EXISTS (SELECT 1 FROM pg_depend AS d WHERE d.objid = p.oid AND d.deptype = 'e')
		ORDER BY 1`).Scan(t.Context(), &all))
	return all
}

func TestWhatIsMigratedCanBeTakenBackAndMigratedAgain(t *testing.T) {
	db := testdb.Open(t)
	before := schema(t, db.Owner)
	require.NotEmpty(t, before)
	require.NoError(t, migrations.Rollback(t.Context(), db.Owner))
	require.Empty(t, schema(t, db.Owner), "nothing of it is left")
	require.NoError(t, migrations.Migrate(t.Context(), db.Owner, "tribuna_app"))
	require.Equal(t, before, schema(t, db.Owner))
}
