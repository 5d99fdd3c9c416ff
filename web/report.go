package web

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/gorilla/mux"
	"github.com/uptrace/bun"

	"tribuna/internal/access"
	"tribuna/internal/apperr"
	"tribuna/internal/clientaddr"
	"tribuna/internal/i18n"
	"tribuna/internal/validation"
	"tribuna/models"
)

// Reports that one host may send in one window: a reader has one or two to make.
const (
	reportsByHost = 5
	reportWindow  = time.Hour
)

// reportRoutes register where readers say that a text names a child: below a recommendation for who reads it there or in
// public, below a question so that a personal link goes along.
func (s *Server) reportRoutes(r *mux.Router) {
	for _, below := range []string{"/recommendations/{id}", "/tasks/{id}"} {
		s.get(r, below+"/report", s.report)
		s.post(r, below+"/report", s.sendReport)
	}
}

// reportView is the form by which a text is reported.
type reportView struct {
	Page
	formState
	Action, Back string
	Kinds        []Option
	Sent         bool
	Steward      string // where a coordinator deals with the text at once; "" for the others
}

// reportedText finds the text a report is about for whoever may read it, and the way back to it; beside CodeTooMany as well, so that
// the form can be shown again with its words.
func (s *Server) reportedText(r *http.Request) (*models.Recommendation, string, error) {
	v := visitorFrom(r.Context())
	if strings.HasPrefix(r.URL.Path, "/tasks/") {
		a, err := s.loadAsked(r)
		if a == nil {
			return nil, "", err
		}
		return a.rec, a.path(), err
	}
	id, err := idVar(r, "id", "recommendation")
	if err != nil {
		return nil, "", err
	}
	rec, err := models.VisibleRecommendation(r.Context(), s.DB, v.viewer(), id)
	if err != nil {
		return nil, "", err
	}
	if v == nil && rec.PublishedAt != nil {
		return rec, publishedPath + rec.Slug, nil
	}
	return rec, recommendationPath(rec.ID), nil
}

func (s *Server) report(w http.ResponseWriter, r *http.Request) error {
	rec, back, err := s.reportedText(r)
	if err != nil {
		return err
	}
	return s.showReport(w, r, rec, back, newFormState(nil))
}

func (s *Server) showReport(w http.ResponseWriter, r *http.Request, rec *models.Recommendation, back string, f formState) error {
	l := Localizer(r)
	v := reportView{Page: NewPage(r, l.T("report.title")), formState: f, Action: r.URL.Path, Back: back, Kinds: reportKinds(l), Sent: r.URL.Query().Has("sent")}
	v.NoIndex = true
	steward, err := s.may(r.Context(), visitorFrom(r.Context()), access.RedactRecord, rec, nil)
	if err != nil {
		return err
	}
	if steward {
		v.Steward = reportsPath + "/" + rec.ID.String()
	}
	s.Engine.Render(w, r, f.status, "report", v)
	return nil
}

func reportKinds(l *i18n.Localizer) []Option {
	var options []Option
	for _, k := range models.ReportKinds() {
		options = append(options, Option{Value: string(k), Label: l.T("report.kind." + string(k))})
	}
	return options
}

// sendReport keeps the report and has those written to who can hide the text. Attempts are counted, for anybody may.
func (s *Server) sendReport(w http.ResponseWriter, r *http.Request) error {
	if err := ParseForm(r); err != nil {
		return err
	}
	rec, back, err := s.reportedText(r)
	if rec != nil && apperr.CodeOf(err) == apperr.CodeTooMany {
		return showSlowed(w, r, err, func(f formState) error { return s.showReport(w, r, rec, back, f) })
	}
	if err != nil {
		return err
	}
	ok, err := models.Allow(r.Context(), s.DB, "report:"+clientaddr.Of(r, s.TrustedProxies), reportsByHost, reportWindow, s.Now())
	if err != nil {
		return err
	}
	if !ok {
		return apperr.New(apperr.CodeTooMany)
	}
	in := models.ReportInput{Kind: models.ReportKind(r.PostForm.Get("kind")), Reason: words(r, "reason"), Email: words(r, "email")}
	if err := validation.Check(in); err != nil {
		f := newFormState(r.PostForm)
		if !f.showAgain(err, Localizer(r)) {
			return err
		}
		return s.showReport(w, r, rec, back, f)
	}
	var person *uuid.UUID
	if v := visitorFrom(r.Context()); v != nil {
		person = &v.Person.ID
	}
	err = s.DB.RunInTx(r.Context(), nil, func(ctx context.Context, tx bun.Tx) error {
		_, err := models.ReportContent(ctx, tx, rec, in, person, s.Now())
		return err
	})
	if err != nil {
		return err
	}
	http.Redirect(w, r, r.URL.Path+"?sent", http.StatusSeeOther)
	return nil
}
