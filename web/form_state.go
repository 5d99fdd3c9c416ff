package web

import (
	"errors"
	"net/http"
	"net/url"

	"tribuna/internal/apperr"
	"tribuna/internal/i18n"
)

// formState is a form that asks for a decision: what was typed, what is wrong with it, and the id under which it is
// decided once.
type formState struct {
	Form       *Form
	DecisionID string
	Refused    string // why it could not be recorded; "" if it was not refused
	status     int
}

// newFormState begins a form with values to show.
func newFormState(values url.Values) formState {
	return formState{Form: NewForm(values), DecisionID: NewDecisionID(), status: http.StatusOK}
}

// readFormState reads a posted form.
func readFormState(r *http.Request) (formState, error) {
	if err := ParseForm(r); err != nil {
		return formState{}, err
	}
	f := newFormState(r.PostForm)
	if id := r.PostFormValue("decision_id"); id != "" {
		f.DecisionID = id
	}
	return f, nil
}

// showAgain says what is wrong with a form and gives it a fresh decision id, because a refused one is spent. It returns
// false where the error is one for an error page.
func (f *formState) showAgain(err error, l *i18n.Localizer) bool {
	var e *apperr.Error
	if !errors.As(err, &e) {
		return false
	}
	switch e.Code {
	case apperr.CodeInvalid:
		f.Refused = ""
		if !f.Form.Blame(err, l) {
			return false
		}
	case apperr.CodeClosed, apperr.CodeLate, apperr.CodeHeld, apperr.CodeOtherText, apperr.CodeOtherWords,
		apperr.CodeWrongStage, apperr.CodeOutdated:
		f.Refused = l.T("error."+string(e.Code), e.Args)
	default:
		return false
	}
	f.DecisionID, f.status = NewDecisionID(), apperr.HTTPStatus(e.Code)
	return true
}

// why says why it could not be recorded where the page has no fields to say it at.
func (f formState) why() string {
	if f.Refused == "" && len(f.Form.Errors) > 0 {
		return f.Form.Errors[0].Text
	}
	return f.Refused
}

// OtherID is the decision id of a second form on the same page.
func (f formState) OtherID() string { return NewDecisionID() }

// NoForm is a second form on the same page, with nothing typed into it.
func (f formState) NoForm() *Form { return NewForm(nil) }
