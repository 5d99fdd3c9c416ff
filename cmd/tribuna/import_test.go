package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tribuna/internal/config"
	"tribuna/internal/demo"
	"tribuna/internal/devstack/testdb"
	"tribuna/internal/record"
	"tribuna/models"
)

const importedFile = "external_ref,source,addressee_country,session,issued_by,response,action_category,topics,text\n" +
	"UPR-AL-06-001,UPR,AL,6,Egypt,accepted,4,Rights of the Child,Adopt the law\n" +
	"UPR-BG-09-001,UPR,BG,9,Norway,noted,,,Do more\n"

func TestImportFromAShell(t *testing.T) {
	opened := testdb.Open(t)
	cfg, db := config.Config{DatabaseURL: opened.AppURL}, opened.App // the role that a running instance has
	require.NoError(t, demo.Load(t.Context(), db, time.Now()))
	mails, err := db.NewSelect().Table("outbox").Count(t.Context())
	require.NoError(t, err)
	write := func(content string) string {
		path := filepath.Join(t.TempDir(), "upr.csv")
		require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
		return path
	}
	measures := func() int64 {
		n, err := db.NewSelect().Table("imported_measures").Count(t.Context())
		require.NoError(t, err)
		return int64(n)
	}
	broken := write(importedFile + "UPR-FR-01,UPR,FR,6,Egypt,noted,,,Text\n")
	require.ErrorContains(t, runImport(t.Context(), cfg, []string{"recommendations", broken}), "lines refused: 1; nothing was changed")
	require.Zero(t, measures())
	for range 2 {
		require.NoError(t, runImport(t.Context(), cfg, []string{"recommendations", write(importedFile), "--json"}))
		require.EqualValues(t, 2, measures())
	}
	after, err := db.NewSelect().Table("outbox").Count(t.Context())
	require.NoError(t, err)
	require.Equal(t, mails, after, "nobody is written to")
	chains, err := models.Chains(t.Context(), db)
	require.NoError(t, err)
	for _, chain := range chains {
		report, err := record.Verify(t.Context(), db, chain)
		require.NoError(t, err)
		require.True(t, report.OK())
	}
	require.ErrorAs(t, runImport(t.Context(), cfg, []string{"recommendations", broken, "--language", "tlh"}), &usageError{})
	require.ErrorIs(t, runImport(t.Context(), cfg, []string{"recommendations", broken + "x"}), os.ErrNotExist)
}

func TestImportSaysWhatItIsAskedFor(t *testing.T) {
	for _, args := range [][]string{nil, {"people", "f.csv"}, {"recommendations"}, {"recommendations", "a.csv", "b.csv"}, {"recommendations", "a.csv", "--fast"}} {
		_, err := readImportOrder(args)
		require.ErrorAs(t, err, &usageError{}, args)
	}
	for _, args := range [][]string{{"recommendations", "--json", "a.csv"}, {"recommendations", "a.csv", "--json"}} {
		order, err := readImportOrder(args)
		require.NoError(t, err)
		require.Equal(t, importOrder{path: "a.csv", language: "en", asJSON: true}, order)
	}
}

func TestImportPrintsWhichLinesAndWhy(t *testing.T) {
	var out bytes.Buffer
	err := printImport(&out, models.ImportReport{Refused: 2, Faults: []models.ImportFault{{Rule: "no_coordinator"},
		{Line: 7, Column: "addressee_country", Rule: "country", Args: map[string]any{"Value": "FR"}}}}, false)
	require.Error(t, err)
	require.Equal(t, "The whole file: There is no coordinator in whose charge imported recommendations could be.\n"+
		"Line 7, addressee_country: “FR” is no country of the network.\ncreated 0, changed 0, unchanged 0, refused 2\n", out.String())
	out.Reset()
	require.NoError(t, printImport(&out, models.ImportReport{Created: 1, Unchanged: 2, Recommendations: []models.ImportedGroup{{Title: "A review", Created: 1, Unchanged: 2}}}, false))
	require.Equal(t, "A review: 1 created, 0 changed, 2 unchanged\ncreated 1, changed 0, unchanged 2, refused 0\n", out.String())
}
