package web

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/access"
	"tribuna/internal/apperr"
	"tribuna/models"
)

// restView asks before a draft is made to those whom a mailing did not reach, and who of those of whom it is not known gets it too.
type restView struct {
	Page
	formState
	Document     string // what its mailing is called
	DocumentLang string
	Action, Back string
	Rest         models.RestOf
	Unknown      []sampleRow
	More         bool // of the unknown than are listed; all of them can be ticked at once
}

// restUnknown is how many of those of whom it is not known can be ticked one by one.
const restUnknown = 200

func (s *Server) confirmRest(w http.ResponseWriter, r *http.Request) error {
	c, err := s.loadMailing(r, access.LaunchMailing)
	if err == nil {
		err = c.m.HasRest()
	}
	if err != nil {
		return err
	}
	return s.renderRest(w, r, c, newFormState(nil))
}

// restOffered is where the rest of a mailing is written to; "" where there is nobody, or the mailing is not over.
func (s *Server) restOffered(r *http.Request, c mailingCase) (string, error) {
	if c.m.HasRest() != nil {
		return "", nil
	}
	rest, err := models.CountRest(r.Context(), s.DB, c.m, s.Now())
	if err != nil {
		return "", err
	}
	if rest.People == 0 {
		unknown, err := s.ofWhomNotKnown(r, c, 1)
		if err != nil || len(unknown) == 0 {
			return "", err
		}
	}
	return c.path() + "/rest", nil
}

// ofWhomNotKnown lists recipients of whom it is not known whether they have the mailing, at most so many.
func (s *Server) ofWhomNotKnown(r *http.Request, c mailingCase, most int) ([]models.Unreached, error) {
	return models.NotReachedBy(r.Context(), s.DB, c.visitor.viewer(), c.m.ID, models.OutcomeFilter{Outcome: models.OutcomeUnknown}, uuid.Nil, most)
}

func (s *Server) renderRest(w http.ResponseWriter, r *http.Request, c mailingCase, f formState) error {
	l := Localizer(r)
	v := restView{Page: s.workPage(r, l.T("mailing.rest.title")), formState: f, Document: c.title.Title, DocumentLang: c.title.Language,
		Action: c.path() + "/rest", Back: c.path() + "/report"}
	if said := subjectOf(l, *c.m); said.Title != "" {
		v.Document, v.DocumentLang = said.Title, said.Language
	}
	var err error
	if v.Rest, err = models.CountRest(r.Context(), s.DB, c.m, s.Now()); err != nil {
		return err
	}
	list, err := s.ofWhomNotKnown(r, c, restUnknown+1)
	if err != nil {
		return err
	}
	names, err := s.countryNames(r)
	if err != nil {
		return err
	}
	if v.More = len(list) > restUnknown; v.More {
		list = list[:restUnknown]
	}
	for _, u := range list {
		v.Unknown = append(v.Unknown, sampleRow{ID: u.PersonID.String(), Name: u.Name, Language: l.Language(u.Language), Country: names.names[u.Country]})
	}
	s.Engine.Render(w, r, f.status, "mailing_rest", v)
	return nil
}

// createRest makes the draft, once for the same form sent twice. Nothing is sent by it.
func (s *Server) createRest(w http.ResponseWriter, r *http.Request) error {
	c, err := s.loadMailing(r, access.LaunchMailing)
	if err != nil {
		return err
	}
	f, err := readFormState(r)
	if err != nil {
		return err
	}
	id, err := s.createRestOnce(r.Context(), c, f.DecisionID, restAgain(r.PostForm))
	if err != nil && c.m.HasRest() == nil && f.showAgain(err, Localizer(r)) {
		return s.renderRest(w, r, c, f)
	}
	if err != nil {
		return err
	}
	s.Processes.StartSoon(r.Context(), id)
	s.flash(r, "done", Localizer(r).T("mailing.rest.made"))
	http.Redirect(w, r, mailingPath(id), http.StatusSeeOther)
	return nil
}

// restAgain reads who gets it again: who is ticked says nothing more where all are.
func restAgain(values url.Values) models.Again {
	if values.Get("again_unknown") != "" {
		return models.Again{All: true}
	}
	return models.Again{People: idsOf(values["again"])}
}

func (s *Server) createRestOnce(ctx context.Context, c mailingCase, key string, again models.Again) (id uuid.UUID, err error) {
	raw, err := json.Marshal([]any{c.m.ID, again})
	if err != nil {
		return id, fmt.Errorf("encode whom a mailing goes to again: %w", err)
	}
	k := models.IdempotencyKey{PersonID: c.visitor.Person.ID, Key: key, Hash: fmt.Sprintf("%x", sha256.Sum256(raw)), CreatedAt: s.Now()}
	err = s.DB.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		id, _, err = models.CreateOnce(ctx, tx, k, func() (uuid.UUID, error) {
			m, err := models.CreateRest(ctx, tx, c.m, c.rec, again, c.visitor.Person.ID, s.Now())
			if err != nil {
				return uuid.Nil, err
			}
			return m.ID, nil
		})
		return err
	})
	return id, err
}

// settleMail notes what somebody found out about a mail whose fate is not known, and leads back to where they were.
func (s *Server) settleMail(w http.ResponseWriter, r *http.Request) error {
	c, err := s.loadMailing(r, access.EditMailing)
	if err != nil {
		return err
	}
	if err := ParseForm(r); err != nil {
		return err
	}
	l, told := Localizer(r), r.PostFormValue("told")
	mail, err := uuid.Parse(r.PostFormValue("mail"))
	if err != nil || told != "arrived" && told != "not" {
		return apperr.Invalid("mail", "unknown")
	}
	err = s.DB.RunInTx(r.Context(), nil, func(ctx context.Context, tx bun.Tx) error {
		return models.SettleUnknown(ctx, tx, c.m.ID, mail, told == "arrived", c.visitor.Person, s.Now())
	})
	switch {
	case apperr.CodeOf(err) == apperr.CodeWrongStage:
		s.flash(r, "harm", l.T("mailing.report.known_by_now"))
	case err != nil:
		return err
	default:
		s.flash(r, "done", l.T("mailing.report.settled"))
	}
	http.Redirect(w, r, c.path()+"/report"+narrowing(r.PostForm, "country", "language", "why", "after")+"#not-reached", http.StatusSeeOther)
	return nil
}
