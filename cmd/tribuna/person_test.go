package main

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/internal/config"
	"tribuna/internal/devstack/testdb"
	"tribuna/models"
)

func TestTheFirstCoordinatorGetsInAndOut(t *testing.T) {
	opened := testdb.Open(t)
	cfg, db := config.Config{DatabaseURL: opened.AppURL}, opened.App
	const email, password = "first@network.example", "a long first password"
	add := []string{"--email", email, "--name", "First", "--organisation", "lead", "--role", models.RoleCoordinator}
	require.ErrorContains(t, runPerson(t.Context(), cfg, add), "--organisation-name")
	for range 2 { // once more changes nothing
		require.NoError(t, runPerson(t.Context(), cfg, append(add, "--organisation-name", "Lead")))
	}
	require.NoError(t, typing(t, password+"\n", func() error { return runPassword(t.Context(), cfg, []string{email}) }))
	require.ErrorContains(t, typing(t, "short\n", func() error { return runPassword(t.Context(), cfg, []string{email}) }), "cannot be used")
	person, err := models.SignIn(t.Context(), db, email, password)
	require.NoError(t, err)
	roles, err := models.RolesOf(t.Context(), db, person.ID)
	require.NoError(t, err)
	require.Len(t, roles, 1)
	require.Equal(t, models.RoleCoordinator, roles[0].Role)

	require.NoError(t, runToken(t.Context(), cfg, []string{email}))
	count := func() int64 {
		n, err := db.NewSelect().Model((*models.APIToken)(nil)).Where("revoked_at IS NULL").Count(t.Context())
		require.NoError(t, err)
		return int64(n)
	}
	require.EqualValues(t, 1, count())
	require.NoError(t, runToken(t.Context(), cfg, []string{"--scopes", "read", email}))
	require.ErrorContains(t, runToken(t.Context(), cfg, []string{"--scopes", "everything", email}), "read, act, administer")
	require.NoError(t, runToken(t.Context(), cfg, []string{"--revoke", email}))
	require.Zero(t, count())
	require.ErrorContains(t, runToken(t.Context(), cfg, []string{"--revoke", "nobody@network.example"}), "nobody has the address")
}

func TestPersonSaysWhatIsMissing(t *testing.T) {
	for _, args := range [][]string{nil, {"--email", "a@b.example"}, {"--role"}, {"first"},
		{"--email", "a@b.example", "--name", "A", "--organisation", "o", "--role", "king"}} {
		_, err := readNewcomer(args)
		require.ErrorAs(t, err, &usageError{}, strings.Join(args, " "))
	}
}

// typing runs something with words on standard input.
func typing(t *testing.T, words string, run func() error) error {
	t.Helper()
	r, w, err := os.Pipe()
	require.NoError(t, err)
	_, err = w.WriteString(words)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	was := os.Stdin
	os.Stdin = r
	defer func() { os.Stdin = was; _ = r.Close() }()
	return run()
}
