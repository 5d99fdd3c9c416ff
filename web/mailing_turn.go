package web

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"tribuna/models"
)

// doOtherKind is the button of the form of a new mailing that goes on with it as another kind, which the address says that it sends the form
// to. What was typed goes along; nothing is saved by it.
const doOtherKind = "kind"

// The form of a new mailing says of which kind it was, and which kinds it was before without words of another mailing waiting there: what
// was kept of it under those is forgotten with it, and not offered on coming back.
const (
	fieldFromKind    = "from_kind"
	fieldPassedKinds = "passed_kinds"
)

// heldField is a field that a form holds without showing it.
type heldField struct{ Name, Value string }

// kindOfField is the kind of mailing that alone has a field; "" of what every kind has.
func kindOfField(name string) string {
	switch {
	case strings.HasPrefix(name, "items["):
		return models.MailingKindNewsletter
	case strings.HasPrefix(name, "letters["), name == "authorities", name == "write_until":
		return models.MailingKindRepresentative
	case strings.HasPrefix(name, "event."):
		return models.MailingKindEvent
	}
	return ""
}

// onlyOf are the fields of a form without those that another kind has alone: these lie in it for who goes back to that kind.
func onlyOf(kind string, values url.Values) url.Values {
	only := url.Values{}
	for name, all := range values {
		if of := kindOfField(name); of == "" || of == kind {
			only[name] = all
		}
	}
	return only
}

// ofOtherKinds are the fields that onlyOf leaves out, for the form to hold.
func ofOtherKinds(kind string, values url.Values) []heldField {
	var hidden []heldField
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if of := kindOfField(name); of != "" && of != kind {
			for _, value := range values[name] {
				hidden = append(hidden, heldField{name, value})
			}
		}
	}
	return hidden
}

// keepsAs reports whether a form of a new mailing keeps what is typed under a kind, or kept it: no words of another one wait there.
func keepsAs(kind string, values url.Values) bool {
	return slices.Contains(values[fieldPassedKinds], kind)
}

// passedKinds are the kinds that a form of a new mailing was of before, without the one it is of.
func passedKinds(kind string, values url.Values) []string {
	var passed []string
	for _, before := range values[fieldPassedKinds] {
		if before != kind && slices.Contains(kindsToBegin, before) && !slices.Contains(passed, before) {
			passed = append(passed, before)
		}
	}
	return passed
}

// as is the case of a new mailing of another kind.
func (c mailingCase) as(kind string) mailingCase {
	c.kind = kind
	return c
}

// asOtherKind shows the form of a new mailing of the kind that the address names, with what was typed. Words of another mailing that were left
// in that form are offered, and nothing takes their place before it is decided what becomes of them.
func (s *Server) asOtherKind(w http.ResponseWriter, r *http.Request, c mailingCase, f formState) error {
	values, err := s.takenAlong(r, c, f.Form.Values)
	if err != nil {
		return err
	}
	f.Form = NewForm(values)
	return s.showMailingAgain(w, r, c, f)
}

// takenAlong are the fields of a form of another kind in that of c. A text that stands as that kind begins is left to this one, which begins
// with other words.
func (s *Server) takenAlong(r *http.Request, c mailingCase, typedThere url.Values) (url.Values, error) {
	from := typedThere.Get(fieldFromKind)
	if !slices.Contains(kindsToBegin, from) {
		from = models.MailingKindCampaign
	}
	began, err := s.prefilledMailing(r.Context(), c.rec, from)
	if err != nil {
		return nil, err
	}
	values, err := s.begunMailing(r, c)
	if err != nil {
		return nil, err
	}
	held := map[string]bool{}
	for name := range typedThere {
		held[kindOfField(name)] = true
	}
	for name := range values { // boxes that are not ticked are not sent
		if of := kindOfField(name); of != "" && held[of] || slices.Contains(audienceFields, name) {
			values.Del(name)
		}
	}
	for name, all := range typedThere {
		untouched := textPath.MatchString(name) && typed(began.Get(name)) == typed(typedThere.Get(name))
		if !untouched && !slices.Contains(ofOneSending, name) {
			values[name] = all
		}
	}
	values[fieldPassedKinds] = typedThere[fieldPassedKinds]
	return values, nil
}
