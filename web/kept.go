package web

import (
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"tribuna/internal/i18n"
	"tribuna/internal/worddiff"
	"tribuna/models"
)

// keptForm is a form whose words are kept while they are written: the name they are kept under, and the page it is on.
type keptForm struct {
	visitor *visitor
	rec     *models.Recommendation // nil for a new text
	name    string
	page    string
	paged   bool // what is typed on several pages of it at once stands beside each other
}

// keeping is what a page needs to keep a form's words: its view embeds it.
type keeping struct {
	Unsent *keptOffer // what was left here; nil: nothing
	Since  int64      // when what the form goes on with was kept, in milliseconds: the device may hold more; 0 where it holds nothing kept
	Keeps  bool       // the form keeps what is typed; where that would take the place of what was left, not before it is decided what becomes of that
}

// keptOffer is what was left in a form, to go on with, to compare or to throw away.
type keptOffer struct {
	At       time.Time
	Zone     *time.Location
	Page     string       // of the form
	Action   string       // where the form goes
	Seen     string       // until when what is offered had been kept; "" where all there is goes with it
	Compared bool         // the differences are shown
	Changes  []keptChange // against what the form holds
	Differs  bool         // something does that Changes do not show
}

// keptChange is a field in which the words left differ from those in the form.
type keptChange struct {
	Label  string
	Blocks []comparedBlock
}

// keepWords does what the buttons "keep for later" and "throw away" ask for and reports whether it was one of them. The
// script that keeps words while they are typed presses the first and wants JSON.
func (s *Server) keepWords(w http.ResponseWriter, r *http.Request, k keptForm) (bool, error) {
	l := Localizer(r)
	switch r.PostFormValue("do") {
	case "keep":
		at, err := s.storeTyped(r, k)
		if err != nil {
			return true, err
		}
		zone, err := s.keptZone(r.Context(), k.visitor)
		if err != nil {
			return true, err
		}
		said := l.T("kept.at", "Time", l.Time(at, zone))
		if strings.Contains(r.Header.Get("Accept"), "application/json") {
			w.Header().Set("Content-Type", "application/json")
			w.Header().Set("Cache-Control", "no-store")
			return true, json.NewEncoder(w).Encode(struct {
				Said string `json:"said"`
			}{said})
		}
		s.flash(r, "done", said)
	case "discard":
		if ticked(r, "discard_sure") != nil { // sent as it stands, by nobody
			break
		}
		if err := s.throwAway(r, k); err != nil {
			return true, err
		}
	default:
		return false, nil
	}
	http.Redirect(w, r, k.page, http.StatusSeeOther)
	return true, nil
}

// throwAway forgets what was offered. What was typed on the pages of the form since stays: among them the one that offers it.
func (s *Server) throwAway(r *http.Request, k keptForm) error {
	ctx, who := r.Context(), k.visitor.Person.ID
	if _, seen := pageOf(r.PostForm); k.paged && !seen.IsZero() {
		return models.ForgetKeptPage(ctx, s.DB, who, k.name, "", seen)
	}
	return models.ForgetKept(ctx, s.DB, who, k.name)
}

// ofOneSending are fields that are not kept: they belong to one sending, or are a choice that decides something besides the answer.
var ofOneSending = []string{"do", "decision_id", "sure", "conflict", fieldFromKind, fieldPassedKinds}

// storeWords keeps all fields but those that belong to this sending alone.
func (s *Server) storeWords(r *http.Request, k keptForm) (time.Time, error) {
	fields := maps.Clone(r.PostForm)
	for _, name := range ofOneSending {
		delete(fields, name)
	}
	words := &models.KeptWords{PersonID: k.visitor.Person.ID, Form: k.name, Fields: fields, KeptAt: s.Now().Truncate(time.Microsecond)}
	if k.paged {
		words.Page, words.Seen = pageOf(fields)
	}
	if k.rec != nil {
		words.RecommendationID = &k.rec.ID
	}
	return words.KeptAt, words.Keep(r.Context(), s.DB)
}

func (s *Server) keptZone(ctx context.Context, v *visitor) (*time.Location, error) {
	zone, err := s.zoneOf(ctx, v.Person)
	if zone == nil {
		zone = s.Engine.zone
	}
	return zone, err
}

// keptIn finds what was left in a form. With ?kept=continue it returns the fields to go on with; else, where there is
// something, an offer, with ?kept=compare compared with what the form holds.
func (s *Server) keptIn(r *http.Request, k keptForm, action string, now url.Values) (url.Values, keeping, error) {
	kept, err := models.KeptWordsOf(r.Context(), s.DB, k.visitor.Person.ID, k.name)
	if err != nil || kept == nil {
		return nil, keeping{Keeps: true}, err
	}
	if k.sent(now, kept) || k.paged && !kept.Says() {
		return nil, keeping{Keeps: true}, nil
	}
	choice := r.URL.Query().Get("kept")
	left := k.together(now, kept)
	if choice == "continue" {
		return left, keeping{Keeps: true, Since: kept.KeptAt.UnixMilli()}, nil
	}
	offer := &keptOffer{At: kept.KeptAt, Page: k.page, Action: action, Compared: choice == "compare"}
	if offer.Zone, err = s.keptZone(r.Context(), k.visitor); err != nil {
		return nil, keeping{}, err
	}
	if offer.Compared {
		offer.Changes = keptChanges(Localizer(r), k, now, left)
	}
	if k.paged { // what is typed meanwhile stands beside it
		offer.Seen = left.Get("kept_seen")
	}
	return nil, keeping{Unsent: offer, Keeps: k.paged}, nil
}

// keptHidden are fields that say what a form is about, not what somebody wrote.
var keptHidden = []string{"seen", "beside", "version_hash"}

// keptChanges compares the words left in a form, field by field, with those in it. Choices are codes and are left out, but for the answer
// itself: they show when one goes on.
func keptChanges(l *i18n.Localizer, k keptForm, now, kept url.Values) []keptChange {
	var changes []keptChange
	names := slices.Collect(maps.Keys(kept))
	for name := range now {
		if !kept.Has(name) {
			names = append(names, name)
		}
	}
	slices.SortFunc(names, byFormOrder)
	for _, name := range names {
		label := cmp.Or(keptLabel(l, name, now, kept), k.label(l, name))
		if label == "" || slices.Contains(keptHidden, name) {
			continue
		}
		was, is := k.said(l, name, now[name]), k.said(l, name, kept[name])
		if was != is {
			changes = append(changes, keptChange{label, foldSame(worddiff.Paragraphs(was, is))})
		}
	}
	return changes
}

// said is what stands in a field as people read it: words as they were typed, and the answer to a review in the words of its choice.
//
//i18n:keys review.answer.*
func (k keptForm) said(l *i18n.Localizer, name string, values []string) string {
	words := typed(strings.Join(values, "\n\n"))
	if key := "review.answer." + words; k.paged && name == "answer" && l.Has(key) {
		return l.T(key)
	}
	return words
}

// byFormOrder puts the title first, then the text, then the others by name.
func byFormOrder(a, b string) int {
	first := []string{"title", "body"}
	place := func(name string) int {
		if i := slices.Index(first, name); i >= 0 {
			return i
		}
		return len(first)
	}
	if d := place(a) - place(b); d != 0 {
		return d
	}
	return strings.Compare(a, b)
}

// label names a field of words as its form does, "" for all others.
func (k keptForm) label(l *i18n.Localizer, name string) string {
	if m := paragraphField.FindStringSubmatch(name); m != nil {
		n, _ := strconv.Atoi(m[2])
		on := l.T("review.comment_on", "Number", l.Number(n+1))
		switch m[1] {
		case "quote":
			return on + ": " + l.T("review.quote")
		case "replacement":
			return on + ": " + l.T("remark.replacement")
		}
		return on
	}
	if m := rowName.FindStringSubmatch(name); m != nil {
		i, _ := strconv.Atoi(m[2])
		switch m[1] + "." + m[3] {
		case "measures.text":
			return l.T("draft.measure", "Number", i+1)
		case "consulted.people", "consulted.method":
			return l.T("draft.group", "Number", i+1)
		}
		return ""
	}
	if strings.HasPrefix(name, wordsPart) {
		return l.T("question.answer_to")
	}
	switch name {
	case "answer":
		if k.paged {
			return l.T("review.answer")
		}
	case "confidential_note":
		return l.T("review.note")
	case "title", "body":
		return l.T("field." + name)
	case "note":
		if k.rec == nil || k.name == models.KeptEdit(k.rec.ID) {
			return l.T("draft.note")
		}
		return l.T("followup.note")
	case "source_title", "source_url":
		return l.T("followup." + name)
	case "reason":
		return l.T("signoff.reason")
	case "reasons":
		return l.T("record.text.reasons")
	}
	return ""
}
