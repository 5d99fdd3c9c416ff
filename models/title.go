package models

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// Titled is a title and the language it is in; "" where nobody said which.
type Titled struct{ Title, Language string }

// Titled is the title as it was written, and its language.
func (r *Recommendation) Titled() Titled { return Titled{r.Title, r.Language} }

// Titles are the titles that recommendations have in a reader's language.
type Titles struct {
	language string
	of       map[uuid.UUID]string
}

// Of is what a recommendation is called for the reader: in their language where it has a title in it, else as it was written.
func (t Titles) Of(recommendation uuid.UUID, written Titled) Titled {
	if title := t.of[recommendation]; title != "" {
		return Titled{title, t.language}
	}
	return written
}

// unnamedNumber is what follows the title of the recommendation in that of a campaign to which nobody gave a name, from the second on.
var unnamedNumber = regexp.MustCompile(`^( \(\d+\))?$`)

// Campaign is what a campaign of a recommendation is called for the reader. One to which nobody gave a name has that of its
// recommendation, perhaps with a number, and is called as that is.
func (t Titles) Campaign(recommendation uuid.UUID, written Titled, title string) Titled {
	number, unnamed := strings.CutPrefix(title, written.Title)
	if !unnamed || !unnamedNumber.MatchString(number) {
		return Titled{Title: title}
	}
	called := t.Of(recommendation, written)
	called.Title += number
	return called
}

// TitlesIn returns the titles of recommendations in a language other than their own: as published, else as the approved
// translation of the accepted text has it. Who may read the recommendation is for the caller to know.
func TitlesIn(ctx context.Context, db bun.IDB, language string, recommendations []uuid.UUID) (Titles, error) {
	titles := Titles{language: language, of: map[uuid.UUID]string{}}
	if len(recommendations) == 0 {
		return titles, nil
	}
	var rows []struct {
		ID    uuid.UUID
		Title string
	}
	err := db.NewSelect().TableExpr("recommendations AS r").ColumnExpr("r.id, COALESCE(published.title, approved.title) AS title").
		Join("LEFT JOIN publications AS pu ON pu.recommendation_id = r.id").
		Join("LEFT JOIN publication_texts AS published ON published.publication_id = pu.id AND published.language = ?", language).
		Join("LEFT JOIN translations AS approved ON approved.version_id = r.accepted_version_id AND approved.language = ? AND approved.state = ?",
			language, TranslationApproved).
		Where("r.id IN (?) AND r.language <> ?", bun.List(recommendations), language).
		Where("COALESCE(published.title, approved.title, '') <> ''").Scan(ctx, &rows)
	if err != nil {
		return titles, fmt.Errorf("read titles in a language: %w", err)
	}
	for _, row := range rows {
		titles.of[row.ID] = row.Title
	}
	return titles, nil
}
