package web

import (
	"net/http"

	"tribuna/models"
)

// mailingKin are the mailings that one is bound to because one goes to those whom the other did not reach.
type mailingKin struct{ RestOf, Rests []restLink }

// restLink leads to such a mailing. Said is how many were written to by it, in words; "" of the one of which this is the rest.
type restLink struct{ Href, Subject, Lang, Said string }

func (s *Server) kinOf(r *http.Request, m *models.Mailing) (k mailingKin, err error) {
	l := Localizer(r)
	of, err := models.RestOfWhich(r.Context(), s.DB, m, l.Tag())
	if err != nil {
		return k, err
	}
	for _, first := range of {
		k.RestOf = append(k.RestOf, restLink{Href: mailingPath(first.ID), Subject: shownSubject(l, first.SubjectLine), Lang: first.Language})
	}
	rests, err := models.RestsOf(r.Context(), s.DB, m, l.Tag())
	for _, rest := range rests {
		said := l.T("mailing.rest.again", "People", l.Number(rest.People), "Got", l.Number(rest.Got))
		k.Rests = append(k.Rests, restLink{Href: mailingPath(rest.ID), Subject: shownSubject(l, rest.SubjectLine), Lang: rest.Language, Said: said})
	}
	return k, err
}
