package web

import "tribuna/internal/i18n"

// inCapacity says for whom somebody acts, and that they do so as the network's coordinator where they are nobody there; "" for
// nobody but themselves.
func inCapacity(l *i18n.Localizer, organisation string, coordinates bool) string {
	switch {
	case coordinates && organisation != "":
		return l.T("capacity.coordinator_for", "Organisation", organisation)
	case coordinates:
		return l.T("capacity.coordinator")
	case organisation != "":
		return l.T("recommendation.capacity.for", "Organisation", organisation)
	}
	return ""
}
