package main

import (
	"context"
	"database/sql"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"tribuna/internal/demo"
	"tribuna/internal/devstack/testdb"
	"tribuna/internal/record"
	"tribuna/models"
)

// lastEntry is the last entry of the record that keptRecord writes.
const lastEntry = 6

// keptRecord is a record of six entries: the demo brief, and four versions of it with a note each.
func keptRecord(t *testing.T, db testdb.DB) uuid.UUID {
	ctx := t.Context()
	require.NoError(t, demo.Load(ctx, db.App, time.Now()))
	var id uuid.UUID
	require.NoError(t, db.App.NewSelect().Model((*models.Recommendation)(nil)).Column("id").Scan(ctx, &id))
	for n := 1; n <= 4; n++ {
		inTx(t, db.App, func(ctx context.Context, tx bun.Tx) error {
			author, err := models.PersonByID(ctx, tx, officer)
			if err != nil {
				return err
			}
			draft := models.Draft{Title: "Leaving care", Body: fmt.Sprintf("Version %d.", n+1), Note: fmt.Sprintf("Change %d.", n)}
			_, err = models.EditDraft(ctx, tx, id, n, draft, author, time.Now())
			return err
		})
	}
	return id
}

func inTx(t *testing.T, db *bun.DB, do func(ctx context.Context, tx bun.Tx) error) {
	t.Helper()
	require.NoError(t, db.RunInTx(t.Context(), &sql.TxOptions{}, do))
}

// Whoever owns the database can get past rights and triggers. What is done to a record then is found and named; every
// way of doing it is tried in package record.
func TestVerifyNamesWhatIsNotAsItWasWritten(t *testing.T) {
	wholeInstance(t)
	for _, c := range []struct {
		name   string
		tamper []string
		says   []string // nothing: the record is whole
	}{
		{"untouched", nil, nil},
		{"changed", []string{`UPDATE record_entries SET canonical = replace(canonical, '"number":"3"', '"number":"9"') WHERE seq = 4`},
			[]string{"entry 4 was changed after it was written"}},
		{"removed", []string{`DELETE FROM record_texts WHERE seq = 4`, `DELETE FROM record_entries WHERE seq = 4`},
			[]string{"entry 4 is missing"}},
		{"reordered", []string{`ALTER TABLE record_texts DROP CONSTRAINT record_texts_chain_seq_fkey`,
			`UPDATE record_entries SET seq = 100 WHERE seq = 4`, `UPDATE record_entries SET seq = 4 WHERE seq = 5`,
			`UPDATE record_entries SET seq = 5 WHERE seq = 100`},
			[]string{"entry 4 was written as entry 5", "entry 5 was written as entry 4"}},
		{"truncated", []string{`DELETE FROM record_texts WHERE seq = 6`, `DELETE FROM record_entries WHERE seq = 6`},
			[]string{"the record ends at entry 5; 6 were written"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			db := testdb.Open(t)
			id := keptRecord(t, db)
			tamper(t, db.Owner, c.tamper)
			p := launch(t, map[string]string{"DATABASE_URL": db.AppURL}, "verify", id.String())
			if len(c.says) == 0 {
				p.ended(0)
				require.Contains(t, p.output(), "1 record is whole")
				return
			}
			p.ended(1)
			for _, says := range append(c.says, "1 record is not as written, of 1 looked at") {
				require.Contains(t, p.output(), says)
			}
		})
	}
}

// tamper does to the record what no right and no trigger allows.
func tamper(t *testing.T, owner *bun.DB, statements []string) {
	t.Helper()
	for _, table := range []string{"record_entries", "record_texts"} {
		_, err := owner.ExecContext(t.Context(), "ALTER TABLE "+table+" DISABLE TRIGGER USER")
		require.NoError(t, err)
	}
	for _, s := range statements {
		res, err := owner.ExecContext(t.Context(), s)
		require.NoError(t, err, s)
		if n, err := res.RowsAffected(); err == nil && s[:5] != "ALTER" {
			require.Positive(t, n, "nothing was done by: %s", s)
		}
	}
}

func TestVerifyFindsARedactedRecordWhole(t *testing.T) {
	wholeInstance(t)
	db := testdb.Open(t)
	id := keptRecord(t, db)
	inTx(t, db.App, func(ctx context.Context, tx bun.Tx) error {
		_, err := record.Redact(ctx, tx, id, 4, "note", record.Entry{At: time.Now(), Actor: demo.ID("pseudonym", "coordinator"),
			Capacity: record.Personal, ObjectKind: "recommendation", Object: id, Visibility: record.Network})
		return err
	})
	p := launch(t, map[string]string{"DATABASE_URL": db.AppURL}, "verify", id.String())
	p.ended(0)
	require.Contains(t, p.output(), fmt.Sprintf("  %d entries", lastEntry+1))
	kept, err := db.App.NewSelect().Table("record_texts").Where("body LIKE '%Change 2.%'").Count(t.Context())
	require.NoError(t, err)
	require.Zero(t, kept, "the words are gone")
}
