package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"tribuna/models"
)

// declineForm is the form in which somebody declines. It opens with what they typed into it and did not send, on whatever device: it says
// nothing as it stands, for what declines is a tick.
type declineForm struct {
	*Form
	Open   bool
	KeptAt time.Time // when the words in it were kept; zero: they are not
	Zone   *time.Location
}

// declineFields are those of its words.
func declineFields() []string {
	names := []string{"reason", "suggestion"}
	for _, f := range suggestionFields() {
		names = append(names, f.Name, f.Email, f.Reason)
	}
	return names
}

// declineKept is the form whose words are kept.
func (a *asked) declineKept() keptForm {
	return keptForm{a.visitor, a.rec, models.KeptDecline(a.task.ID), a.declinePath(), false}
}

// declineForm is the form as it was sent (f), or else with what was left in it.
func (s *Server) declineForm(r *http.Request, a *asked, f formState) (declineForm, error) {
	d := declineForm{Form: f.Form, Open: true, Zone: a.zone}
	if r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/decline") {
		return d, nil
	}
	d.Form, d.Open = f.NoForm(), r.URL.Query().Has("decline")
	kept, err := models.KeptWordsOf(r.Context(), s.DB, a.visitor.Person.ID, a.declineKept().name)
	if err != nil || kept == nil {
		return d, err
	}
	left := url.Values{}
	for name, values := range kept.Fields {
		if slices.Contains(declineFields(), name) && strings.TrimSpace(strings.Join(values, "")) != "" {
			left[name] = values
		}
	}
	if len(left) > 0 {
		d.Form, d.Open, d.KeptAt = NewForm(left), true, kept.KeptAt
	}
	return d, nil
}
