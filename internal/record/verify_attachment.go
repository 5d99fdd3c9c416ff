package record

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/uptrace/bun"
)

// attached is an attachment as it lies in the database now.
type attached struct {
	ID      string
	Hash    string // of the bytes there are
	Size    int64
	Emptied bool
}

// verifyAttachments holds what is attached against the hashes that its entries have of it. The database reads the bytes:
// there may be many.
func (r *Report) verifyAttachments(ctx context.Context, db bun.IDB, rows []row) error {
	told := attachmentsTold(rows)
	if len(told) == 0 {
		return nil
	}
	var list []attached
	err := db.NewSelect().TableExpr("attachments AS a").ColumnExpr("a.id::text AS id").
		ColumnExpr("coalesce(encode(sha256(a.bytes), 'hex'), '') AS hash, coalesce(octet_length(a.bytes), 0) AS size, a.bytes IS NULL AS emptied").
		Where("a.recommendation_id = ?", r.Chain).Scan(ctx, &list)
	if err != nil {
		return fmt.Errorf("read attachments: %w", err)
	}
	there := map[string]attached{}
	for _, a := range list {
		there[a.ID] = a
	}
	buried := buriedAttachments(rows, told)
	for _, t := range told {
		r.verifyAttachment(t, there, buried)
	}
	return nil
}

func (r *Report) verifyAttachment(t toldOf, there map[string]attached, buried map[string]bool) {
	a, found := there[t.id]
	switch {
	case !found:
		r.add(t.seq, FaultAttachment, "the attachment of entry %d is missing", t.seq)
	case a.Emptied && !buried[t.id]:
		r.add(t.seq, FaultAttachment, "the attachment of entry %d is gone and nobody is on record for it", t.seq)
	case !a.Emptied && (a.Hash != t.hash || fmt.Sprint(a.Size) != t.size):
		r.add(t.seq, FaultAttachment, "the attachment of entry %d was changed", t.seq)
	}
}

// toldOf is what an entry says of its attachment.
type toldOf struct {
	seq            int64
	id, hash, size string
}

func attachmentsTold(rows []row) []toldOf {
	var all []toldOf
	for _, e := range rows {
		var b body
		if json.Unmarshal([]byte(e.Canonical), &b) == nil && b.Facts[FactAttachment] != "" {
			all = append(all, toldOf{e.Seq, b.Facts[FactAttachment], b.Facts[FactAttachmentHash], b.Facts[FactAttachmentSize]})
		}
	}
	return all
}

// buriedAttachments are those of which a tombstone stands at any of their entries: an answer corrected may name the same.
func buriedAttachments(rows []row, told []toldOf) map[string]bool {
	tombstones, buried := tombstonesOf(rows), map[string]bool{}
	for _, t := range told {
		if tombstones[fmt.Sprintf("%d %s", t.seq, FactAttachment)] {
			buried[t.id] = true
		}
	}
	return buried
}
