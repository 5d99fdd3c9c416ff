package web

import (
	"context"
	"net/http"
	"time"

	"github.com/google/uuid"
	"github.com/gorilla/mux"
	"github.com/uptrace/bun"

	"tribuna/internal/access"
	"tribuna/internal/apperr"
	"tribuna/internal/i18n"
	"tribuna/internal/validation"
	"tribuna/models"
)

// reportsPath is where coordinators deal with what readers reported; below it stands each text by its id.
const reportsPath = administrationPath + "/reports"

func (s *Server) reportsRoutes(r *mux.Router) {
	s.get(r, reportsPath, s.reports)
	s.get(r, reportsPath+"/{id}", s.reportedPage)
	s.post(r, reportsPath+"/{id}/quarantine", s.quarantine(models.Quarantine, "reports.quarantined"))
	s.post(r, reportsPath+"/{id}/release", s.quarantine(models.LiftQuarantine, "reports.released"))
	s.post(r, reportsPath+"/{id}/passage", s.removePassage)
	s.post(r, reportsPath+"/{id}/settle", s.settleReport)
}

// reportsView lists what readers reported, and what is hidden.
type reportsView struct {
	Page
	Reports []reportRow
	Hidden  []hiddenRow
}

// reportRow is an open report.
type reportRow struct {
	ID           uuid.UUID
	Href         string
	Title, Lang  string
	Kind, Reason string
	Email, Who   string
	At           time.Time
	Hidden       bool
}

// hiddenRow is a text in quarantine.
type hiddenRow struct {
	Href, Title, Lang string
	Since             time.Time
}

func (s *Server) reports(w http.ResponseWriter, r *http.Request) error {
	if _, err := s.requireAdministrator(r); err != nil {
		return err
	}
	v := reportsView{Page: s.administrationPage(r, Localizer(r).T("administration.reports"))}
	list, err := models.OpenReports(r.Context(), s.DB)
	if err != nil {
		return err
	}
	if v.Reports, err = s.reportRows(r.Context(), Localizer(r), list); err != nil {
		return err
	}
	hidden, err := models.QuarantinedTexts(r.Context(), s.DB)
	if err != nil {
		return err
	}
	for _, rec := range hidden {
		v.Hidden = append(v.Hidden, hiddenRow{Href: reportsPath + "/" + rec.ID.String(), Title: rec.Title, Lang: rec.Language, Since: *rec.QuarantinedAt})
	}
	s.Engine.Render(w, r, http.StatusOK, "administration_reports", v)
	return nil
}

func (s *Server) reportRows(ctx context.Context, l *i18n.Localizer, list []models.ContentReport) ([]reportRow, error) {
	var ids []uuid.UUID
	for _, report := range list {
		ids = appendID(ids, report.PersonID)
	}
	people, err := models.PeopleByID(ctx, s.DB, ids)
	if err != nil {
		return nil, err
	}
	var rows []reportRow
	for _, report := range list {
		row := reportRow{ID: report.ID, Href: reportsPath + "/" + report.RecommendationID.String(), Title: report.Recommendation.Title, Lang: report.Recommendation.Language,
			Kind: l.T("report.kind." + string(report.Kind)), Reason: report.Reason, Email: report.Email, Who: l.T("reports.reader"), At: report.ReportedAt,
			Hidden: report.Recommendation.Quarantined()}
		if report.PersonID != nil {
			row.Who = people[*report.PersonID].Name
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// reportedView is one text with what was reported about it, and all that can be done.
type reportedView struct {
	Page
	Rec     *models.Recommendation
	Home    string // of what can be done
	Text    string // where it is read
	Reports []reportRow
	Form    *Form
	Found   []foundWords // where the passage stands: asked once before it is removed
}

// foundWords is in how many places of a kind a passage stands.
type foundWords struct {
	Place string
	Count int
}

// steward reads the text in the request's path for who may hide it and remove words from it.
func (s *Server) steward(r *http.Request) (*visitor, *models.Recommendation, error) {
	v, err := s.requireAdministrator(r)
	if err != nil {
		return nil, nil, err
	}
	id, err := idVar(r, "id", "recommendation")
	if err != nil {
		return nil, nil, err
	}
	rec, err := models.VisibleRecommendation(r.Context(), s.DB, v.viewer(), id)
	if err != nil {
		return nil, nil, err
	}
	return v, rec, s.can(r.Context(), v, access.RedactRecord, rec, nil)
}

func (s *Server) reportedPage(w http.ResponseWriter, r *http.Request) error {
	_, rec, err := s.steward(r)
	if err != nil {
		return err
	}
	return s.showReported(w, r, rec, NewForm(nil), nil, http.StatusOK)
}

func (s *Server) showReported(w http.ResponseWriter, r *http.Request, rec *models.Recommendation, f *Form, found []models.PassageCount, status int) error {
	l := Localizer(r)
	v := reportedView{Page: s.administrationPage(r, rec.Title), Rec: rec, Home: reportsPath + "/" + rec.ID.String(), Text: recommendationPath(rec.ID), Form: f}
	list, err := models.OpenReports(r.Context(), s.DB)
	if err != nil {
		return err
	}
	var about []models.ContentReport
	for _, report := range list {
		if report.RecommendationID == rec.ID {
			about = append(about, report)
		}
	}
	if v.Reports, err = s.reportRows(r.Context(), l, about); err != nil {
		return err
	}
	for _, c := range found {
		v.Found = append(v.Found, foundWords{l.T("passage.place." + c.Place), c.Count})
	}
	s.Engine.Render(w, r, status, "administration_report", v)
	return nil
}

// quarantine hides a text or shows it again, at once.
func (s *Server) quarantine(act func(context.Context, bun.IDB, uuid.UUID, models.Person, time.Time) ([]models.Submission, error), said string) page {
	return func(w http.ResponseWriter, r *http.Request) error {
		v, rec, err := s.steward(r)
		if err != nil {
			return err
		}
		var subs []models.Submission
		err = s.DB.RunInTx(r.Context(), nil, func(ctx context.Context, tx bun.Tx) error {
			subs, err = act(ctx, tx, rec.ID, v.Person, s.Now())
			return err
		})
		if err != nil {
			return err
		}
		s.Processes.TellAll(r.Context(), subs)
		return s.backToReported(w, r, rec, said)
	}
}

func (s *Server) backToReported(w http.ResponseWriter, r *http.Request, rec *models.Recommendation, said string) error {
	s.flash(r, "done", Localizer(r).T(said))
	http.Redirect(w, r, reportsPath+"/"+rec.ID.String(), http.StatusSeeOther)
	return nil
}

// removePassage first says where the words stand, and removes them when that is confirmed.
func (s *Server) removePassage(w http.ResponseWriter, r *http.Request) error {
	if err := ParseForm(r); err != nil {
		return err
	}
	v, rec, err := s.steward(r)
	if err != nil {
		return err
	}
	in := models.PassageInput{Passage: words(r, "passage"), Reason: words(r, "reason")}
	f := NewForm(r.PostForm)
	var found []models.PassageCount
	if err = validation.Check(in); err == nil {
		if r.PostForm.Get("do") != "remove" {
			found, err = models.FindPassage(r.Context(), s.DB, rec, in)
		} else {
			err = s.DB.RunInTx(r.Context(), nil, func(ctx context.Context, tx bun.Tx) error {
				_, err := models.RedactPassage(ctx, tx, rec, in, v.Person, s.Now())
				return err
			})
			if err == nil {
				return s.backToReported(w, r, rec, "reports.removed")
			}
		}
	}
	status := http.StatusOK
	if err != nil {
		if !f.Blame(err, Localizer(r)) {
			return err
		}
		status = http.StatusUnprocessableEntity
	}
	return s.showReported(w, r, rec, f, found, status)
}

// settleReport ends a report; what was written in it is forgotten.
func (s *Server) settleReport(w http.ResponseWriter, r *http.Request) error {
	if err := ParseForm(r); err != nil {
		return err
	}
	v, rec, err := s.steward(r)
	if err != nil {
		return err
	}
	id, err := uuid.Parse(r.PostForm.Get("report"))
	if err != nil {
		return apperr.NotFound("report")
	}
	report, err := models.ReportByID(r.Context(), s.DB, id)
	if err != nil {
		return err
	}
	outcome := models.ReportUnfounded
	if r.PostForm.Get("outcome") == models.ReportRemoved {
		outcome = models.ReportRemoved
	}
	err = s.DB.RunInTx(r.Context(), nil, func(ctx context.Context, tx bun.Tx) error {
		return report.Settle(ctx, tx, outcome, v.Person, s.Now())
	})
	if err != nil {
		return err
	}
	return s.backToReported(w, r, rec, "reports.settled")
}
