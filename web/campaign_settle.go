package web

import (
	"context"
	"net/http"

	"github.com/uptrace/bun"

	"tribuna/internal/access"
	"tribuna/internal/apperr"
	"tribuna/internal/i18n"
	"tribuna/models"
)

// readSettled gathers what is said of a step; that it is done, and that it is called off, are two forms.
func readSettled(r *http.Request, step *models.CampaignStep, bad *apperr.Error) (to models.StepState, said models.StepResult) {
	to = models.StepState(r.PostFormValue("do"))
	said = models.StepResult{Result: words(r, "result"), Written: models.Written{WrittenIn: r.PostFormValue("result_written_in")}}
	if to == models.StepCalledOff {
		said = models.StepResult{Result: words(r, "why"), Written: models.Written{WrittenIn: r.PostFormValue("why_written_in")}}
	}
	said.LetterSent = readLetterSent(r, step, to, bad)
	return to, said
}

// settleStep says that a step is done, or called off: the button says which.
func (s *Server) settleStep(w http.ResponseWriter, r *http.Request) error {
	c, f, err := s.sentStep(r)
	if err != nil {
		return err
	}
	bad := apperr.New(apperr.CodeInvalid)
	to, said := readSettled(r, c.step, bad)
	if bad.OrNil() != nil {
		err = bothFaults(bad, said.Check(c.step, to, s.Now()))
	} else {
		err = s.changeStep(r, func(ctx context.Context, tx bun.Tx) (*models.CampaignStep, error) {
			return models.SettleStep(ctx, tx, c.c, c.step.ID, seenRevision(r), to, said, c.visitor.Person, s.Now())
		})
	}
	err = clickedAgain(err, c.step.State == to && c.step.Result == said.Result && c.step.SettledBy != nil && *c.step.SettledBy == c.visitor.Person.ID)
	return s.answerSettled(w, r, c, atSettled(err, to), "campaign.said."+string(to), f)
}

// atSettled leads what is wrong to the fields of the form that was sent.
func atSettled(err error, to models.StepState) error {
	err = blamed(err, "state", "result")
	if to == models.StepCalledOff {
		err = blamed(err, "result", "why")
	}
	return err
}

// answerSettled leads back to the campaign, or shows the forms below a step again with what is wrong.
func (s *Server) answerSettled(w http.ResponseWriter, r *http.Request, c stepCase, err error, said string, f formState) error {
	if err != nil && f.showAgain(err, Localizer(r)) {
		if c, err = s.loadStep(r, access.EditCampaign); err != nil {
			return err
		}
		form := newFormState(valuesOf(c.step))
		form.status, form.Refused, form.Form.Errors = f.status, inStep(Localizer(r), f), f.Form.Errors
		return s.renderStep(w, r, c, form, f)
	}
	return s.answerStep(w, r, c, err, said, nil)
}

// inStep says why something was refused on the page of a step: of what somebody else saved meanwhile the page shows what stands now.
func inStep(l *i18n.Localizer, f formState) string {
	if f.status == http.StatusPreconditionFailed {
		return l.T("campaign.outdated")
	}
	return f.Refused
}

// reopenStep takes back that a step is done or called off.
func (s *Server) reopenStep(w http.ResponseWriter, r *http.Request) error {
	c, f, err := s.sentStep(r)
	if err != nil {
		return err
	}
	err = s.changeStep(r, func(ctx context.Context, tx bun.Tx) (*models.CampaignStep, error) {
		return models.ReopenStep(ctx, tx, c.c, c.step.ID, seenRevision(r), c.visitor.Person, s.Now())
	})
	err = clickedAgain(err, c.step.State == models.StepPlanned)
	f.Form = NewForm(valuesOf(c.step))
	if err != nil {
		return s.answerStep(w, r, c, err, "", &f)
	}
	s.flash(r, "done", Localizer(r).T("campaign.reopened"))
	http.Redirect(w, r, c.path(), http.StatusSeeOther)
	return nil
}
