package models

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
	"tribuna/internal/record"
)

// Import is a file of recommendations issued by others, to be followed up here.
type Import struct {
	Content  []byte
	Language string  // of its texts
	By       *Person // nil: from a shell, where nobody is signed in
	DryRun   bool    // say what would happen, and change nothing
}

// ImportReport says what came of a file. Where anything was refused, nothing was written.
type ImportReport struct {
	FileHash        string          `json:"file_hash"` // SHA-256, as the record names the file
	DryRun          bool            `json:"dry_run"`
	Created         int             `json:"created"`
	Changed         int             `json:"changed"`
	Unchanged       int             `json:"unchanged"`
	Refused         int             `json:"refused"` // lines
	Recommendations []ImportedGroup `json:"recommendations"`
	Faults          []ImportFault   `json:"faults"` // by line
}

// ImportedGroup says what came of one source, country and session.
type ImportedGroup struct {
	ID        *uuid.UUID `json:"id"` // nil for one that would be created
	Slug      string     `json:"slug"`
	Title     string     `json:"title"`
	Source    string     `json:"source"`
	Country   string     `json:"country"`
	Session   string     `json:"session"`
	Created   int        `json:"created"`
	Changed   int        `json:"changed"`
	Unchanged int        `json:"unchanged"`
}

// importLock keeps two imports from writing at the same time.
const importLock = 7_402_116

// importBatch is how many rows one statement writes.
const importBatch = 1000

// ImportRecommendations takes over what others recommended, all of the file or nothing: one recommendation for each
// source, country and session, its lines as measures addressed to the government of the country. A line that is there
// already stays as it is, and one that changed is changed and put on record. Nobody is asked anything and nobody is
// written to: that begins with AssignFocalPoint.
func ImportRecommendations(ctx context.Context, db bun.IDB, in Import, now time.Time) (ImportReport, error) {
	sum := sha256.Sum256(in.Content)
	hash := hex.EncodeToString(sum[:])
	p := &importPlan{in: in, file: readImport(in.Content)}
	var report ImportReport
	err := db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		p.tx = tx
		if !in.DryRun {
			if _, err := tx.ExecContext(ctx, "SELECT pg_advisory_xact_lock(?)", importLock); err != nil {
				return fmt.Errorf("wait for another import: %w", err)
			}
		}
		known, err := tx.NewSelect().Model((*Language)(nil)).Where("tag = ?", in.Language).Exists(ctx)
		if err == nil && !known {
			err = apperr.Invalid("language", "unknown")
		}
		if err != nil {
			return err
		}
		who, err := p.importerFor(ctx)
		if err != nil {
			return err
		}
		if err := p.make(ctx); err != nil {
			return err
		}
		if report = p.report(); report.Refused > 0 || in.DryRun {
			return nil
		}
		s := &importSaving{importPlan: p, who: who, hash: hash, now: now}
		if err := s.save(ctx); err != nil {
			return err
		}
		report = p.report() // now with where what was created stands
		return nil
	})
	report.FileHash = hash
	return report, err
}

// importSaving writes a plan.
type importSaving struct {
	*importPlan
	who  *importer
	hash string
	now  time.Time

	texts     []Measure
	addressed []MeasureAuthority
	origins   []ImportedMeasure
	follow    []FollowUp
}

func (s *importSaving) save(ctx context.Context) error {
	for _, g := range s.groups {
		if len(g.rows) == 0 {
			continue
		}
		if err := s.saveRecommendation(ctx, g); err != nil {
			return err
		}
		s.collect(g)
	}
	if err := s.saveMeasures(ctx); err != nil {
		return err
	}
	for _, g := range s.groups {
		if len(g.rows) > 0 {
			if err := s.putOnRecord(ctx, g); err != nil {
				return err
			}
		}
	}
	return s.journal(ctx)
}

// journal notes the import among the acts of administration, also one that found everything there already.
func (s *importSaving) journal(ctx context.Context) error {
	sources := map[string]bool{}
	for _, g := range s.groups {
		sources[g.source] = true
	}
	r := s.report()
	by := Person{}
	if s.in.By != nil {
		by = *s.in.By
	}
	return Journal(ctx, s.tx, by, s.now, JournalEntry{Verb: "recommendations.imported", ObjectKind: "import", Facts: map[string]string{
		"file": s.hash, "slug": strings.Join(slices.Sorted(maps.Keys(sources)), ", "),
		"created": fmt.Sprint(r.Created), "rewritten": fmt.Sprint(r.Changed), "unchanged": fmt.Sprint(r.Unchanged)}})
}

// saveRecommendation creates the recommendation of a group, or notes when it changed.
func (s *importSaving) saveRecommendation(ctx context.Context, g *importGroup) error {
	if g.rec != nil {
		return g.rec.Save(ctx, s.tx, s.now)
	}
	id, title := NewID(), s.title(g)
	slug, err := freeSlug(ctx, s.tx, title, id)
	if err != nil {
		return err
	}
	g.rec = &Recommendation{ID: id, Slug: slug, Kind: KindImported, Language: s.in.Language, Title: title, OrganisationID: s.who.organisation,
		OfficerID: s.who.person.ID, ProcedureID: s.who.procedure, Stage: StageDone, StageSince: s.now, Languages: []string{},
		CreatedAt: s.now, UpdatedAt: s.now}
	for _, row := range []any{g.rec,
		&ImportedRecommendation{RecommendationID: id, Source: g.source, CountryCode: g.country, Session: g.session}} {
		if _, err := s.tx.NewInsert().Model(row).Exec(ctx); err != nil {
			return fmt.Errorf("import a recommendation: %w", err)
		}
	}
	country := map[string]any{"recommendation_id": id, "country_code": g.country}
	_, err = s.tx.NewInsert().Model(&country).TableExpr("recommendation_countries").Exec(ctx)
	return err
}

// collect makes the rows of a group what is written of them.
func (s *importSaving) collect(g *importGroup) {
	government := s.governments[g.country]
	for _, row := range g.rows {
		known, is := s.measures[row.ref]
		id, number := known.MeasureID, known.Number
		if !is {
			g.last++
			id, number = NewID(), g.last
			s.addressed = append(s.addressed, MeasureAuthority{MeasureID: id, AuthorityID: government})
			s.follow = append(s.follow, FollowUp{ID: NewID(), RecommendationID: g.rec.ID, MeasureID: id, AuthorityID: government,
				Status: StatusNotFollowed, StatusSince: s.now, Period: 1, CreatedAt: s.now})
		}
		s.texts = append(s.texts, Measure{ID: id, RecommendationID: g.rec.ID, Number: number, Text: row.text})
		s.origins = append(s.origins, ImportedMeasure{MeasureID: id, ExternalRef: row.ref, IssuedBy: row.issuedBy, Response: row.response,
			ActionCategory: row.categoryNumber(), Topics: row.topics()})
	}
}

func (s *importSaving) saveMeasures(ctx context.Context) error {
	err := insertAll(ctx, s.texts, func(rows []Measure) *bun.InsertQuery {
		return s.tx.NewInsert().Model(&rows).On("CONFLICT (id) DO UPDATE").Set("text = EXCLUDED.text")
	})
	if err != nil {
		return fmt.Errorf("import measures: %w", err)
	}
	err = insertAll(ctx, s.origins, func(rows []ImportedMeasure) *bun.InsertQuery {
		return s.tx.NewInsert().Model(&rows).On("CONFLICT (measure_id) DO UPDATE").Set("issued_by = EXCLUDED.issued_by").
			Set("response = EXCLUDED.response").Set("action_category = EXCLUDED.action_category").Set("topics = EXCLUDED.topics")
	})
	if err != nil {
		return fmt.Errorf("import what the source says of measures: %w", err)
	}
	err = insertAll(ctx, s.addressed, func(rows []MeasureAuthority) *bun.InsertQuery { return s.tx.NewInsert().Model(&rows) })
	if err != nil {
		return fmt.Errorf("address imported measures: %w", err)
	}
	err = insertAll(ctx, s.follow, func(rows []FollowUp) *bun.InsertQuery { return s.tx.NewInsert().Model(&rows) })
	if err != nil {
		return fmt.Errorf("list imported measures for follow-up: %w", err)
	}
	return nil
}

func insertAll[R any](ctx context.Context, rows []R, insert func([]R) *bun.InsertQuery) error {
	for batch := range slices.Chunk(rows, importBatch) {
		if _, err := insert(batch).Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}

// putOnRecord says who imported which file and, where measures changed, what they say now.
func (s *importSaving) putOnRecord(ctx context.Context, g *importGroup) error {
	e := record.Entry{At: s.now, Verb: "recommendation.imported", Capacity: record.System, ObjectKind: "recommendation", Object: g.rec.ID,
		Visibility: record.Public, Texts: map[string]string{},
		Facts: map[string]string{"file": s.hash, "source": g.source, "created": fmt.Sprint(g.created), "rewritten": fmt.Sprint(g.changed)}}
	if s.in.By != nil {
		e.Actor, e.Capacity, e.Organisation = s.in.By.Pseudonym, record.Institutional, s.who.organisation
	}
	for ref, words := range g.changes {
		e.Texts["measure["+ref+"]"] = words
	}
	if _, err := record.Append(ctx, s.tx, g.rec.ID, e); err != nil {
		return fmt.Errorf("put an import on record: %w", err)
	}
	return nil
}
