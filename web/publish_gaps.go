package web

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"tribuna/internal/access"
	"tribuna/internal/i18n"
	"tribuna/models"
)

// publishGaps says what the grants and countries of a text lack in the languages that it would be published in. Where it is
// filled in is shown to those who may.
func (s *Server) publishGaps(ctx context.Context, l *i18n.Localizer, a *officerAct, version *models.Version) ([]gapLine, error) {
	languages, err := s.languagesReady(ctx, a.rec, version.ID)
	if err != nil {
		return nil, err
	}
	countries, err := s.countriesNamed(ctx, a.rec, version)
	if err != nil {
		return nil, err
	}
	return s.gapsFor(ctx, l, a.visitor, a.rec, countries, languages)
}

// mailingGaps is publishGaps for the letters of a mailing, which name the countries concerned alone.
func (s *Server) mailingGaps(ctx context.Context, l *i18n.Localizer, c mailingCase, languages []string) ([]gapLine, error) {
	countries, err := s.countriesNamed(ctx, c.rec, &models.Version{})
	if err != nil {
		return nil, err
	}
	return s.gapsFor(ctx, l, c.visitor, c.rec, countries, languages)
}

func (s *Server) gapsFor(ctx context.Context, l *i18n.Localizer, v *visitor, rec *models.Recommendation, countries []models.Country, languages []string) ([]gapLine, error) {
	grants, err := models.GrantsOf(ctx, s.DB, rec.ID)
	if err != nil {
		return nil, err
	}
	var gaps []models.Gap
	for _, tag := range languages {
		gaps = append(gaps, models.Gaps(countries, grants, tag)...)
	}
	lines := gapLines(l, countries, gaps, true)
	if !v.viewer().May(access.Administer) {
		for i := range lines {
			lines[i].Href = ""
		}
	}
	return lines, nil
}

// languagesReady are the tags of the languages a version would be published in now.
func (s *Server) languagesReady(ctx context.Context, rec *models.Recommendation, version uuid.UUID) ([]string, error) {
	tags := []string{rec.Language}
	translations, err := models.Translations(ctx, s.DB, version)
	for _, tr := range translations {
		if tr.State == models.TranslationApproved || tr.ApprovedAt != nil {
			tags = append(tags, tr.Language)
		}
	}
	return tags, err
}

// countriesNamed are the countries that a publication names: those concerned, and those of the authorities addressed.
func (s *Server) countriesNamed(ctx context.Context, rec *models.Recommendation, version *models.Version) ([]models.Country, error) {
	var ids []uuid.UUID
	for _, m := range version.Measures {
		ids = append(ids, m.AuthorityIDs...)
	}
	authorities, err := models.AuthoritiesByID(ctx, s.DB, ids)
	if err != nil {
		return nil, err
	}
	codes := slices.Clone(rec.Countries)
	for _, a := range authorities {
		codes = append(codes, a.CountryCode)
	}
	all, err := models.Countries(ctx, s.DB)
	return slices.DeleteFunc(all, func(c models.Country) bool { return !slices.Contains(codes, c.Code) }), err
}
