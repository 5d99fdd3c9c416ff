package web

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"tribuna/internal/i18n"
	"tribuna/models"
)

// authorityOptions are whom a step can be about: those whom the recommendation addresses come first. Each is named with its country,
// because many are called alike. Who no longer exists is left out, but the one that was chosen before.
func (s *Server) authorityOptions(ctx context.Context, l *i18n.Localizer, recommendation uuid.UUID, chosen *uuid.UUID) ([]Option, error) {
	authorities, err := models.Authorities(ctx, s.DB, models.AuthorityFilter{Limit: 5000})
	if err != nil {
		return nil, err
	}
	addressed, err := s.addressedBy(ctx, recommendation)
	if err != nil {
		return nil, err
	}
	countries, err := models.Countries(ctx, s.DB)
	if err != nil {
		return nil, err
	}
	names := map[string]string{}
	for _, c := range countries {
		names[c.Code] = l.Name(c.Names).Text
	}
	var first, rest []Option
	for _, a := range authorities {
		if a.RetiredAt != nil && (chosen == nil || *chosen != a.ID) {
			continue
		}
		o := optionOf(a.ID.String(), l.Name(a.Names))
		if country := names[a.CountryCode]; country != "" {
			o.Label += " · " + country
		}
		if addressed[a.ID] {
			first = append(first, o)
		} else {
			rest = append(rest, o)
		}
	}
	return slices.Concat(first, rest), nil
}

// addressedBy are the authorities that a recommendation's measures are addressed to.
func (s *Server) addressedBy(ctx context.Context, recommendation uuid.UUID) (map[uuid.UUID]bool, error) {
	measures, err := models.Measures(ctx, s.DB, recommendation)
	to := map[uuid.UUID]bool{}
	for _, m := range measures {
		for _, a := range m.Authorities {
			to[a.ID] = true
		}
	}
	return to, err
}
