package record_test

import (
	"context"
	"database/sql"
	"strings"
	"sync"
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

func TestMain(m *testing.M) { testdb.Main(m) }

var noon = time.Date(2026, 3, 12, 12, 0, 0, 123456789, time.FixedZone("EET", 2*60*60))

var network = &testdb.Prepared{Fill: func(ctx context.Context, db *bun.DB) error { return demo.Load(ctx, db, noon) }}

// chain is the record of the demo brief, with entries added to the two that its creation wrote.
type chain struct {
	testdb.DB
	t     *testing.T
	id    uuid.UUID
	actor uuid.UUID
}

func newChain(t *testing.T) *chain {
	t.Helper()
	c := &chain{DB: network.Open(t), t: t, actor: uuid.New()}
	var r models.Recommendation
	require.NoError(t, c.App.NewSelect().Model(&r).Limit(1).Scan(t.Context()))
	c.id = r.ID
	c.add(record.Entry{Verb: "review.started", Visibility: record.Network, Facts: map[string]string{"round": "1"}})
	c.add(record.Entry{Verb: "review.opened", Visibility: record.Network, Facts: map[string]string{"round": "1"}})
	c.add(record.Entry{Verb: "review.answered", Visibility: record.Confidential, Texts: map[string]string{"reasons": "Say who pays.", "comment[0]": "Here."}})
	c.add(record.Entry{Verb: "review.closed", Visibility: record.Network})
	c.add(record.Entry{Verb: "publication.published", Visibility: record.Public, Texts: map[string]string{"reasons": "", "note": "At last."}})
	return c
}

// The entries of a new chain by what they are.
const (
	started, opened, answered, closed, published = 3, 4, 5, 6, 7
)

func (c *chain) append(e record.Entry) (int64, error) {
	var seq int64
	err := c.App.RunInTx(c.t.Context(), &sql.TxOptions{}, func(ctx context.Context, tx bun.Tx) (err error) {
		e.At, e.Actor, e.Capacity = noon, c.actor, record.Personal
		seq, err = record.Append(ctx, tx, c.id, e)
		return err
	})
	return seq, err
}

func (c *chain) add(e record.Entry) int64 {
	c.t.Helper()
	seq, err := c.append(e)
	require.NoError(c.t, err)
	return seq
}

func (c *chain) verify() record.Report {
	c.t.Helper()
	report, err := record.Verify(c.t.Context(), c.App, c.id)
	require.NoError(c.t, err)
	return report
}

func (c *chain) list(visibilities ...string) []record.Item {
	c.t.Helper()
	items, err := record.List(c.t.Context(), c.App, c.id, visibilities...)
	require.NoError(c.t, err)
	return items
}

func TestChainIsWhole(t *testing.T) {
	c := newChain(t)
	report := c.verify()
	require.True(t, report.OK(), "%+v", report.Faults)
	require.EqualValues(t, published, report.Entries)
	items := c.list(record.Public, record.Network, record.Confidential)
	require.Len(t, items, published)
	require.Equal(t, report.Hash, items[published-1].Hash)

	before := report.Hash
	c.add(record.Entry{Verb: "recommendation.done", Visibility: record.Network})
	require.NotEqual(t, before, c.verify().Hash)
}

func TestChainThatWasNeverBegunIsWhole(t *testing.T) {
	c := newChain(t)
	report, err := record.Verify(t.Context(), c.App, uuid.New())
	require.NoError(t, err)
	require.True(t, report.OK())
	require.Zero(t, report.Entries)
}

func TestChainGivesBackWhatWasWritten(t *testing.T) {
	c := newChain(t)
	e := record.Entry{Verb: "signoff.answered", Organisation: uuid.New(), OnBehalfOf: uuid.New(), ObjectKind: "version", Object: uuid.New(),
		DecisionID: "form-0001", Visibility: record.Network, Facts: map[string]string{"answer": "approve", "empty": ""},
		Texts: map[string]string{"reason": "Заради децата. <b>& \u2028</b>"}}
	seq := c.add(e)
	items := c.list(record.Network)
	got := items[len(items)-1]
	require.Equal(t, seq, got.Seq)
	require.Equal(t, "2026-03-12T10:00:00.123456Z", got.At.Format(time.RFC3339Nano), "UTC, to the microsecond")
	require.Equal(t, c.actor, got.Actor)
	require.Equal(t, record.Personal, got.Capacity)
	require.Equal(t, []uuid.UUID{e.Organisation, e.OnBehalfOf, e.Object}, []uuid.UUID{got.Organisation, got.OnBehalfOf, got.Object})
	require.Equal(t, []string{e.Verb, e.ObjectKind, e.DecisionID}, []string{got.Verb, got.ObjectKind, got.DecisionID})
	require.Equal(t, e.Facts, got.Facts)
	require.Equal(t, e.Texts, got.Texts)
	require.True(t, c.verify().OK())
}

func TestChainShowsAReaderWhatIsForThem(t *testing.T) {
	c := newChain(t)
	verbs := func(items []record.Item) []string {
		var list []string
		for _, it := range items {
			list = append(list, it.Verb)
		}
		return list
	}
	require.Equal(t, []string{"publication.published"}, verbs(c.list(record.Public)))
	require.NotContains(t, verbs(c.list(record.Public, record.Network)), "review.answered")
	require.Contains(t, verbs(c.list(record.Public, record.Network, record.Confidential)), "review.answered")
}

func TestChainIsReadFromItsEnd(t *testing.T) {
	c := newChain(t)
	newest := func(before int64, limit int) []int64 {
		items, err := record.Newest(t.Context(), c.App, c.id, record.Narrow{Before: before, Limit: limit}, record.Network, record.Confidential)
		require.NoError(t, err)
		var seqs []int64
		for _, it := range items {
			seqs = append(seqs, it.Seq)
			if it.Seq == answered {
				require.Len(t, it.Texts, 2)
			}
		}
		return seqs
	}
	require.Equal(t, []int64{closed, answered}, newest(0, 2), "the public entry was not asked for")
	require.Equal(t, []int64{opened, started}, newest(answered, 2))
	require.Empty(t, newest(1, 2))
}

func TestChainHoldsNoWordsInItsEntries(t *testing.T) {
	c := newChain(t)
	var canonical string
	require.NoError(t, c.App.NewRaw("SELECT canonical FROM record_entries WHERE chain = ? AND seq = ?", c.id, answered).Scan(t.Context(), &canonical))
	require.NotContains(t, canonical, "Say who pays")
	require.Contains(t, canonical, `"texts":{"comment[0]":"`)
	require.Contains(t, canonical, `"capacity":"personal","chain":"`+c.id.String()+`"`, "keys in the order of RFC 8785, nothing between")
}

func TestChainTakesAppendsAtOnce(t *testing.T) {
	c := newChain(t)
	const n = 20
	errs := make([]error, n)
	var done sync.WaitGroup
	for i := range n {
		done.Go(func() {
			_, errs[i] = c.append(record.Entry{Verb: "task.reminded", Visibility: record.Confidential})
		})
	}
	done.Wait()
	for _, err := range errs {
		require.NoError(t, err)
	}
	report := c.verify()
	require.True(t, report.OK(), "%+v", report.Faults)
	require.EqualValues(t, published+n, report.Entries)
}

// growth adds an entry to the chain, and the decision it belongs to, after the first query that reads the chain.
type growth struct {
	chain *chain
	grown bool
}

func (g *growth) BeforeQuery(ctx context.Context, _ *bun.QueryEvent) context.Context { return ctx }

func (g *growth) AfterQuery(ctx context.Context, e *bun.QueryEvent) {
	if g.grown || !strings.Contains(e.Query, "SELECT") || !strings.Contains(e.Query, "record_entries") {
		return
	}
	g.grown = true
	seq := g.chain.add(record.Entry{Verb: "recommendation.done", Visibility: record.Network, Texts: map[string]string{"note": "Meanwhile."}})
	_, err := g.chain.App.ExecContext(ctx, `INSERT INTO decisions (process_id, decision_id, kind, args_hash, result, record_seq, decided_at)
		VALUES (?, 'form-0009', 'finish', '', '{}', ?, now())`, g.chain.id, seq)
	require.NoError(g.chain.t, err)
}

func TestChainThatGrowsWhileItIsVerifiedIsWhole(t *testing.T) {
	c := newChain(t)
	g := &growth{chain: c}
	report, err := record.Verify(t.Context(), c.App.WithQueryHook(g), c.id)
	require.NoError(t, err)
	require.True(t, g.grown)
	require.True(t, report.OK(), "%+v", report.Faults)
	require.EqualValues(t, published, report.Entries)
	require.EqualValues(t, published+1, c.verify().Entries)
}

func TestRedactionLeavesTheChainWhole(t *testing.T) {
	c := newChain(t)
	var seq int64
	redact := func(field string) error {
		return c.App.RunInTx(t.Context(), &sql.TxOptions{}, func(ctx context.Context, tx bun.Tx) (err error) {
			seq, err = record.Redact(ctx, tx, c.id, answered, field, record.Entry{At: noon, Actor: c.actor, Capacity: record.Personal,
				Visibility: record.Network, Texts: map[string]string{"reason": "It named a child."}})
			return err
		})
	}
	require.NoError(t, redact("reasons"))
	require.True(t, c.verify().OK(), "%+v", c.verify().Faults)

	items := c.list(record.Network, record.Confidential)
	tombstone := items[len(items)-1]
	require.Equal(t, seq, tombstone.Seq)
	require.Equal(t, record.VerbRedacted, tombstone.Verb)
	require.Equal(t, map[string]string{"entry": "5", "field": "reasons"}, tombstone.Facts)
	require.Equal(t, "It named a child.", tombstone.Texts["reason"])
	for _, it := range items {
		if it.Seq == answered {
			require.Equal(t, []string{"reasons"}, it.Redacted)
			require.Equal(t, map[string]string{"comment[0]": "Here."}, it.Texts)
		}
	}
	var left int
	require.NoError(t, c.App.NewRaw("SELECT count(*) FROM record_texts WHERE body LIKE '%who pays%' OR (redacted_at IS NOT NULL AND salt IS NOT NULL)").Scan(t.Context(), &left))
	require.Zero(t, left, "neither word nor salt is left")

	require.ErrorIs(t, redact("reasons"), record.ErrNoText, "what is gone cannot be removed again")
	require.ErrorIs(t, redact("nothing"), record.ErrNoText)
	require.Equal(t, tombstone.Seq, c.verify().Entries, "and leaves no tombstone")
}
