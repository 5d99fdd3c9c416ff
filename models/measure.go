package models

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
)

// Measure is one thing asked for. It keeps its id through the versions, so that what is followed up for years is the
// measure that was drafted.
type Measure struct {
	bun.BaseModel `bun:"table:measures,alias:m"`

	ID               uuid.UUID `bun:",pk"`
	RecommendationID uuid.UUID
	Number           int
	Text             string

	Origin      *ImportedMeasure `bun:"rel:has-one,join:id=measure_id"` // of an imported one
	Authorities []Authority      `bun:"m2m:measure_authorities,join:Measure=Authority"`
}

// MeasureAuthority addresses a measure to an authority.
type MeasureAuthority struct {
	bun.BaseModel `bun:"table:measure_authorities,alias:ma"`

	MeasureID   uuid.UUID  `bun:",pk"`
	Measure     *Measure   `bun:"rel:belongs-to,join:measure_id=id"`
	AuthorityID uuid.UUID  `bun:",pk"`
	Authority   *Authority `bun:"rel:belongs-to,join:authority_id=id"`
}

// Measures lists a recommendation's measures with their authorities, by number.
func Measures(ctx context.Context, db bun.IDB, recommendation uuid.UUID) ([]Measure, error) {
	var all []Measure
	err := db.NewSelect().Model(&all).Relation("Authorities", func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Order("authority.slug")
	}).Where("m.recommendation_id = ?", recommendation).Order("m.number").Scan(ctx)
	return all, err
}

// setMeasures makes the draft's measures the recommendation's, numbered in their order, and adds the countries of
// their authorities to those the recommendation concerns.
func setMeasures(ctx context.Context, tx bun.IDB, recommendation uuid.UUID, drafts []DraftMeasure) ([]VersionMeasure, error) {
	known, err := measureIDs(ctx, tx, recommendation)
	if err != nil {
		return nil, err
	}
	if err := refuseRetired(ctx, tx, recommendation, drafts); err != nil {
		return nil, err
	}
	result := make([]VersionMeasure, 0, len(drafts))
	kept := []uuid.UUID{uuid.Nil}
	for i, d := range drafts {
		m := Measure{ID: NewID(), RecommendationID: recommendation, Number: i + 1, Text: d.Text}
		if d.ID != nil {
			if !known[*d.ID] {
				return nil, apperr.Invalid(fmt.Sprintf("measures[%d].id", i), "unknown")
			}
			m.ID = *d.ID
		}
		kept = append(kept, m.ID)
		if err := m.put(ctx, tx, d.AuthorityIDs, i); err != nil {
			return nil, err
		}
		result = append(result, VersionMeasure{ID: m.ID, Number: m.Number, Text: m.Text, AuthorityIDs: d.AuthorityIDs})
	}
	_, err = tx.NewDelete().Model((*Measure)(nil)).Where("recommendation_id = ?", recommendation).
		Where("id NOT IN (?)", bun.List(kept)).Exec(ctx)
	if err != nil {
		return nil, fmt.Errorf("remove measures: %w", err)
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO recommendation_countries (recommendation_id, country_code)
		SELECT DISTINCT m.recommendation_id, a.country_code FROM measures AS m
		JOIN measure_authorities AS ma ON ma.measure_id = m.id JOIN authorities AS a ON a.id = ma.authority_id
		WHERE m.recommendation_id = ? AND a.country_code IS NOT NULL ON CONFLICT DO NOTHING`, recommendation)
	if err != nil {
		return nil, fmt.Errorf("add the authorities' countries: %w", err)
	}
	return result, nil
}

// refuseRetired blames measures that are newly addressed to an authority that is no more. Those that were addressed to it
// before stay so.
func refuseRetired(ctx context.Context, db bun.IDB, recommendation uuid.UUID, drafts []DraftMeasure) error {
	var retired []uuid.UUID
	err := db.NewRaw(`SELECT a.id FROM authorities AS a WHERE a.retired_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM measure_authorities AS ma
		JOIN measures AS m ON m.id = ma.measure_id WHERE m.recommendation_id = ? AND ma.authority_id = a.id)`, recommendation).Scan(ctx, &retired)
	if err != nil {
		return fmt.Errorf("read which authorities are no more: %w", err)
	}
	bad := apperr.New(apperr.CodeInvalid)
	for i, d := range drafts {
		if slices.ContainsFunc(d.AuthorityIDs, func(id uuid.UUID) bool { return slices.Contains(retired, id) }) {
			bad.And(fmt.Sprintf("measures[%d].authority_ids", i), "retired")
		}
	}
	return bad.OrNil()
}

func measureIDs(ctx context.Context, db bun.IDB, recommendation uuid.UUID) (map[uuid.UUID]bool, error) {
	var ids []uuid.UUID
	err := db.NewSelect().Model((*Measure)(nil)).Column("id").Where("recommendation_id = ?", recommendation).Scan(ctx, &ids)
	set := make(map[uuid.UUID]bool, len(ids))
	for _, id := range ids {
		set[id] = true
	}
	return set, err
}

func (m Measure) put(ctx context.Context, tx bun.IDB, authorities []uuid.UUID, index int) error {
	_, err := tx.NewInsert().Model(&m).On("CONFLICT (id) DO UPDATE").Set("number = EXCLUDED.number").Set("text = EXCLUDED.text").Exec(ctx)
	if err != nil {
		return fmt.Errorf("save measure: %w", err)
	}
	if _, err := tx.NewDelete().Model((*MeasureAuthority)(nil)).Where("measure_id = ?", m.ID).Exec(ctx); err != nil {
		return fmt.Errorf("clear addressees: %w", err)
	}
	for _, a := range authorities {
		_, err := tx.NewInsert().Model(&MeasureAuthority{MeasureID: m.ID, AuthorityID: a}).On("CONFLICT DO NOTHING").Exec(ctx)
		if isForeignKey(err) {
			return apperr.Invalid(fmt.Sprintf("measures[%d].authority_ids", index), "unknown")
		}
		if err != nil {
			return fmt.Errorf("address measure: %w", err)
		}
	}
	return nil
}
