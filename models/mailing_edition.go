package models

import (
	"context"
	"fmt"
	"slices"

	"github.com/uptrace/bun"
)

// editionFor is what readers of a language get of a publication (alias pu): its text in that language, else in English, else as it was
// written. So does its page choose where its address names no language.
const (
	editionFor   = "(SELECT x.* FROM publication_texts AS x WHERE x.publication_id = pu.id ORDER BY " + editionOrder + " LIMIT 1)"
	editionOrder = "x.language = ? DESC, x.language = 'en' DESC, x.translation_id IS NULL DESC, x.language"
)

// EditionGap says of a mailing that texts of it name what was published, in languages in which it is not.
type EditionGap struct {
	Languages []string       // of these texts
	Fields    []MailingField // that they name
	Given     string         // language of the title and the summary that stand there instead
}

// EditionGap returns what the mailing's text in a language names and is not published in it; language "" means all texts. It is nil
// where nothing is missing, and where nothing is published at all, for then nothing is sent either.
func (m *Mailing) EditionGap(ctx context.Context, db bun.IDB, language string) (*EditionGap, error) {
	var published []string
	err := db.NewSelect().TableExpr("publication_texts AS x").Column("x.language").Join("JOIN publications AS pu ON pu.id = x.publication_id").
		Where("pu.recommendation_id = ?", m.RecommendationID).OrderExpr(editionOrder, "").Scan(ctx, &published)
	if err != nil {
		return nil, fmt.Errorf("read in which languages a recommendation is published: %w", err)
	}
	if len(published) == 0 {
		return nil, nil
	}
	gap := &EditionGap{Given: published[0]}
	named := map[MailingField]bool{}
	for _, t := range m.Texts {
		fields := t.publishedFields()
		if len(fields) == 0 || slices.Contains(published, t.Language) || language != "" && t.Language != language {
			continue
		}
		gap.Languages = append(gap.Languages, t.Language)
		for _, f := range fields {
			named[f] = true
		}
	}
	if len(gap.Languages) == 0 {
		return nil, nil
	}
	gap.Fields = slices.DeleteFunc(MailingFields(), func(f MailingField) bool { return !named[f] })
	return gap, nil
}

// publishedFields are the fields of a text that are filled from the published recommendation.
func (t MailingText) publishedFields() []MailingField {
	var fields []MailingField
	for _, part := range []string{t.Subject, t.Body, t.Plain} {
		for _, f := range CutFields(part).Fields {
			if f == FieldTitle || f == FieldSummary || f == FieldLink {
				fields = append(fields, f)
			}
		}
	}
	return fields
}
