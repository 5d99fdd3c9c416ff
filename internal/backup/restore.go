package backup

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/jackc/pgx/v5"
)

// clearAll removes what is in the database, in the transaction that brings in what was backed up.
const clearAll = `
SET client_min_messages = warning;
DO $$
DECLARE thing text;
BEGIN
    FOR thing IN SELECT format('%I.%I', schemaname, tablename) FROM pg_catalog.pg_tables WHERE schemaname = 'public' LOOP
        EXECUTE 'DROP TABLE ' || thing || ' CASCADE';
    END LOOP;
    FOR thing IN SELECT p.oid::pg_catalog.regprocedure FROM pg_catalog.pg_proc AS p WHERE p.pronamespace = 'public'::pg_catalog.regnamespace
        AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend AS d WHERE d.objid = p.oid AND d.deptype = 'e') LOOP
        EXECUTE 'DROP FUNCTION ' || thing || ' CASCADE';
    END LOOP;
END $$;
`

// standStill marks the database as restored before anybody sees it. One from before there was such a mark gets it when it
// was migrated; until then nothing of this version runs on it.
const standStill = `
DO $$
BEGIN
    IF EXISTS (SELECT 1 FROM information_schema.columns WHERE table_schema = 'public' AND table_name = 'installation' AND column_name = 'restored_at') THEN
        UPDATE public.installation SET restored_at = now();
    END IF;
END $$;
COMMIT;
`

// Restore brings a backup into the database at url, as one transaction: a restore that fails leaves what was there.
// Replace names the database if what is in it may be removed; else one that is not empty is refused, and so is one that
// somebody is connected to.
func Restore(ctx context.Context, url, path, replace string) error {
	if err := mayRestore(ctx, url, replace); err != nil {
		return err
	}
	return open(path, func(_ Manifest, dump io.Reader) error { return bringIn(ctx, dump, url) })
}

func mayRestore(ctx context.Context, url, replace string) error {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return fmt.Errorf("connect to the database: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	var name string
	var tables, others int
	err = conn.QueryRow(ctx, `SELECT current_database(), (SELECT count(*) FROM pg_tables WHERE schemaname = 'public'),
		(SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND usesysid IS NOT NULL)`).
		Scan(&name, &tables, &others)
	switch {
	case err != nil:
		return fmt.Errorf("look at the database: %w", err)
	case replace != "" && replace != name:
		return fmt.Errorf("the database is called %s, not %s: nothing was done", name, replace)
	case tables > 0 && replace == "":
		return fmt.Errorf("the database %s is not empty: restore into an empty one, or say --replace %s to remove all that is in it", name, name)
	case others > 0:
		return fmt.Errorf("somebody is connected to %s (%d times): stop pages and workers first, or `tribuna dev`", name, others)
	}
	return nil
}

// bringIn has pg_restore write the dump as SQL and psql run it. The transaction is ended only after pg_restore said that
// all was written: when it fails, psql finds the end of its input and PostgreSQL takes everything back.
func bringIn(ctx context.Context, dump io.Reader, url string) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	out, in := io.Pipe()
	taken := make(chan error, 1)
	go func() {
		err := runProgram(ctx, program{name: "psql", url: url, stdin: out, args: []string{"--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1"}})
		_ = out.CloseWithError(errors.Join(err, io.ErrClosedPipe))
		taken <- err
	}()
	_, err := io.WriteString(in, "BEGIN;\n"+clearAll)
	if err == nil {
		err = runProgram(ctx, program{name: "pg_restore", stdin: dump, stdout: in, args: []string{"--no-owner", "--no-privileges", "--file=-"}})
	}
	if err == nil {
		_, err = io.WriteString(in, standStill)
	}
	_ = in.Close()
	// What psql says is the cause where pg_restore could not write on.
	if refused := <-taken; refused != nil {
		return fmt.Errorf("restore: %w", refused)
	}
	if err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	return nil
}

// dump has pg_dump write what a snapshot holds. Sessions and counted attempts are of the moment.
func dump(ctx context.Context, w io.Writer, url, snapshot string) error {
	return runProgram(ctx, program{name: "pg_dump", url: url, stdout: w, args: []string{"--format=custom", "--no-owner", "--no-privileges",
		"--snapshot=" + snapshot, "--exclude-table-data=public.sessions",
		"--exclude-table-data=public.person_sessions", "--exclude-table-data=public.account_links", "--exclude-table-data=public.rate_limits"}})
}

// lastWords is the end of what a program complained of.
func lastWords(stderr *bytes.Buffer) string {
	lines := strings.Split(strings.TrimSpace(stderr.String()), "\n")
	return strings.Join(lines[max(0, len(lines)-4):], "; ")
}
