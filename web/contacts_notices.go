package web

import (
	"context"
	"net/http"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
	"tribuna/models"
)

// noticesView is who has to be told where their data came from, and who was.
type noticesView struct {
	Page
	Back crumb
	Rows []noticeRow
}

// noticeRow is somebody who has to be told.
type noticeRow struct {
	ID, Href, Name, Email, Source, Basis string
	DueOn                                string
	Late                                 bool
	Told                                 *Moment
}

func (s *Server) contactNotices(w http.ResponseWriter, r *http.Request) error {
	by, err := s.requireAdministrator(r)
	if err != nil {
		return err
	}
	l := Localizer(r)
	list, err := models.ContactNotices(r.Context(), s.DB)
	if err != nil {
		return err
	}
	zone, err := s.zoneOf(r.Context(), by.Person)
	if err != nil {
		return err
	}
	v := noticesView{Page: s.administrationPage(r, l.T("contacts.notices")), Back: crumb{contactsPath, l.T("administration.contacts")}}
	for _, n := range list {
		row := noticeRow{ID: n.PersonID.String(), Href: personPath(n.PersonID), Name: n.Name, Email: n.Email, Source: n.Source,
			Basis: l.T("contacts.basis." + n.Basis), DueOn: l.Date(n.DueAt, zone), Late: s.Now().After(n.DueAt)}
		if n.ToldAt != nil {
			row.Told = &Moment{*n.ToldAt, zone}
		}
		v.Rows = append(v.Rows, row)
	}
	s.Engine.Render(w, r, http.StatusOK, "contact_notices", v)
	return nil
}

// noteTold puts down that somebody was told.
func (s *Server) noteTold(w http.ResponseWriter, r *http.Request) error {
	by, err := s.requireAdministrator(r)
	if err != nil {
		return err
	}
	if err := ParseForm(r); err != nil {
		return err
	}
	person, err := uuid.Parse(r.PostForm.Get("person_id"))
	if err != nil {
		return apperr.Invalid("person_id", "required")
	}
	err = s.DB.RunInTx(r.Context(), nil, func(ctx context.Context, tx bun.Tx) error {
		return models.NoteTold(ctx, tx, by.Person, person, s.Now())
	})
	if err != nil {
		return err
	}
	return s.done(w, r, Localizer(r).T("contacts.told_now"), contactsPath+"/notices")
}
