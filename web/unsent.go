package web

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"time"

	"tribuna/models"
)

// unsentView is what somebody typed and did not send before their question ended: theirs to read and to copy, nothing more.
type unsentView struct {
	At    time.Time
	Zone  *time.Location
	Words []unsentWords
}

// unsentWords are what stood in one field.
type unsentWords struct{ Label, Text, Lang string }

// unsent returns what the visitor left in the form of a question that is over; nil where that is nothing, or all of it was sent.
// Words are kept for the person who typed them: whoever has the question after them never meets them here.
func (s *Server) unsent(r *http.Request, a *asked) (*unsentView, error) {
	k := a.keptForm()
	kept, err := models.KeptWordsOf(r.Context(), s.DB, a.visitor.Person.ID, k.name)
	if err != nil || kept == nil {
		return nil, err
	}
	now := url.Values{}
	stands, err := s.answerStanding(r.Context(), a)
	if err != nil {
		return nil, err
	}
	if stands != nil {
		now = reviewValues(stands)
	}
	if k.sent(now, kept) {
		return nil, nil
	}
	left, l := k.together(now, kept), Localizer(r)
	v := &unsentView{At: kept.KeptAt, Zone: a.zone}
	names := slices.Collect(maps.Keys(left))
	slices.SortFunc(names, byFormOrder)
	for _, name := range names {
		text, lang := k.said(l, name, left[name]), left.Get("written_in")
		if name == "answer" { // in words of ours
			lang = ""
		}
		if label := k.label(l, name); label != "" && text != "" && !slices.Contains(keptHidden, name) {
			v.Words = append(v.Words, unsentWords{label, text, lang})
		}
	}
	if len(v.Words) == 0 {
		return nil, nil
	}
	return v, nil
}
