package web

import (
	"context"

	"tribuna/internal/i18n"
	"tribuna/models"
)

// unpublishedIn says which texts of a mailing name what was published in languages in which it is not, and what stands there instead;
// "" where none does. Language "" means all texts.
func (s *Server) unpublishedIn(ctx context.Context, l *i18n.Localizer, m *models.Mailing, language string) (string, error) {
	gap, err := m.EditionGap(ctx, s.DB, language)
	if err != nil || gap == nil {
		return "", err
	}
	var fields []string
	said := ""
	for _, f := range gap.Fields {
		fields = append(fields, "{"+string(f)+"}")
		if f == models.FieldLink {
			said += " " + l.T("mailing.unpublished_link")
		} else if len(fields) == 1 {
			said = " " + l.T("mailing.unpublished_words", "Given", l.Language(gap.Given))
		}
	}
	return l.T("mailing.unpublished_in", "Fields", l.ListAnd(fields), "Languages", languageList(l, gap.Languages)) + said, nil
}
