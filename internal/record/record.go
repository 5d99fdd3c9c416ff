// Package record keeps the decision record: one chain of entries per recommendation.
//
// An entry is canonical JSON (RFC 8785) that holds its sequence number and the hash of the entry before it, so that
// nothing can be changed, removed or put elsewhere without breaking the chain. A head row keeps the count and the last
// hash, so that nothing can be cut off. Words enter as salted hashes and stand in record_texts: redaction empties
// word and salt there, and the chain stays whole.
package record

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/google/uuid"
	"github.com/gowebpki/jcs"
	"github.com/uptrace/bun"
)

// Who may read an entry.
const (
	Public       = "public"
	Network      = "network"
	Confidential = "confidential"
)

// In which capacity an actor acts.
const (
	Personal      = "personal"
	Institutional = "institutional"
	System        = "system" // the procedure, by time passing
)

// Entry is one act. Actors appear by pseudonym.
type Entry struct {
	At           time.Time
	Verb         string // "review.answered": the catalog key is "record.<verb>"
	Actor        uuid.UUID
	Capacity     string
	Organisation uuid.UUID // in whose name, where institutional
	OnBehalfOf   uuid.UUID // pseudonym of the person whose words were recorded by the actor
	ObjectKind   string    // "task", "version" …
	Object       uuid.UUID
	DecisionID   string
	Visibility   string
	Facts        map[string]string // ids, codes, counts: no words of people
	Texts        map[string]string // words of people, by field
}

// body is the canonical form; fields without a value are left out.
type body struct {
	Format       int               `json:"format"`
	Chain        uuid.UUID         `json:"chain"`
	Seq          int64             `json:"seq"`
	Prev         string            `json:"prev"`
	At           string            `json:"at"`
	Verb         string            `json:"verb"`
	Actor        string            `json:"actor,omitempty"`
	Capacity     string            `json:"capacity"`
	Organisation string            `json:"organisation,omitempty"`
	OnBehalfOf   string            `json:"on_behalf_of,omitempty"`
	ObjectKind   string            `json:"object_kind,omitempty"`
	Object       string            `json:"object,omitempty"`
	DecisionID   string            `json:"decision_id,omitempty"`
	Visibility   string            `json:"visibility"`
	Facts        map[string]string `json:"facts,omitempty"`
	Texts        map[string]string `json:"texts,omitempty"` // field → salted hash
}

const timeForm = "2006-01-02T15:04:05.000000Z"

// first is the previous hash of a chain's first entry.
const first = "0000000000000000000000000000000000000000000000000000000000000000"

type head struct {
	bun.BaseModel `bun:"table:record_heads,alias:h"`

	Chain uuid.UUID `bun:",pk"`
	Count int64
	Hash  string
}

type row struct {
	bun.BaseModel `bun:"table:record_entries,alias:e"`

	Chain      uuid.UUID `bun:",pk"`
	Seq        int64     `bun:",pk"`
	Canonical  string
	Hash       string
	Visibility string
}

type text struct {
	bun.BaseModel `bun:"table:record_texts,alias:x"`

	Chain      uuid.UUID `bun:",pk"`
	Seq        int64     `bun:",pk"`
	Field      string    `bun:",pk"`
	Salt       *string
	Body       *string
	RedactedAt *time.Time
}

// Append adds an entry to a chain inside the caller's transaction and returns its sequence number. It holds the
// chain's head until the transaction ends.
func Append(ctx context.Context, tx bun.IDB, chain uuid.UUID, e Entry) (int64, error) {
	h, err := lockHead(ctx, tx, chain)
	if err != nil {
		return 0, err
	}
	b := e.body(chain, h)
	texts, err := saltTexts(&b, e.Texts)
	if err != nil {
		return 0, err
	}
	canonical, hash, err := b.canonical()
	if err != nil {
		return 0, err
	}
	entry := &row{Chain: chain, Seq: b.Seq, Canonical: canonical, Hash: hash, Visibility: e.Visibility}
	if _, err := tx.NewInsert().Model(entry).Exec(ctx); err != nil {
		return 0, fmt.Errorf("write record entry: %w", err)
	}
	if len(texts) > 0 {
		if _, err := tx.NewInsert().Model(&texts).Exec(ctx); err != nil {
			return 0, fmt.Errorf("write recorded words: %w", err)
		}
	}
	h.Count, h.Hash = b.Seq, hash
	if _, err := tx.NewUpdate().Model(h).WherePK().Exec(ctx); err != nil {
		return 0, fmt.Errorf("move the record's head: %w", err)
	}
	return b.Seq, nil
}

func lockHead(ctx context.Context, tx bun.IDB, chain uuid.UUID) (*head, error) {
	h := &head{Chain: chain, Hash: first}
	hold := tx.NewSelect().Model(h).WherePK().For("UPDATE")
	err := hold.Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		if _, err := tx.NewInsert().Model(h).On("CONFLICT (chain) DO NOTHING").Exec(ctx); err != nil {
			return nil, fmt.Errorf("begin the record: %w", err)
		}
		err = hold.Scan(ctx)
	}
	if err != nil {
		return nil, fmt.Errorf("hold the record's head: %w", err)
	}
	return h, nil
}

func (e Entry) body(chain uuid.UUID, h *head) body {
	return body{
		Format: 1, Chain: chain, Seq: h.Count + 1, Prev: h.Hash, At: e.At.UTC().Format(timeForm), Verb: e.Verb,
		Actor: idText(e.Actor), Capacity: e.Capacity, Organisation: idText(e.Organisation), OnBehalfOf: idText(e.OnBehalfOf),
		ObjectKind: e.ObjectKind, Object: idText(e.Object), DecisionID: e.DecisionID, Visibility: e.Visibility, Facts: e.Facts,
	}
}

func idText(id uuid.UUID) string {
	if id == uuid.Nil {
		return ""
	}
	return id.String()
}

func saltTexts(b *body, words map[string]string) ([]text, error) {
	var texts []text
	for field, word := range words {
		if word == "" {
			continue
		}
		raw := make([]byte, 16)
		if _, err := rand.Read(raw); err != nil {
			return nil, fmt.Errorf("salt: %w", err)
		}
		salt := hex.EncodeToString(raw)
		if b.Texts == nil {
			b.Texts = map[string]string{}
		}
		b.Texts[field] = textHash(salt, word)
		texts = append(texts, text{Chain: b.Chain, Seq: b.Seq, Field: field, Salt: &salt, Body: &word})
	}
	return texts, nil
}

func textHash(salt, word string) string {
	sum := sha256.Sum256([]byte(salt + "\n" + word))
	return hex.EncodeToString(sum[:])
}

func (b body) canonical() (canonical, hash string, err error) {
	raw, err := json.Marshal(b)
	if err != nil {
		return "", "", fmt.Errorf("encode record entry: %w", err)
	}
	c, err := jcs.Transform(raw)
	if err != nil {
		return "", "", fmt.Errorf("canonical form of record entry: %w", err)
	}
	return string(c), entryHash(string(c)), nil
}

func entryHash(canonical string) string {
	sum := sha256.Sum256([]byte(canonical))
	return hex.EncodeToString(sum[:])
}

// ErrNoText says that an entry holds no such words, or that they were redacted already.
var ErrNoText = errors.New("record: no such words")

// Redact empties the words of one field of one entry and appends a tombstone that says who did it and why.
// Copies of the words elsewhere are the caller's to remove in the same transaction.
func Redact(ctx context.Context, tx bun.IDB, chain uuid.UUID, seq int64, field string, tombstone Entry) (int64, error) {
	res, err := tx.NewUpdate().Model((*text)(nil)).Set("body = NULL").Set("salt = NULL").Set("redacted_at = ?", tombstone.At).
		Where("chain = ? AND seq = ? AND field = ? AND redacted_at IS NULL", chain, seq, field).Exec(ctx)
	if err != nil {
		return 0, fmt.Errorf("redact: %w", err)
	}
	if n, _ := res.RowsAffected(); n == 0 {
		return 0, ErrNoText
	}
	return Bury(ctx, tx, chain, seq, field, tombstone)
}

// Bury appends the tombstone of what was removed from an entry: its words of one field, or with FactAttachment as the
// field the attachment its facts tell of.
func Bury(ctx context.Context, tx bun.IDB, chain uuid.UUID, seq int64, field string, tombstone Entry) (int64, error) {
	tombstone.Verb = VerbRedacted
	facts := map[string]string{"entry": fmt.Sprint(seq), "field": field}
	maps.Copy(facts, tombstone.Facts)
	tombstone.Facts = facts
	return Append(ctx, tx, chain, tombstone)
}

// The facts of an entry that tell of an attachment: its id, the SHA-256 of its bytes in hexadecimal, and their number; and in
// which language its words are.
const (
	FactAttachment     = "attachment"
	FactAttachmentHash = "attachment_sha256"
	FactAttachmentSize = "attachment_size"
	FactWrittenIn      = "written_in"
	FactReceived       = "received" // when words came that were decided on after the deadline and are in time all the same, in RFC 3339
)

// FactAs is the fact of an entry that says in which role of the network its actor acted where that is not because of where
// they work: a coordinator may act for an organisation in which they are nobody.
const FactAs = "as"

// VerbRedacted is the verb of a tombstone.
const VerbRedacted = "text.redacted"

// Item is an entry as it is read.
type Item struct {
	Seq          int64
	At           time.Time
	Verb         string
	Actor        uuid.UUID
	Capacity     string
	Organisation uuid.UUID
	OnBehalfOf   uuid.UUID
	ObjectKind   string
	Object       uuid.UUID
	DecisionID   string
	Visibility   string
	Facts        map[string]string
	Texts        map[string]string // the words; redacted ones are missing
	Redacted     []string          // fields whose words were redacted
	Hash         string
}

// List returns a chain's entries with the given visibilities, in order.
func List(ctx context.Context, db bun.IDB, chain uuid.UUID, visibilities ...string) ([]Item, error) {
	var rows []row
	err := db.NewSelect().Model(&rows).Where("e.chain = ?", chain).
		Where("e.visibility IN (?)", bun.List(visibilities)).Order("e.seq").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read record: %w", err)
	}
	return itemsOf(ctx, db, chain, rows)
}

func itemsOf(ctx context.Context, db bun.IDB, chain uuid.UUID, rows []row) ([]Item, error) {
	items := make([]Item, 0, len(rows))
	if len(rows) == 0 {
		return items, nil
	}
	seqs := make([]int64, len(rows))
	for i, r := range rows {
		seqs[i] = r.Seq
	}
	texts, err := textsOf(ctx, db, chain, seqs...)
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		it, err := r.item(texts[r.Seq])
		if err != nil {
			return nil, err
		}
		items = append(items, it)
	}
	return items, nil
}

// textsOf returns the words of a chain by entry, of all entries unless some are named.
func textsOf(ctx context.Context, db bun.IDB, chain uuid.UUID, seqs ...int64) (map[int64][]text, error) {
	var all []text
	q := db.NewSelect().Model(&all).Where("x.chain = ?", chain).Order("x.seq", "x.field")
	if len(seqs) > 0 {
		q = q.Where("x.seq IN (?)", bun.List(seqs))
	}
	if err := q.Scan(ctx); err != nil {
		return nil, fmt.Errorf("read recorded words: %w", err)
	}
	by := map[int64][]text{}
	for _, t := range all {
		by[t.Seq] = append(by[t.Seq], t)
	}
	return by, nil
}

func (r row) item(texts []text) (Item, error) {
	var b body
	if err := json.Unmarshal([]byte(r.Canonical), &b); err != nil {
		return Item{}, fmt.Errorf("record entry %d: %w", r.Seq, err)
	}
	at, err := time.Parse(timeForm, b.At)
	if err != nil {
		return Item{}, fmt.Errorf("record entry %d: %w", r.Seq, err)
	}
	it := Item{Seq: r.Seq, At: at, Verb: b.Verb, Actor: textID(b.Actor), Capacity: b.Capacity, Organisation: textID(b.Organisation),
		OnBehalfOf: textID(b.OnBehalfOf), ObjectKind: b.ObjectKind, Object: textID(b.Object), DecisionID: b.DecisionID,
		Visibility: r.Visibility, Facts: b.Facts, Texts: map[string]string{}, Hash: r.Hash}
	for _, t := range texts {
		if t.Body == nil {
			it.Redacted = append(it.Redacted, t.Field)
			continue
		}
		it.Texts[t.Field] = *t.Body
	}
	return it, nil
}

func textID(s string) uuid.UUID {
	id, _ := uuid.Parse(s)
	return id
}

func readHead(ctx context.Context, db bun.IDB, chain uuid.UUID) (*head, error) {
	h := &head{Chain: chain, Hash: first}
	err := db.NewSelect().Model(h).WherePK().Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return h, nil
	}
	return h, err
}
