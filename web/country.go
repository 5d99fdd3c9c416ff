package web

import (
	"net/http"

	"tribuna/internal/i18n"
	"tribuna/models"
)

// countryNames are the network's countries in the reader's language, by code.
type countryNames struct {
	codes []string
	names map[string]i18n.Words
	zones map[string]string // by code
	words *i18n.Localizer
}

func (s *Server) countryNames(r *http.Request) (countryNames, error) {
	countries, err := models.Countries(r.Context(), s.DB)
	names := countryNames{names: map[string]i18n.Words{}, zones: map[string]string{}, words: Localizer(r)}
	for _, c := range countries {
		names.codes = append(names.codes, c.Code)
		names.names[c.Code], names.zones[c.Code] = names.words.Name(c.Names), c.Zone
	}
	return names, err
}

// list joins the names of countries as a sentence does, in the network's order.
func (c countryNames) list(codes []string) i18n.Words {
	wanted := map[string]bool{}
	for _, code := range codes {
		wanted[code] = true
	}
	var names []i18n.Words
	for _, code := range c.codes {
		if wanted[code] {
			names = append(names, c.names[code])
		}
	}
	return c.words.List(names)
}

// countryOptions are the network's countries as the choices of a filter.
func (s *Server) countryOptions(r *http.Request) ([]Option, error) {
	names, err := s.countryNames(r)
	if err != nil {
		return nil, err
	}
	options := make([]Option, 0, len(names.codes))
	for _, code := range names.codes {
		options = append(options, optionOf(code, names.names[code]))
	}
	return options, nil
}

func stageOptions(l *i18n.Localizer) []Option {
	var options []Option
	for _, stage := range models.Stages() {
		options = append(options, Option{Value: string(stage), Label: l.T("dashboard.stage." + string(stage))})
	}
	return options
}
