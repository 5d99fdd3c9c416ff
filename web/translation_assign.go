package web

import (
	"net/http"

	"tribuna/internal/access"
	"tribuna/internal/apperr"
	"tribuna/models"
)

// translatorView is the page on which translator and approver of a language are named.
type translatorView struct {
	actView
	Into   string // tag of the language
	People []Option
}

// Few reports whether there are not two people for the language: it takes two.
func (v translatorView) Few() bool { return len(v.People) < 2 }

func (s *Server) assignTranslator(w http.ResponseWriter, r *http.Request) error {
	a, err := s.beginAct(r, access.AssignTranslator, false, models.TaskAssignTranslator)
	if err != nil {
		return err
	}
	return s.showTranslator(w, r, a)
}

func (s *Server) takeTranslator(w http.ResponseWriter, r *http.Request) error {
	a, err := s.beginAct(r, access.AssignTranslator, false, models.TaskAssignTranslator)
	if err != nil {
		return err
	}
	if finding(r) {
		return s.showTranslator(w, r, a)
	}
	bad := apperr.New(apperr.CodeInvalid)
	payload := models.AssignTranslatorPayload{Language: a.language(r),
		TranslatorID: readID(bad, "translator_id", r.PostFormValue("translator_id")),
		ApproverID:   readID(bad, "approver_id", r.PostFormValue("approver_id"))}
	var done bool
	if err = bad.OrNil(); err == nil {
		done, err = s.take(w, r, a, models.DecideAssignTranslator, payload, Localizer(r).T("officer.translator.done"))
	}
	if done {
		return nil
	}
	if err := a.again(r, err); err != nil {
		return err
	}
	return s.showTranslator(w, r, a)
}

// language is the one the task asks about, else the one the address names.
func (a *officerAct) language(r *http.Request) string {
	if a.task != nil && a.task.Language != nil {
		return *a.task.Language
	}
	return r.FormValue("language")
}

func (s *Server) showTranslator(w http.ResponseWriter, r *http.Request, a *officerAct) error {
	ctx, l := r.Context(), Localizer(r)
	if err := a.rec.Possible(models.DecideAssignTranslator); err != nil {
		return err
	}
	into := a.language(r)
	tr, err := models.TranslationFor(ctx, s.DB, *a.rec.AcceptedVersionID, into)
	if err != nil {
		return err
	}
	people, err := models.TranslatorsFor(ctx, s.DB, into, nil)
	if err != nil {
		return err
	}
	v := translatorView{actView: s.newActView(r, a, l.T("officer.translator.title", "Language", l.Language(into))), Into: into}
	for _, p := range people {
		v.People = append(v.People, Option{Value: p.ID.String(), Label: p.Name})
	}
	if r.Method != http.MethodPost && tr.TranslatorID != nil && tr.ApproverID != nil {
		v.Form.Values.Set("translator_id", tr.TranslatorID.String())
		v.Form.Values.Set("approver_id", tr.ApproverID.String())
	}
	s.Engine.Render(w, r, a.form.status, "translation_assign", v)
	return nil
}
