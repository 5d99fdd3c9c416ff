package web

import (
	"net/http"
	"net/url"
	"time"

	"tribuna/internal/apperr"
	"tribuna/internal/i18n"
	"tribuna/models"
)

// personOrigin says where the data of somebody came from, on which ground, and whether they were told; notice leads to them
// in the list of who has to be.
func (s *Server) personOrigin(r *http.Request, p models.Person, zone *time.Location) (facts []labelled, notice string, err error) {
	l := Localizer(r)
	n, err := models.NoticeOf(r.Context(), s.DB, p.ID)
	if apperr.CodeOf(err) == apperr.CodeNotFound {
		return []labelled{{l.T("profile.since"), i18n.Said(l.Date(p.CreatedAt, zone))}, {l.T("contacts.source"), i18n.Said(l.T("profile.by_hand"))}}, "", nil
	}
	if err != nil {
		return nil, "", err
	}
	row := s.noticeRows(l, zone, []models.ContactNotice{n})[0]
	facts = []labelled{{l.T("contacts.source"), i18n.Said(row.Source)}, {l.T("contacts.basis"), i18n.Said(row.Basis)},
		{l.T("origin.imported"), linkedTo(i18n.Said(l.Date(n.ImportedAt, zone)), contactsImportPath(n.ImportID))}}
	told, list := row.Told, "told"
	if told == "" {
		told, list = l.T("contacts.told_by", "Date", row.DueOn), ""
	}
	if row.Late {
		told = l.T("notice.overdue", "Date", row.DueOn)
	}
	for _, said := range []string{told, row.Why, row.ObjectedOn} {
		if said != "" {
			facts = append(facts, labelled{l.T("origin.notice"), i18n.Said(said)})
		}
	}
	return facts, narrowed(noticesPath, url.Values{"list": {list}, "q": {p.Email}}, noticeFilters...), nil
}
