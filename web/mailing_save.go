package web

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/access"
	"tribuna/internal/apperr"
	"tribuna/internal/validation"
	"tribuna/models"
)

// createMailing writes a new mailing as a draft. The button "count" saves nothing: it shows the form again with how
// many people the audience has.
func (s *Server) createMailing(w http.ResponseWriter, r *http.Request) error {
	c, err := s.forNewMailing(r)
	if err != nil {
		return err
	}
	return s.writeMailing(w, r, c, func(ctx context.Context, tx bun.IDB, in models.MailingInput) (*models.Mailing, error) {
		in.Kind = c.kind
		return s.createMailingOnce(ctx, tx, c, r.PostFormValue("decision_id"), in)
	})
}

// createMailingOnce makes the same form sent twice one mailing.
func (s *Server) createMailingOnce(ctx context.Context, tx bun.IDB, c mailingCase, key string, in models.MailingInput) (*models.Mailing, error) {
	raw, err := json.Marshal(in)
	if err != nil {
		return nil, fmt.Errorf("encode a mailing: %w", err)
	}
	k := models.IdempotencyKey{PersonID: c.visitor.Person.ID, Key: key, Hash: fmt.Sprintf("%x", sha256.Sum256(raw)), CreatedAt: s.Now()}
	id, _, err := models.CreateOnce(ctx, tx, k, func() (uuid.UUID, error) {
		m, err := models.CreateMailing(ctx, tx, c.rec, in, c.visitor.Person.ID, s.Now())
		if err != nil {
			return uuid.Nil, err
		}
		return m.ID, nil
	})
	if err != nil {
		return nil, err
	}
	return models.MailingByID(ctx, tx, id)
}

// saveMailing changes a draft, on top of the revision that its writer saw.
func (s *Server) saveMailing(w http.ResponseWriter, r *http.Request) error {
	c, err := s.loadMailing(r, access.EditMailing)
	if err != nil {
		return err
	}
	return s.writeMailing(w, r, c, func(ctx context.Context, tx bun.IDB, in models.MailingInput) (*models.Mailing, error) {
		seen, _ := strconv.Atoi(r.PostFormValue("revision")) // 0 is nobody's revision
		return models.EditMailing(ctx, tx, c.m.ID, seen, in, s.Now())
	})
}

func (s *Server) writeMailing(w http.ResponseWriter, r *http.Request, c mailingCase,
	write func(context.Context, bun.IDB, models.MailingInput) (*models.Mailing, error)) error {
	f, err := readFormState(r)
	if err != nil {
		return err
	}
	if kept, err := s.keepWords(w, r, c.keptForm()); kept {
		return err
	}
	if c.m == nil && r.PostFormValue("do") == doOtherKind {
		return s.asOtherKind(w, r, c, f)
	}
	if r.PostFormValue("do") == "count" || finding(r) {
		return s.showMailingAgain(w, r, c, f)
	}
	if shown, err := s.withSegment(r, c, &f); shown || err != nil {
		if err != nil {
			return err
		}
		return s.showMailingAgain(w, r, c, f)
	}
	if takePlain(r, f.Form.Values) {
		return s.showMailingAgain(w, r, c, f)
	}
	if arranged, err := s.arrangeItems(r.Context(), r, &f); arranged || err != nil {
		if err != nil {
			return err
		}
		return s.showMailingAgain(w, r, c, f)
	}
	m, err := s.storeMailing(r.Context(), onlyOf(c.kind, r.PostForm), c, write)
	if err != nil && f.showAgain(err, Localizer(r)) {
		if err := s.sayRefused(r, c, err, &f); err != nil {
			return err
		}
		return s.showMailingAgain(w, r, c, f)
	}
	if err == nil {
		err = s.forgetKeptMailing(r.Context(), c, r.PostForm)
	}
	if err != nil {
		return err
	}
	if c.m == nil {
		s.Processes.StartSoon(r.Context(), m.ID)
	}
	owner, err := models.OrganisationByID(r.Context(), s.DB, c.rec.OrganisationID)
	if err != nil {
		return err
	}
	s.flash(r, "done", Localizer(r).T("mailing.saved", "Organisation", owner.Name))
	to := mailingPath(m.ID)
	switch r.PostFormValue("do") {
	case "launch", "files":
		to += "/" + r.PostFormValue("do")
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

// forgetKeptMailing forgets what was kept of a mailing that is stored, also as the kinds that it was of before.
func (s *Server) forgetKeptMailing(ctx context.Context, c mailingCase, values url.Values) error {
	kinds := []string{c.kind}
	if c.m == nil {
		kinds = passedKinds(c.kind, values)
		if keepsAs(c.kind, values) {
			kinds = append(kinds, c.kind)
		}
	}
	for _, kind := range kinds {
		if err := models.ForgetKept(ctx, s.DB, c.visitor.Person.ID, c.as(kind).keptForm().name); err != nil {
			return err
		}
	}
	return nil
}

// showMailingAgain shows the form with what was typed. It goes on keeping that, unless words of another new mailing wait to be decided about.
func (s *Server) showMailingAgain(w http.ResponseWriter, r *http.Request, c mailingCase, f formState) error {
	state := keeping{Keeps: true}
	if c.m == nil && !keepsAs(c.kind, r.PostForm) {
		var err error
		if _, state, err = s.keptIn(r, c.keptForm(), c.path(), f.Form.Values); err != nil {
			return err
		}
	}
	return s.renderMailing(w, r, c, f, state)
}

// storeMailing writes what the form says. All that is wrong with it is told at once: what a request may not hold at all, and what does not
// fit the kind.
func (s *Server) storeMailing(ctx context.Context, values url.Values, c mailingCase,
	write func(context.Context, bun.IDB, models.MailingInput) (*models.Mailing, error)) (*models.Mailing, error) {
	in, names := readMailing(values, c.rec.ID)
	var written map[string]string
	in.MailingContent, written = readContent(values)
	bad := apperr.New(apperr.CodeInvalid)
	in.WriteUntil = readDay(bad, "write_until", values.Get("write_until"))
	var m *models.Mailing
	chosen, err := saysCampaign(values), validation.Check(in)
	if err == nil && chosen == nil && bad.OrNil() == nil {
		err = s.DB.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) (err error) {
			m, err = write(ctx, tx, in)
			return err
		})
	} else {
		if err = errors.Join(bad.Take(chosen), bad.Take(err)); err == nil {
			err = bothFaults(bad, in.Check(ctx, s.DB, c.kind, c.rec.ID, s.Now()))
		}
	}
	return m, atTheirContent(atTheirTexts(atLists(err), names), written)
}

// sayRefused says why a mailing was not saved in the words of a mailing: in which language a text is to be corrected, that somebody
// else saved it meanwhile, or launched it.
func (s *Server) sayRefused(r *http.Request, c mailingCase, why error, f *formState) error {
	l := Localizer(r)
	f.Form.nameTexts(l, func(name string) string { return f.Form.Value(name + ".language") })
	var err error
	switch code := apperr.CodeOf(why); {
	case code == apperr.CodeOutdated:
		f.Refused = l.T("mailing.outdated")
	case code == apperr.CodeWrongStage && c.m != nil && c.m.State != models.MailingDraft:
		f.Refused, err = s.launchedAlready(r, c)
	}
	return err
}
