package models

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/gowebpki/jcs"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
	"tribuna/internal/markdown"
	"tribuna/internal/record"
)

// Version is a text as it stood once, measures included. It never changes; the database sees to that.
type Version struct {
	bun.BaseModel `bun:"table:versions,alias:v"`

	ID               uuid.UUID `bun:",pk"`
	RecommendationID uuid.UUID
	Number           int
	Title            string
	Body             string           // Markdown
	Measures         []VersionMeasure `bun:"type:jsonb"`
	Hash             string           // SHA-256 over title, body and measures, hexadecimal
	Note             string
	PutIn            int // how many accepted suggestions a step put into it: it is said to each reader in their own words; 0 for none
	BackTo           int // number of the version as which it reads again, because such a step was undone; 0 for none
	CreatedBy        uuid.UUID
	CreatedAt        time.Time
}

// VersionMeasure is a measure as a version holds it.
type VersionMeasure struct {
	ID           uuid.UUID   `json:"id"`
	Number       int         `json:"number"`
	Text         string      `json:"text"`
	AuthorityIDs []uuid.UUID `json:"authority_ids"`
}

// Draft is the text an officer saves: title, body and measures together make a version.
type Draft struct {
	Title    string         `json:"title" validate:"required,max=300"`
	Body     string         `json:"body" validate:"required,max=400000"`
	Measures []DraftMeasure `json:"measures" validate:"max=100,dive"`
	Note     string         `json:"note,omitempty" validate:"max=500"` // what changed

	putIn, backTo int // of Version: what a step of ours did is no note
}

// DraftMeasure is a measure in a draft; one with an id is the measure known by it, one without is new.
type DraftMeasure struct {
	ID           *uuid.UUID  `json:"id,omitempty"`
	Text         string      `json:"text" validate:"required,max=4000"`
	AuthorityIDs []uuid.UUID `json:"authority_ids" validate:"required,min=1,max=50,unique"`
}

// clean makes pasted text plain Markdown.
func (d Draft) clean() Draft {
	d.Title, d.Body = markdown.Clean(d.Title), markdown.Clean(d.Body)
	measures := make([]DraftMeasure, len(d.Measures))
	for i, m := range d.Measures {
		m.Text = markdown.Clean(m.Text)
		measures[i] = m
	}
	d.Measures = measures
	return d
}

// ContentHash is the hash a text is known by in the record and in every form that answers about it.
func ContentHash(title, body string, measures []VersionMeasure) (string, error) {
	raw, err := json.Marshal(map[string]any{"title": title, "body": body, "measures": measures})
	if err != nil {
		return "", err
	}
	canonical, err := jcs.Transform(raw)
	if err != nil {
		return "", fmt.Errorf("canonical form of the text: %w", err)
	}
	sum := sha256.Sum256(canonical)
	return hex.EncodeToString(sum[:]), nil
}

// SaveVersion writes a draft as the recommendation's next version and makes its measures the current ones. A draft
// that changes nothing returns the version there is.
func SaveVersion(ctx context.Context, tx bun.IDB, r *Recommendation, d Draft, author Person, now time.Time) (*Version, error) {
	d = d.clean()
	last, err := lastVersion(ctx, tx, r)
	if err != nil {
		return nil, err
	}
	measures, err := setMeasures(ctx, tx, r.ID, d.Measures)
	if err != nil {
		return nil, err
	}
	hash, err := ContentHash(d.Title, d.Body, measures)
	if err != nil {
		return nil, err
	}
	if last != nil && last.Hash == hash {
		return last, nil
	}
	v := &Version{ID: NewID(), RecommendationID: r.ID, Number: 1, Title: d.Title, Body: d.Body, Measures: measures,
		Hash: hash, Note: d.Note, PutIn: d.putIn, BackTo: d.backTo, CreatedBy: author.ID, CreatedAt: now}
	if last != nil {
		v.Number = last.Number + 1
	}
	if _, err := tx.NewInsert().Model(v).Exec(ctx); err != nil {
		return nil, fmt.Errorf("save version: %w", err)
	}
	r.CurrentVersionID, r.Title = &v.ID, v.Title
	if err := r.Save(ctx, tx, now); err != nil {
		return nil, err
	}
	return v, recordVersion(ctx, tx, r, v, author, now)
}

func lastVersion(ctx context.Context, db bun.IDB, r *Recommendation) (*Version, error) {
	if r.CurrentVersionID == nil {
		return nil, nil
	}
	return VersionByID(ctx, db, *r.CurrentVersionID)
}

// EditDraft saves a draft on top of the version the writer saw: when somebody else saved meanwhile it is refused with
// CodeOutdated, and outside drafting with CodeWrongStage. The recommendation's row is held until the transaction ends.
func EditDraft(ctx context.Context, tx bun.IDB, recommendation uuid.UUID, seen int, d Draft, author Person, now time.Time) (*Version, error) {
	if _, err := LockProcess(ctx, tx, recommendation); err != nil {
		return nil, err
	}
	r, err := RecommendationByID(ctx, tx, recommendation)
	if err != nil {
		return nil, err
	}
	if err := r.Editable(); err != nil {
		return nil, err
	}
	last, err := lastVersion(ctx, tx, r)
	if err != nil {
		return nil, err
	}
	if last.Number != seen {
		return nil, apperr.About(apperr.CodeOutdated, "draft")
	}
	return SaveVersion(ctx, tx, r, d, author, now)
}

// VersionByID returns a version.
func VersionByID(ctx context.Context, db bun.IDB, id uuid.UUID) (*Version, error) {
	v := new(Version)
	err := db.NewSelect().Model(v).Where("v.id = ?", id).Scan(ctx)
	return v, found(err, "version")
}

// VersionByNumber returns a version of a recommendation by its number.
func VersionByNumber(ctx context.Context, db bun.IDB, recommendation uuid.UUID, number int) (*Version, error) {
	v := new(Version)
	err := db.NewSelect().Model(v).Where("v.recommendation_id = ? AND v.number = ?", recommendation, number).Scan(ctx)
	return v, found(err, "version")
}

// Versions lists a recommendation's versions, newest first.
func Versions(ctx context.Context, db bun.IDB, recommendation uuid.UUID) ([]Version, error) {
	var all []Version
	err := db.NewSelect().Model(&all).Where("v.recommendation_id = ?", recommendation).Order("v.number DESC").Scan(ctx)
	return all, err
}

func recordCreated(ctx context.Context, tx bun.IDB, r *Recommendation, officer Person, now time.Time) error {
	facts, err := inCapacity(ctx, tx, officer, r.OrganisationID, map[string]string{"kind": r.Kind, "language": r.Language, "procedure": r.ProcedureID.String()})
	if err != nil {
		return err
	}
	_, err = record.Append(ctx, tx, r.ID, record.Entry{At: now, Verb: "recommendation.created", Actor: officer.Pseudonym,
		Capacity: record.Institutional, Organisation: r.OrganisationID, ObjectKind: "recommendation", Object: r.ID,
		Visibility: record.Network, Facts: facts})
	return err
}

func recordVersion(ctx context.Context, tx bun.IDB, r *Recommendation, v *Version, author Person, now time.Time) error {
	facts, err := inCapacity(ctx, tx, author, r.OrganisationID, map[string]string{"number": fmt.Sprint(v.Number), "hash": v.Hash})
	if err != nil {
		return err
	}
	_, err = record.Append(ctx, tx, r.ID, record.Entry{At: now, Verb: "version.saved", Actor: author.Pseudonym,
		Capacity: record.Institutional, Organisation: r.OrganisationID, ObjectKind: "version", Object: v.ID,
		Visibility: record.Network, Facts: facts,
		Texts: map[string]string{"note": v.Note}})
	return err
}
