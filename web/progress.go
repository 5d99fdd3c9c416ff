package web

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"tribuna/internal/access"
	"tribuna/internal/apperr"
	"tribuna/internal/files"
	"tribuna/internal/i18n"
	"tribuna/internal/validation"
	"tribuna/models"
)

// progressForm is the form that reports what became of a measure at an authority.
type progressForm struct {
	formState
	keeping
	Action     string
	Statuses   []Option
	StatusHelp string // where one is chosen
	Evidence   evidenceForm
	Kept       string // under which name the device keeps what is being typed
}

// newProgressForm begins a report with the status so far and today's date, which the reporter changes if need be.
func (s *Server) newProgressForm(l *i18n.Localizer, f formState, action string, followUp *models.FollowUp) progressForm {
	p := progressForm{formState: f, Action: action}
	if followUp.Status.Reported() {
		p.StatusHelp = l.T("followup.now_help")
	} else {
		p.Statuses = []Option{{Label: l.T("imported.choose")}}
	}
	for _, status := range models.ReportedStatuses() {
		p.Statuses = append(p.Statuses, Option{Value: string(status), Label: l.T("followup.status." + string(status))})
	}
	if !f.Form.Values.Has("status") && followUp.Status.Reported() {
		f.Form.Values.Set("status", string(followUp.Status))
	}
	if !f.Form.Values.Has("observed_on") && !f.Form.Values.Has("day_unknown") {
		f.Form.Values.Set("observed_on", s.Now().Format(time.DateOnly))
	}
	return p
}

// readProgress gathers a report from its form. Whoever says that the day is not known need not empty the field.
func (s *Server) readProgress(r *http.Request) (models.ProgressPayload, error) {
	bad := apperr.New(apperr.CodeInvalid)
	p := models.ProgressPayload{Status: models.FollowUpStatus(r.PostFormValue("status")), Note: words(r, "note"),
		SourceTitle: words(r, "source_title"), SourceURL: words(r, "source_url"),
		SourceLanguage: r.PostFormValue("source_language"), DayUnknown: r.PostFormValue("day_unknown") == "yes", Written: writtenIn(r)}
	if !p.DayUnknown {
		p.ObservedOn = readDay(bad, "observed_on", r.PostFormValue("observed_on"))
	}
	if p.InFuture(s.Now()) {
		bad.And("observed_on", "not_future")
	}
	return p, bothFaults(bad, validation.Check(p))
}

// progressView is the page of a focal point that is asked what became of a measure.
type progressView struct {
	Page
	Card     askedCard
	FollowUp followUpFacts
	Report   progressForm
	Notes    []TimelineEntry
}

func (s *Server) showProgress(w http.ResponseWriter, r *http.Request, a *asked) error {
	kept, state, err := s.keptIn(r, a.keptForm(), a.path()+"/progress", url.Values{})
	if err != nil {
		return err
	}
	return s.renderProgress(w, r, a, newFormState(orEmpty(kept)), state)
}

// orEmpty are the values of a form, or those of an empty one.
func orEmpty(values url.Values) url.Values {
	if values == nil {
		return url.Values{}
	}
	return values
}

func (s *Server) renderProgress(w http.ResponseWriter, r *http.Request, a *asked, f formState, state keeping) error {
	ctx, l := r.Context(), Localizer(r)
	followUp, err := models.FollowUpByID(ctx, s.DB, a.task.ProcessID)
	if err != nil {
		return err
	}
	v := progressView{Page: askedPage(r, l.T("asked.title.report_progress", "Title", a.facts.Title))}
	if v.Card, err = s.card(ctx, l, a); err != nil {
		return err
	}
	v.FollowUp = factsOf(followUp, l, a.zone, s.Now())
	v.Report = s.newProgressForm(l, f, a.path()+"/progress", followUp)
	v.Report.Kept, v.Report.keeping = a.task.ID.String(), state
	if v.Report.Evidence, err = s.newEvidenceForm(ctx, f.Form, a.rec.ID, a.visitor); err != nil {
		return err
	}
	if v.Notes, err = s.progressNotes(ctx, l, followUp, a.zone, a.path()); err != nil {
		return err
	}
	s.Engine.Render(w, r, f.status, "progress", v)
	return nil
}

// answerProgress takes the report that was asked for.
func (s *Server) answerProgress(w http.ResponseWriter, r *http.Request) error {
	a, err := s.askedFor(r, access.ReportProgress, models.TaskReportProgress)
	if slowedDown(a, err) {
		return s.progressSlowed(w, r, a, err)
	}
	if err != nil {
		return err
	}
	f, p, kept, err := s.readReport(w, r, a.keptForm())
	if kept {
		return err
	}
	done := false
	if err == nil {
		done, err = s.decide(w, r, decision{a.task.ProcessID, models.DecideReportProgress, &a.task.ID, p}, a.path()+"/thanks")
	}
	if err != nil && showReportAgain(r, &f, err) {
		return s.renderProgress(w, r, a, f, keeping{Keeps: true})
	}
	if err != nil || !done {
		return err
	}
	return s.thank(w, r, a)
}

// progressSlowed shows a report of which too much came with its words and its file.
func (s *Server) progressSlowed(w http.ResponseWriter, r *http.Request, a *asked, slowed error) error {
	file, err := readUpload(r, models.MaxAttachment)
	if err != nil {
		return err
	}
	return showSlowed(w, r, slowed, func(f formState) error {
		f, err := s.keepSlowedFile(r, a, f, file)
		if err != nil {
			return err
		}
		return s.renderProgress(w, r, a, f, keeping{Keeps: true})
	})
}

// keepSlowedFile keeps the file of a report of which too much came. Some are kept, no more than a person chooses; what has no report
// is emptied as any other. Where it is not kept, its field says so.
func (s *Server) keepSlowedFile(r *http.Request, a *asked, f formState, file *files.File) (formState, error) {
	if file == nil {
		return f, nil
	}
	by := a.visitor.Person.ID
	err := models.SlowedFileLimit.Take(r.Context(), s.DB, a.task.ID.String()+":"+by.String(), "", s.Now())
	if apperr.CodeOf(err) == apperr.CodeTooMany {
		err = apperr.Invalid(files.Field, "file_not_kept")
	} else if err == nil {
		err = s.keepFile(r, a.rec.ID, by, f.DecisionID, file)
	}
	if err == nil {
		f.DecisionID = NewDecisionID() // another file may be chosen yet, and under one id goes one
		return f, nil
	}
	status, words := f.status, f.Refused
	if !showReportAgain(r, &f, err) {
		return f, err
	}
	f.status, f.Refused = status, words
	return f, nil
}

// progressAnswer is what was reported under a question.
func (s *Server) progressAnswer(ctx context.Context, l *i18n.Localizer, a *asked) (*answerView, error) {
	followUp, err := models.FollowUpByID(ctx, s.DB, a.task.ProcessID)
	if err != nil {
		return nil, err
	}
	files, err := models.Attachments(ctx, s.DB, followUp.RecommendationID)
	if err != nil {
		return nil, err
	}
	for _, n := range followUp.Notes {
		if n.TaskID != nil && *n.TaskID == a.task.ID {
			v := &answerView{Answer: l.T("followup.status." + string(n.Status)), Reasons: n.Note, Lang: n.WrittenIn, SourceLang: n.SourceLanguage, At: n.ReportedAt}
			v.Source, v.Href = sourceOf(n)
			v.Evidence = evidence(n, files, a.path())
			return v, nil
		}
	}
	return nil, apperr.NotFound("answer")
}

// sourceOf names the source of a note, and where it can be read.
func sourceOf(n models.ProgressNote) (name, href string) {
	if n.SourceTitle == "" {
		return n.SourceURL, n.SourceURL
	}
	return n.SourceTitle, n.SourceURL
}
