package web

import (
	"cmp"
	"context"
	"net/http"
	"net/url"

	"github.com/gorilla/mux"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
	"tribuna/internal/i18n"
	"tribuna/models"
)

// administering is one act of administration within the transaction that does it, with what the journal says about it.
type administering func(ctx context.Context, tx bun.Tx) (models.JournalEntry, error)

// editing is what differs between the forms of the administration.
type editing struct {
	by      *visitor
	added   bool // nothing stands there yet
	title   string
	heading i18n.Words // in place of the title, where it holds a name
	lead    string
	back    crumb
	values  url.Values // what stands now, or what something new begins with
	read    func(form url.Values) error
	save    administering
	fields  func(v *editView) error
	next    string // where it leads on
}

// begun returns what a form is about, the one that its address names or else a new one, and who fills it in.
func begun[T any](s *Server, r *http.Request, fresh T, of func(*http.Request) (T, *visitor, error)) (T, *editing, error) {
	if mux.Vars(r)["id"] == "" {
		by, err := s.requireAdministrator(r)
		return fresh, &editing{by: by, added: true}, err
	}
	one, by, err := of(r)
	return one, &editing{by: by}, err
}

// edit shows a form of the administration, or takes it: what was typed is held against what was seen, read, and saved with
// its entry in the journal. What cannot be saved comes back as it was typed.
func (s *Server) edit(w http.ResponseWriter, r *http.Request, e *editing) error {
	l, stored := Localizer(r), e.values
	if e.added {
		stored = nil
	}
	form, wrong := changing(e.values, stored), error(nil)
	if !isReading(r) {
		if err := ParseForm(r); err != nil {
			return err
		}
		form = changing(r.PostForm, stored)
		if !finding(r) {
			if wrong = cmp.Or(form.outdated(), e.read(r.PostForm)); wrong == nil {
				wrong = s.administer(r, e.by, e.save)
			}
			if wrong == nil {
				return s.done(w, r, l.T("reference.saved"), e.next)
			}
		}
	}
	v := s.editPage(r, e.title, l.T("reference.save"), e.back, form)
	if v.Lead = e.lead; e.heading.Text != "" {
		v.Page = v.Titled(e.heading)
	}
	if err := v.refuse(wrong, l); err != nil {
		return err
	}
	if err := e.fields(v); err != nil {
		return err
	}
	return s.renderEdit(w, r, v)
}

// removing is what differs between the questions that are asked once before something is removed.
type removing struct {
	by   *visitor
	act  administering
	uses func() ([]usedAt, error) // where it is still needed
	next string
	ask  removeView
}

// remove asks, then removes what nothing needs; of what is needed it says where.
func (s *Server) remove(w http.ResponseWriter, r *http.Request, m removing) error {
	if !isReading(r) {
		err := s.administer(r, m.by, m.act)
		if err == nil {
			return s.done(w, r, Localizer(r).T("reference.removed"), m.next)
		}
		if apperr.CodeOf(err) != apperr.CodeInUse {
			return err
		}
	}
	var err error
	if m.ask.Uses, err = m.uses(); err != nil {
		return err
	}
	return s.renderRemove(w, r, m.ask)
}
