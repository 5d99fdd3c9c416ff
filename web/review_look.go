package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"tribuna/internal/apperr"
	"tribuna/internal/i18n"
	"tribuna/models"
)

// Looking at what would be sent is a page of its own: the form keeps its words and leads there, so that going back, forward and loading
// again ask for nothing twice. The page decides nothing, and its form says nothing as it stands: who sends it ticks a box.

// summaryPath is where the words of one page of the form are looked at as they were kept then: what was typed since is another page.
func (a *asked) summaryPath(page string, kept time.Time) string {
	return a.path() + "/summary?page=" + url.QueryEscape(page) + "&at=" + keptAt(kept)
}

func keptAt(t time.Time) string { return strconv.FormatInt(t.UnixMicro(), 36) }

// continuePath opens the form with what was kept of it.
func (a *asked) continuePath() string { return a.path() + "?kept=continue" }

// unsure reports whether a form that opens with words in it, or shows them, was sent without its box: as it stands, by a machine.
func unsure(r *http.Request) bool {
	return r.PostFormValue(prefilled) != "" && ticked(r, "sure") != nil
}

// wantsLook reports whether a form asks to see what would be sent.
func wantsLook(r *http.Request) bool {
	do := r.PostFormValue("do")
	return do == "look" || do != "send" && unsure(r)
}

// leadsOn does what the buttons of the form of a review or a consultation ask for that send nothing: it keeps the words, and leads to
// the page that shows what is asked for. It reports whether it was one of them. A form in which nothing was said is not kept: a machine
// sent it as it stands.
func (s *Server) leadsOn(w http.ResponseWriter, r *http.Request, a *asked) (bool, error) {
	do, says := r.PostFormValue("do"), (&models.KeptWords{Fields: r.PostForm}).Says()
	another := anotherComment.FindStringSubmatch(do)
	if another == nil && do != "change" && (!wantsLook(r) || !says) {
		return false, nil
	}
	to := a.continuePath()
	if says {
		kept, err := s.storeWords(r, a.keptForm())
		if err != nil {
			return true, err
		}
		late, err := s.tooLate(r, a)
		if err != nil {
			return true, err
		}
		if late {
			http.Redirect(w, r, a.path(), http.StatusSeeOther)
			return true, nil
		}
		if another == nil && do != "change" {
			to = a.summaryPath(r.PostFormValue("page"), kept)
		}
	}
	if another != nil {
		to += "&another=" + another[1] + "#" + blockID(another[1])
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
	return true, nil
}

// tooLate tells who typed on a page that was open when their question ended that nothing came of it: the page of the question says why, and
// shows their words. It reports whether it did; what can still be answered, or can again, is not too late.
func (s *Server) tooLate(r *http.Request, a *asked) (bool, error) {
	over, err := s.overBecause(r.Context(), a)
	if err != nil || over == "" || over == "silent" || over == "held" {
		return false, err
	}
	s.flash(r, "wait", Localizer(r).T("asked.too_late"))
	return true, nil
}

// blockID is the place of a paragraph on the page of the form, by its index.
func blockID(index string) string {
	n, _ := strconv.Atoi(index)
	return "p-" + strconv.Itoa(n+1)
}

// sureBox is what is ticked to send what one has looked at.
func sureBox(l *i18n.Localizer, a *asked) string {
	if a.task.Kind == models.TaskConsult {
		return l.T("review.sure", "Organisation", a.organisation(l))
	}
	return l.T("summary.sure")
}

// showWhatIsSent shows what would be sent, or the form with what is wrong with it. Once it was sent, it leads to the page that says so.
func (s *Server) showWhatIsSent(w http.ResponseWriter, r *http.Request) error {
	a, err := s.loadAsked(r)
	if err != nil {
		return err
	}
	if a.task.Kind != models.TaskReview && a.task.Kind != models.TaskConsult {
		return apperr.NotFound("task")
	}
	action, _ := a.task.Kind.AnswerAction()
	if err := s.can(r.Context(), a.visitor, action, a.rec, a.task); err != nil {
		return err
	}
	words, to, err := s.lookedAt(r, a)
	if err != nil {
		return err
	}
	if words == nil {
		http.Redirect(w, r, to, http.StatusSeeOther)
		return nil
	}
	r = r.WithContext(r.Context())
	r.Form, r.PostForm = words, words
	f := newFormState(words)
	if a.task.Kind == models.TaskConsult {
		return s.lookAtConsultation(w, r, a, f)
	}
	return s.lookAtReview(w, r, a, f)
}

// lookedAt are the words of a page of the form as they were kept; nil where there are none to look at, and where to go then.
func (s *Server) lookedAt(r *http.Request, a *asked) (url.Values, string, error) {
	ctx := r.Context()
	over, err := s.overBecause(ctx, a)
	if err != nil || over != "" {
		return nil, a.path(), err
	}
	k := a.keptForm()
	kept, err := models.KeptWordsOf(ctx, s.DB, a.visitor.Person.ID, k.name)
	if err != nil {
		return nil, "", err
	}
	stands, err := s.openingValues(ctx, a)
	if err != nil {
		return nil, "", err
	}
	switch {
	case a.task.State == models.TaskDone && (kept == nil || k.sent(stands, kept)):
		return nil, a.path() + "/thanks", nil
	case kept == nil:
		return nil, a.path(), nil
	}
	pages, number, at := kept.Pages(), r.URL.Query().Get("page"), r.URL.Query().Get("at")
	i := slices.IndexFunc(pages, func(p models.KeptPage) bool { return p.Page == number })
	if number == "" {
		i = len(pages) - 1
	}
	if i < 0 || at != "" && at != keptAt(pages[i].At) { // it was typed on since
		return nil, a.continuePath(), nil
	}
	return copyOf(pages[i].Fields), "", nil
}
