package api

import (
	"context"
	"net/http"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/access"
	"tribuna/internal/record"
	"tribuna/models"
)

// Entry is one act on record. People appear by pseudonym; their names stand beside it for those who decide on the
// recommendation.
type Entry struct {
	Seq          int64             `json:"seq"` // 0 for an answer of an anonymised round: its place would tell whose it is
	At           time.Time         `json:"at"`
	Verb         string            `json:"verb"`
	Actor        string            `json:"actor,omitempty"` // pseudonym
	Name         string            `json:"name,omitempty"`
	Capacity     string            `json:"capacity"` // personal, institutional, system
	Organisation string            `json:"organisation_id,omitempty"`
	OnBehalfOf   string            `json:"on_behalf_of,omitempty"` // pseudonym
	ObjectKind   string            `json:"object_kind,omitempty"`
	Object       string            `json:"object_id,omitempty"`
	Visibility   string            `json:"visibility"`
	Facts        map[string]string `json:"facts"`
	Texts        map[string]string `json:"texts"`
	Redacted     []string          `json:"redacted"`             // fields whose words were removed
	Attachment   *Attachment       `json:"attachment,omitempty"` // the original, for those who decide on the recommendation
	Hash         string            `json:"hash"`                 // "" likewise
}

// Verification is what checking a record found.
type Verification struct {
	OK      bool           `json:"ok"`
	Chain   uuid.UUID      `json:"chain"`
	Entries int64          `json:"entries"`
	Hash    string         `json:"hash"` // of the last entry: who notes it can prove later that nothing before it changed
	Faults  []record.Fault `json:"faults"`
}

// RedactionInput names the words to remove and says why.
type RedactionInput struct {
	Field  string `json:"field" validate:"required,max=100"` // "attachment" for the original that was attached
	Reason string `json:"reason" validate:"required,max=4000"`
}

// Redacted is the tombstone's place in the record.
type Redacted struct {
	Seq int64 `json:"seq"`
}

func (s *server) recordRoutes() []route {
	const base = "/recommendations/{id}/record"
	return []route{
		{method: http.MethodGet, path: base, id: "listRecord", tag: "record", summary: "What happened, as far as the reader may see it", reply: list[Entry]{}, serve: s.listRecord},
		{method: http.MethodGet, path: base + "/verify", id: "verifyRecord", tag: "record", summary: "Whether the record is as it was written", reply: Verification{}, serve: s.verifyRecord},
		{method: http.MethodPost, path: base + "/{seq}/redact", id: "redactRecord", tag: "record", summary: "Remove words from an entry and every copy of them, or the file attached to it; the chain stays whole",
			scope: models.ScopeAdminister, body: RedactionInput{}, reply: Redacted{}, serve: s.redactRecord},
	}
}

// visibilities are those of the entries the reader may see.
func (c *call) visibilities(rec *models.Recommendation) ([]string, error) {
	object, err := models.AccessObject(c.ctx(), c.s.DB, rec, nil)
	if err != nil {
		return nil, err
	}
	var all []string
	for _, v := range []string{record.Public, record.Network, record.Confidential} {
		object.Visibility = access.Visibility(v)
		if access.Can(c.who.actor(), access.ReadRecord, object) == nil {
			all = append(all, v)
		}
	}
	return all, nil
}

func (s *server) listRecord(c *call) (reply, error) {
	rec, err := c.recommendation()
	if err != nil {
		return reply{}, err
	}
	visible, err := c.visibilities(rec)
	if err != nil || len(visible) == 0 {
		return reply{body: list[Entry]{Items: []Entry{}}}, err
	}
	items, err := models.RecordAs(c.ctx(), s.DB, c.who.viewer.Attribution(rec), rec.ID, visible...)
	if err != nil {
		return reply{}, err
	}
	var people map[uuid.UUID]models.Person
	var originals map[uuid.UUID]models.Attachment
	if c.who.viewer.Owns(rec) {
		if people, err = models.PeopleByPseudonym(c.ctx(), s.DB, actorsOf(items)); err != nil {
			return reply{}, err
		}
		if originals, err = models.Attachments(c.ctx(), s.DB, rec.ID); err != nil {
			return reply{}, err
		}
	}
	return reply{body: listOf(items, func(i record.Item) Entry {
		e := entryView(i, people[i.Actor].Name)
		e.Attachment = attachmentOf(i.Facts[record.FactAttachment], originals)
		return e
	})}, nil
}

func actorsOf(items []record.Item) []uuid.UUID {
	ids := make([]uuid.UUID, 0, len(items))
	for _, i := range items {
		ids = append(ids, i.Actor)
	}
	return ids
}

func entryView(i record.Item, name string) Entry {
	v := Entry{Seq: i.Seq, At: i.At, Verb: i.Verb, Actor: idText(i.Actor), Name: name, Capacity: i.Capacity,
		Organisation: idText(i.Organisation), OnBehalfOf: idText(i.OnBehalfOf), ObjectKind: i.ObjectKind, Object: idText(i.Object),
		Visibility: i.Visibility, Facts: i.Facts, Texts: i.Texts, Redacted: orEmpty(i.Redacted), Hash: i.Hash}
	if v.Facts == nil {
		v.Facts = map[string]string{}
	}
	return v
}

func idText(id uuid.UUID) string {
	if id == uuid.Nil {
		return ""
	}
	return id.String()
}

func (s *server) verifyRecord(c *call) (reply, error) {
	rec, err := c.inside()
	if err != nil {
		return reply{}, err
	}
	r, err := record.Verify(c.ctx(), s.DB, rec.ID)
	return reply{body: Verification{OK: r.OK(), Chain: r.Chain, Entries: r.Entries, Hash: r.Hash, Faults: orEmpty(r.Faults)}}, err
}

func (s *server) redactRecord(c *call) (reply, error) {
	rec, err := c.owned(access.RedactRecord)
	if err != nil {
		return reply{}, err
	}
	seq, err := c.number("seq", "record_entry")
	if err != nil {
		return reply{}, err
	}
	in, err := decodeValid[RedactionInput](c)
	if err != nil {
		return reply{}, err
	}
	var tombstone int64
	err = c.inTx(func(ctx context.Context, tx bun.Tx) (err error) {
		tombstone, err = models.RedactText(ctx, tx, models.Redaction{Recommendation: rec, Seq: int64(seq), Field: in.Field, By: c.who.person,
			Reason: in.Reason}, c.now())
		return err
	})
	return reply{body: Redacted{Seq: tombstone}}, err
}
