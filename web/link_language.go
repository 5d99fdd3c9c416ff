package web

import (
	"context"
	"net/http"
	"slices"

	"github.com/google/uuid"

	"tribuna/internal/apperr"
	"tribuna/internal/i18n"
	"tribuna/models"
)

// mailLanguage offers who came by a personal link, and reads the page in another language than they are written to in, to be
// written to in that one. Who is signed in need not be asked: their profile follows the page.
type mailLanguage struct{ Action, Now, Offered string }

func (s *Server) mailLanguage(ctx context.Context, l *i18n.Localizer, a *asked) (*mailLanguage, error) {
	if a.visitor.LinkTask == uuid.Nil || a.visitor.Person.Language == l.Tag() {
		return nil, nil
	}
	known, err := models.Languages(ctx, s.DB)
	if err != nil || !slices.ContainsFunc(known, func(k models.Language) bool { return k.Tag == l.Tag() }) {
		return nil, err
	}
	return &mailLanguage{Action: a.path() + "/language", Now: a.visitor.Person.Language, Offered: l.Tag()}, nil
}

// changeMailLanguage has the person asked be written to in the language that they chose. The form as it stands chooses none: the page's
// own language may have been changed by a machine that looks into mails.
func (s *Server) changeMailLanguage(w http.ResponseWriter, r *http.Request) error {
	a, err := s.loadAsked(r)
	if err != nil {
		return err
	}
	if err := ParseForm(r); err != nil {
		return err
	}
	l, tag := Localizer(r), r.PostForm.Get("language")
	if offered := r.PostForm.Get("offered"); tag == "" && slices.Contains(i18n.Tags(), offered) { // as a machine sends it
		s.flash(r, "harm", l.T("asked.tick", "Box", l.T("asked.mails.change", "Language", l.Language(offered))))
		http.Redirect(w, r, a.path(), http.StatusSeeOther)
		return nil
	}
	if !slices.Contains(i18n.Tags(), tag) {
		return apperr.Invalid("language", "unknown")
	}
	if err := models.SetLanguage(r.Context(), s.DB, a.visitor.Person.ID, tag); err != nil {
		return err
	}
	s.flash(r, "done", i18n.For(tag).T("asked.mails.changed"))
	http.Redirect(w, r, a.path(), http.StatusSeeOther)
	return nil
}
