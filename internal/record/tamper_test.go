package record_test

import (
	"errors"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"

	"tribuna/internal/record"
	"tribuna/models"
)

// unguarded changes the tables as their owner with every trigger off: the worst that can happen.
func (c *chain) unguarded(statements ...string) {
	c.t.Helper()
	for _, table := range []string{"record_entries", "record_texts", "decisions", "attachments"} {
		_, err := c.Owner.ExecContext(c.t.Context(), "ALTER TABLE "+table+" DISABLE TRIGGER USER")
		require.NoError(c.t, err)
	}
	for _, s := range statements {
		res, err := c.Owner.ExecContext(c.t.Context(), s, c.id)
		require.NoError(c.t, err, s)
		n, err := res.RowsAffected()
		require.NoError(c.t, err)
		require.NotZero(c.t, n, s)
	}
}

// place is where a fault was found, and which.
type place struct {
	seq  int64
	kind string
}

func TestVerifyFindsAndNames(t *testing.T) {
	const (
		withoutTexts = "DELETE FROM record_texts WHERE chain = ?0"
		rehash       = "UPDATE record_entries SET hash = encode(sha256(convert_to(canonical, 'UTF8')), 'hex') WHERE chain = ?0 AND seq = 4"
	)
	for name, c := range map[string]struct {
		done  []string
		found []place
	}{
		"an entry changed": {[]string{"UPDATE record_entries SET canonical = replace(canonical, 'review.opened', 'review.closed') WHERE chain = ?0 AND seq = 4"},
			[]place{{opened, record.FaultChanged}}},
		"an entry changed, with a hash to fit": {[]string{
			"UPDATE record_entries SET canonical = replace(canonical, 'review.opened', 'review.closed') WHERE chain = ?0 AND seq = 4", rehash},
			[]place{{answered, record.FaultChanged}}},
		"the last entry changed, with a hash to fit": {[]string{
			"UPDATE record_entries SET canonical = replace(canonical, 'published', 'withdrawn') WHERE chain = ?0 AND seq = 7",
			"UPDATE record_entries SET hash = encode(sha256(convert_to(canonical, 'UTF8')), 'hex') WHERE chain = ?0 AND seq = 7"},
			[]place{{published, record.FaultChanged}}},
		"an entry that cannot be read": {[]string{"UPDATE record_entries SET canonical = '{' WHERE chain = ?0 AND seq = 4"},
			[]place{{opened, record.FaultChanged}}},
		"an entry removed": {[]string{"DELETE FROM record_entries WHERE chain = ?0 AND seq = 4"},
			[]place{{opened, record.FaultRemoved}}},
		"two entries removed": {[]string{"DELETE FROM record_entries WHERE chain = ?0 AND seq IN (3, 4)"},
			[]place{{started, record.FaultRemoved}, {opened, record.FaultRemoved}}},
		"the first entry removed": {[]string{"DELETE FROM record_entries WHERE chain = ?0 AND seq = 1"},
			[]place{{1, record.FaultRemoved}}},
		"an entry removed and the next put in its place": {[]string{"DELETE FROM record_entries WHERE chain = ?0 AND seq = 3",
			"UPDATE record_entries SET seq = 3 WHERE chain = ?0 AND seq = 4"},
			[]place{{started, record.FaultReordered}, {opened, record.FaultRemoved}}},
		"two entries exchanged": {[]string{"UPDATE record_entries SET seq = -seq WHERE chain = ?0 AND seq IN (3, 4)",
			"UPDATE record_entries SET seq = 7 + seq WHERE chain = ?0 AND seq < 0"},
			[]place{{started, record.FaultReordered}, {opened, record.FaultReordered}}},
		"the end cut off": {[]string{"DELETE FROM record_texts WHERE chain = ?0 AND seq = 7", "DELETE FROM record_entries WHERE chain = ?0 AND seq IN (6, 7)"},
			[]place{{published, record.FaultTruncated}}},
		"everything gone": {[]string{withoutTexts, "DELETE FROM record_entries WHERE chain = ?0"},
			[]place{{published, record.FaultTruncated}}},
		"the end cut off, and the head with it": {[]string{
			`INSERT INTO decisions (process_id, decision_id, kind, args_hash, result, record_seq, decided_at) VALUES (?0, 'form-0007', 'publish', '', '{}', 7, now())`,
			"DELETE FROM record_texts WHERE chain = ?0 AND seq = 7", "DELETE FROM record_entries WHERE chain = ?0 AND seq = 7",
			"UPDATE record_heads SET count = 6, hash = (SELECT hash FROM record_entries WHERE chain = ?0 AND seq = 6) WHERE chain = ?0"},
			[]place{{published, record.FaultDecision}}},
		"an entry slipped in at the end": {[]string{`INSERT INTO record_entries (chain, seq, canonical, hash, visibility)
			SELECT chain, 8, canonical, hash, visibility FROM record_entries WHERE chain = ?0 AND seq = 6`},
			[]place{{8, record.FaultReordered}, {8, record.FaultChanged}}},
		"the head changed": {[]string{"UPDATE record_heads SET hash = repeat('0', 64) WHERE chain = ?0"},
			[]place{{published, record.FaultChanged}}},
		"shown to others": {[]string{"UPDATE record_entries SET visibility = 'public' WHERE chain = ?0 AND seq = 5"},
			[]place{{answered, record.FaultVisibility}}},
		"words changed": {[]string{"UPDATE record_texts SET body = 'All agree.' WHERE chain = ?0 AND seq = 5 AND field = 'reasons'"},
			[]place{{answered, record.FaultText}}},
		"the salt changed": {[]string{"UPDATE record_texts SET salt = 'x' WHERE chain = ?0 AND seq = 5 AND field = 'reasons'"},
			[]place{{answered, record.FaultText}}},
		"the salt gone": {[]string{"UPDATE record_texts SET salt = NULL WHERE chain = ?0 AND seq = 5 AND field = 'reasons'"},
			[]place{{answered, record.FaultText}}},
		"words gone without a tombstone": {[]string{"UPDATE record_texts SET body = NULL, salt = NULL, redacted_at = now() WHERE chain = ?0 AND seq = 5 AND field = 'reasons'"},
			[]place{{answered, record.FaultText}}},
		"words removed altogether": {[]string{"DELETE FROM record_texts WHERE chain = ?0 AND seq = 7"},
			[]place{{published, record.FaultText}}},
		"words put into a mouth": {[]string{"INSERT INTO record_texts (chain, seq, field, salt, body) VALUES (?0, 3, 'reasons', 'x', 'Nobody said this.')"},
			[]place{{started, record.FaultText}}},
	} {
		t.Run(name, func(t *testing.T) {
			ch := newChain(t)
			require.True(t, ch.verify().OK())
			ch.unguarded(c.done...)
			var found []place
			for _, f := range ch.verify().Faults {
				found = append(found, place{f.Seq, f.Kind})
				require.NotEmpty(t, f.What)
			}
			require.Equal(t, c.found, found)
		})
	}
}

func TestVerifyReadsWhatIsAttached(t *testing.T) {
	for name, change := range map[string]string{
		"other bytes, with a hash to fit": "UPDATE attachments SET bytes = 'other', size = 5, sha256 = encode(sha256('other'), 'hex') WHERE recommendation_id = ?0",
		"taken away":                      "DELETE FROM attachments WHERE recommendation_id = ?0",
		"emptied in silence":              "UPDATE attachments SET bytes = NULL, name = '', redacted_at = now() WHERE recommendation_id = ?0",
	} {
		t.Run(name, func(t *testing.T) {
			c := newChain(t)
			var r models.Recommendation
			require.NoError(t, c.App.NewSelect().Model(&r).Limit(1).Scan(t.Context()))
			a, err := models.NewAttachment(c.id, "letter.txt", []byte("We agree."), r.OfficerID, noon)
			require.NoError(t, err)
			require.NoError(t, a.Insert(t.Context(), c.App))
			seq, err := c.append(record.Entry{Verb: "review.answered", Visibility: record.Confidential, Facts: map[string]string{
				record.FactAttachment: a.ID.String(), record.FactAttachmentHash: a.Hash, record.FactAttachmentSize: "9"}})
			require.NoError(t, err)
			require.True(t, c.verify().OK())
			c.unguarded(change)
			faults := c.verify().Faults
			require.Len(t, faults, 1)
			require.Equal(t, place{seq, record.FaultAttachment}, place{faults[0].Seq, faults[0].Kind})
		})
	}
}

// TestTheRunningRoleCannotRewrite tries it by right; the second half tries it as the owner, whom only triggers stop.
func TestTheRunningRoleCannotRewrite(t *testing.T) {
	c := newChain(t)
	_, err := c.App.ExecContext(t.Context(), `INSERT INTO decisions (process_id, decision_id, kind, args_hash, result, decided_at) VALUES (?, 'form-0001', 'hold', '', '{}', now())`, c.id)
	require.NoError(t, err)
	const noRights, refused = "42501", "23000"
	for statement, code := range map[string]string{
		"UPDATE record_entries SET visibility = 'public'":  noRights,
		"DELETE FROM record_entries":                       noRights,
		"TRUNCATE record_entries CASCADE":                  noRights,
		"UPDATE decisions SET result = '{}'":               noRights,
		"DELETE FROM decisions":                            noRights,
		"UPDATE versions SET body = 'other'":               noRights,
		"DELETE FROM versions":                             noRights,
		"DELETE FROM record_heads":                         noRights,
		"DELETE FROM record_texts":                         noRights,
		"DELETE FROM attachments":                          noRights,
		"UPDATE record_texts SET body = 'other'":           refused,
		"UPDATE record_texts SET body = NULL, salt = NULL": refused,
		"ALTER TABLE record_entries DISABLE TRIGGER USER":  noRights,
		"DROP TABLE record_entries":                        noRights,
		"ALTER TABLE record_texts DISABLE TRIGGER ALL":     noRights,
		"CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'": noRights,
	} {
		require.Equal(t, code, refusalOf(c.App.ExecContext(t.Context(), statement)), "as the role that runs: %s", statement)
	}
	for _, statement := range []string{"UPDATE record_entries SET visibility = 'public'", "DELETE FROM record_entries", "TRUNCATE record_entries CASCADE",
		"UPDATE decisions SET result = '{}'", "DELETE FROM decisions", "UPDATE versions SET body = 'other'", "DELETE FROM versions",
		"DELETE FROM record_texts", "TRUNCATE record_texts", "DELETE FROM attachments", "TRUNCATE attachments CASCADE"} {
		require.Equal(t, refused, refusalOf(c.Owner.ExecContext(t.Context(), statement)), "as the owner: %s", statement)
	}
	require.True(t, c.verify().OK())
}

// refusalOf returns PostgreSQL's code of a refusal, or what happened instead.
func refusalOf(_ any, err error) string {
	var pg *pgconn.PgError
	switch {
	case err == nil:
		return "it was done"
	case errors.As(err, &pg):
		return pg.Code
	default:
		return err.Error()
	}
}
