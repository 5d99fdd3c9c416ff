package api

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/access"
	"tribuna/internal/apperr"
	"tribuna/internal/markdown"
	"tribuna/models"
)

// VersionSummary is a version in a list.
type VersionSummary struct {
	ID        uuid.UUID `json:"id"`
	Number    int       `json:"number"`
	Title     string    `json:"title"`
	Hash      string    `json:"hash"`              // of title, body and measures: answers about a text name it
	Note      string    `json:"note,omitempty"`    // what its author says changed
	PutIn     int       `json:"put_in,omitempty"`  // so many accepted suggestions were put in by the step that made it; it has no note then
	BackTo    int       `json:"back_to,omitempty"` // it undoes such a step, and reads as the version of this number
	CreatedBy uuid.UUID `json:"created_by"`
	CreatedAt time.Time `json:"created_at"`
}

// Version is a text as it stood once.
type Version struct {
	VersionSummary
	Body     string    `json:"body"` // Markdown
	Measures []Measure `json:"measures"`
	Blocks   []Block   `json:"blocks"` // the body's paragraphs, as comments and translations count them
}

// Measure is a measure with whom it is addressed to.
type Measure struct {
	ID           uuid.UUID   `json:"id"`
	Number       int         `json:"number"`
	Text         string      `json:"text"`
	AuthorityIDs []uuid.UUID `json:"authority_ids"`
}

// Block is a paragraph, heading, list or table.
type Block struct {
	Block  int           `json:"block"` // from 0
	Kind   markdown.Kind `json:"kind"`
	Source string        `json:"source"` // Markdown
}

func (s *server) draftRoutes() []route {
	const base = "/recommendations/{id}"
	return []route{
		{method: http.MethodGet, path: base + "/draft", id: "getDraft", tag: "texts", summary: "The newest version; its ETag is the version's number",
			reply: Version{}, serve: s.getDraft},
		{method: http.MethodPut, path: base + "/draft", id: "saveDraft", tag: "texts", summary: "Save the text as a new version on top of the one seen",
			match: true, body: models.Draft{}, limit: draftLimit, reply: Version{}, serve: s.saveDraft},
		{method: http.MethodGet, path: base + "/versions", id: "listVersions", tag: "texts", summary: "All versions, newest first",
			reply: list[VersionSummary]{}, serve: s.listVersions},
		{method: http.MethodGet, path: base + "/versions/{number}", id: "getVersion", tag: "texts", summary: "One version",
			reply: Version{}, serve: s.getVersion},
		{method: http.MethodGet, path: base + "/versions/{number}/comparison", id: "compareVersion", tag: "texts", summary: "What changed since the version before",
			reply: Comparison{}, serve: s.compareVersion},
		{method: http.MethodGet, path: base + "/comparison", id: "compareVersions", tag: "texts", summary: "What changed between any two versions",
			reply: Comparison{}, serve: s.compareVersions, query: []param{{"from", "number of a version", text}, {"to", "number of another", text}}},
		{method: http.MethodGet, path: base + "/measures", id: "listMeasures", tag: "texts", summary: "The measures of the newest version",
			reply: list[Measure]{}, serve: s.listMeasures},
	}
}

func (s *server) getDraft(c *call) (reply, error) {
	rec, err := c.inside()
	if err != nil {
		return reply{}, err
	}
	v, err := models.VersionByID(c.ctx(), s.DB, *rec.CurrentVersionID)
	if err != nil {
		return reply{}, err
	}
	return reply{body: versionView(v), etag: strconv.Itoa(v.Number)}, nil
}

func (s *server) saveDraft(c *call) (reply, error) {
	rec, err := c.owned(access.EditDraft)
	if err != nil {
		return reply{}, err
	}
	in, err := decodeValid[models.Draft](c)
	if err != nil {
		return reply{}, err
	}
	var saved *models.Version
	err = c.inTx(func(ctx context.Context, tx bun.Tx) (err error) {
		saved, err = models.EditDraft(ctx, tx, rec.ID, c.revision(), in, c.who.person, c.now())
		return err
	})
	if apperr.CodeOf(err) == apperr.CodeOutdated {
		return reply{}, s.outdatedDraft(c, rec.ID, in)
	}
	if err != nil {
		return reply{}, err
	}
	return reply{body: versionView(saved), etag: strconv.Itoa(saved.Number)}, nil
}

// outdatedDraft refuses an edit with both versions: what is there now, and what was sent (nil where that is no text).
func (s *server) outdatedDraft(c *call, id uuid.UUID, yours any) error {
	rec, err := models.RecommendationByID(c.ctx(), s.DB, id)
	if err != nil {
		return err
	}
	v, err := models.VersionByID(c.ctx(), s.DB, *rec.CurrentVersionID)
	if err != nil {
		return err
	}
	c.w.Header().Set("X-Current-ETag", quote(strconv.Itoa(v.Number)))
	return outdated{what: "draft", current: versionView(v), yours: yours}
}

func (s *server) listVersions(c *call) (reply, error) {
	rec, err := c.inside()
	if err != nil {
		return reply{}, err
	}
	rows, err := models.Versions(c.ctx(), s.DB, rec.ID)
	return reply{body: listOf(rows, func(v models.Version) VersionSummary { return versionSummary(&v) })}, err
}

func (s *server) version(c *call) (*models.Version, error) {
	rec, err := c.inside()
	if err != nil {
		return nil, err
	}
	n, err := c.number("number", "version")
	if err != nil {
		return nil, err
	}
	return models.VersionByNumber(c.ctx(), s.DB, rec.ID, n)
}

func (s *server) getVersion(c *call) (reply, error) {
	v, err := s.version(c)
	if err != nil {
		return reply{}, err
	}
	return reply{body: versionView(v), etag: v.Hash}, nil
}

func (s *server) listMeasures(c *call) (reply, error) {
	rec, err := c.inside()
	if err != nil {
		return reply{}, err
	}
	v, err := models.VersionByID(c.ctx(), s.DB, *rec.CurrentVersionID)
	if err != nil {
		return reply{}, err
	}
	return reply{body: listOf(v.Measures, measureView)}, nil
}

func versionSummary(v *models.Version) VersionSummary {
	return VersionSummary{ID: v.ID, Number: v.Number, Title: v.Title, Hash: v.Hash, Note: v.Note, PutIn: v.PutIn, BackTo: v.BackTo, CreatedBy: v.CreatedBy, CreatedAt: v.CreatedAt}
}

func versionView(v *models.Version) Version {
	view := Version{VersionSummary: versionSummary(v), Body: v.Body, Measures: listOf(v.Measures, measureView).Items, Blocks: []Block{}}
	for i, b := range markdown.Blocks(v.Body) {
		view.Blocks = append(view.Blocks, Block{Block: i, Kind: b.Kind, Source: b.Source})
	}
	return view
}

func measureView(m models.VersionMeasure) Measure {
	return Measure{ID: m.ID, Number: m.Number, Text: m.Text, AuthorityIDs: orEmpty(m.AuthorityIDs)}
}
