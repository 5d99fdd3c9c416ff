package record

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// Report is what verification found.
type Report struct {
	Chain   uuid.UUID `json:"chain"`
	Entries int64     `json:"entries"`
	Hash    string    `json:"hash"` // of the last entry: who notes it can prove later that nothing before it changed
	Faults  []Fault   `json:"faults"`
}

// OK reports whether the chain is whole.
func (r Report) OK() bool { return len(r.Faults) == 0 }

// Fault is a place where the chain is not as it was written.
type Fault struct {
	Seq  int64  `json:"seq"`
	Kind string `json:"kind"`
	What string `json:"what"`
}

// The kinds of fault.
const (
	FaultChanged    = "changed"    // the entry's content does not fit its hash
	FaultRemoved    = "removed"    // an entry is missing in between
	FaultReordered  = "reordered"  // an entry stands at another place than it was written for
	FaultTruncated  = "truncated"  // entries at the end are missing
	FaultText       = "text"       // words do not fit their hash, or are gone without a tombstone
	FaultVisibility = "visibility" // shown to others than was written
	FaultDecision   = "decision"   // a decision refers to an entry that is not there
	FaultAttachment = "attachment" // an attachment does not fit its hash, or is gone without a tombstone
)

func (r *Report) add(seq int64, kind, format string, args ...any) {
	r.Faults = append(r.Faults, Fault{Seq: seq, Kind: kind, What: fmt.Sprintf(format, args...)})
}

// Verify reads a whole chain and names everything that is not as it was written. It reads one snapshot, because a chain
// that grows while it is read would look like one that was tampered with.
func Verify(ctx context.Context, db bun.IDB, chain uuid.UUID) (Report, error) {
	report := Report{Chain: chain}
	snapshot := &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}
	err := db.RunInTx(ctx, snapshot, func(ctx context.Context, tx bun.Tx) error { return report.verify(ctx, tx) })
	return report, err
}

func (r *Report) verify(ctx context.Context, db bun.IDB) error {
	var rows []row
	if err := db.NewSelect().Model(&rows).Where("e.chain = ?", r.Chain).Order("e.seq").Scan(ctx); err != nil {
		return fmt.Errorf("read record: %w", err)
	}
	texts, err := textsOf(ctx, db, r.Chain)
	if err != nil {
		return err
	}
	h, err := readHead(ctx, db, r.Chain)
	if err != nil {
		return fmt.Errorf("read the record's head: %w", err)
	}
	r.verifyEntries(rows, texts)
	r.verifyHead(rows, h)
	if err := r.verifyAttachments(ctx, db, rows); err != nil {
		return err
	}
	return r.verifyDecisions(ctx, db, rows)
}

func (r *Report) verifyEntries(rows []row, texts map[int64][]text) {
	tombstones := tombstonesOf(rows)
	prev, expected := first, int64(1)
	for _, e := range rows {
		for ; expected < e.Seq; expected++ {
			r.add(expected, FaultRemoved, "entry %d is missing", expected)
		}
		expected = e.Seq + 1
		var b body
		if err := json.Unmarshal([]byte(e.Canonical), &b); err != nil {
			r.add(e.Seq, FaultChanged, "entry %d cannot be read", e.Seq)
			prev = e.Hash
			continue
		}
		if entryHash(e.Canonical) != e.Hash {
			r.add(e.Seq, FaultChanged, "entry %d was changed after it was written", e.Seq)
		}
		switch {
		case b.Seq != e.Seq || b.Chain != e.Chain:
			r.add(e.Seq, FaultReordered, "entry %d was written as entry %d of chain %s", e.Seq, b.Seq, b.Chain)
		case b.Prev != prev && !r.has(e.Seq-1):
			r.add(e.Seq, FaultChanged, "entry %d does not follow the entry before it", e.Seq)
		}
		if b.Visibility != e.Visibility {
			r.add(e.Seq, FaultVisibility, "entry %d was written as %s and is shown as %s", e.Seq, b.Visibility, e.Visibility)
		}
		r.verifyTexts(e.Seq, b.Texts, texts[e.Seq], tombstones)
		prev = e.Hash
	}
}

func (r *Report) has(seq int64) bool {
	return slices.ContainsFunc(r.Faults, func(f Fault) bool { return f.Seq == seq })
}

func tombstonesOf(rows []row) map[string]bool {
	set := map[string]bool{}
	for _, e := range rows {
		var b body
		if json.Unmarshal([]byte(e.Canonical), &b) == nil && b.Verb == VerbRedacted {
			set[b.Facts["entry"]+" "+b.Facts["field"]] = true
		}
	}
	return set
}

func (r *Report) verifyTexts(seq int64, hashes map[string]string, texts []text, tombstones map[string]bool) {
	seen := map[string]bool{}
	for _, t := range texts {
		seen[t.Field] = true
		want, known := hashes[t.Field]
		switch {
		case !known:
			r.add(seq, FaultText, "entry %d has words for %q that it never had", seq, t.Field)
		case t.Body == nil && !tombstones[fmt.Sprintf("%d %s", seq, t.Field)]:
			r.add(seq, FaultText, "the words for %q of entry %d are gone and nobody is on record for it", t.Field, seq)
		case t.Body != nil && (t.Salt == nil || textHash(*t.Salt, *t.Body) != want):
			r.add(seq, FaultText, "the words for %q of entry %d were changed", t.Field, seq)
		}
	}
	for field := range hashes {
		if !seen[field] {
			r.add(seq, FaultText, "the words for %q of entry %d are missing", field, seq)
		}
	}
}

func (r *Report) verifyHead(rows []row, h *head) {
	last, hash := int64(0), first
	if n := len(rows); n > 0 {
		last, hash = rows[n-1].Seq, rows[n-1].Hash
	}
	r.Entries, r.Hash = last, hash
	switch {
	case last < h.Count:
		r.add(h.Count, FaultTruncated, "the record ends at entry %d; %d were written", last, h.Count)
	case last > h.Count:
		r.add(last, FaultChanged, "the record has %d entries; its head knows of %d", last, h.Count)
	case hash != h.Hash && !r.has(last):
		r.add(last, FaultChanged, "the last entry is not the one the head knows of")
	}
}

// verifyDecisions finds entries that were removed together with the head's memory of them.
func (r *Report) verifyDecisions(ctx context.Context, db bun.IDB, rows []row) error {
	var refs []struct {
		DecisionID string
		RecordSeq  int64
	}
	err := db.NewSelect().TableExpr("decisions AS d").Column("d.decision_id", "d.record_seq").
		Join("JOIN processes AS p ON p.id = d.process_id").Where("p.recommendation_id = ?", r.Chain).
		Where("d.record_seq IS NOT NULL").Order("d.record_seq").Scan(ctx, &refs)
	if err != nil {
		return fmt.Errorf("read decisions: %w", err)
	}
	there := map[int64]bool{}
	for _, e := range rows {
		there[e.Seq] = true
	}
	for _, ref := range refs {
		if !there[ref.RecordSeq] && !r.has(ref.RecordSeq) {
			r.add(ref.RecordSeq, FaultDecision, "entry %d, of decision %s, is missing", ref.RecordSeq, ref.DecisionID)
		}
	}
	return nil
}
