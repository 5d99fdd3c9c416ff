package web

import (
	"context"
	"net/http"

	"github.com/gorilla/mux"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
	"tribuna/internal/i18n"
	"tribuna/internal/links"
	"tribuna/models"
)

func (s *Server) objectionRoutes(r *mux.Router) {
	s.get(r, "/o/{token}", s.objection)
	s.post(r, "/o/{token}", s.objection)
}

// objectionView asks once whether somebody objects to the use of their data, or says that it is noted.
type objectionView struct {
	Page
	Address string // hidden but for its beginning and its domain; "" for a link that leads to nobody
	Done    bool
	Post    string
	Holder  models.DataHolder
}

// objection is where the link in a notice leads: machines that follow it decide nothing, the button does. Nobody has to be
// signed in: the link is what proves who asks. Again changes nothing.
func (s *Server) objection(w http.ResponseWriter, r *http.Request) error {
	neverKept(w)
	person, notice, err := s.objector(r)
	if apperr.CodeOf(err) == apperr.CodeNotFound {
		r = s.inLanguageOf(r, person.ID)
		v := objectionView{Page: NewPage(r, Localizer(r).T("published.unsubscribe.broken_title"))}
		v.NoIndex = true
		s.Engine.Render(w, r, http.StatusNotFound, "objection", v)
		return nil
	}
	if err != nil {
		return err
	}
	done := notice.ObjectedAt != nil
	if !isReading(r) {
		err := s.DB.RunInTx(r.Context(), nil, func(ctx context.Context, tx bun.Tx) error { return models.ObjectToData(ctx, tx, person, s.Now()) })
		if err != nil {
			return err
		}
		done = true
	}
	if _, err := r.Cookie(languageCookie); err != nil {
		r = r.WithContext(WithLanguage(r.Context(), i18n.Match(r.Header.Get("Accept-Language"), person.Language)))
	}
	title := "notice.objection.title"
	if done {
		title = "notice.objection.done_title"
	}
	v := objectionView{Page: NewPage(r, Localizer(r).T(title)), Address: veiled(person.Email), Done: done, Post: r.URL.Path}
	v.NoIndex = true
	if v.Holder, err = models.DataHolderOf(r.Context(), s.DB); err != nil {
		return err
	}
	s.Engine.Render(w, r, http.StatusOK, "objection", v)
	return nil
}

func (s *Server) objector(r *http.Request) (models.Person, models.ContactNotice, error) {
	claims, err := s.Links.Check(mux.Vars(r)["token"])
	if err != nil || claims.Kind != links.KindObjection {
		return models.Person{}, models.ContactNotice{}, apperr.NotFound("person")
	}
	person, err := models.PersonByID(r.Context(), s.DB, claims.PersonID)
	if err != nil {
		return person, models.ContactNotice{}, err
	}
	notice, err := models.NoticeOf(r.Context(), s.DB, person.ID)
	return person, notice, err
}
