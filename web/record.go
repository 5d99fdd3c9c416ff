package web

import (
	"context"
	"net/http"
	"slices"

	"tribuna/internal/access"
	"tribuna/internal/i18n"
	"tribuna/internal/record"
	"tribuna/models"
)

// lastEntries is how much of the record the recommendation's own page shows.
const lastEntries = 5

// recordView is the whole record, read like minutes.
type recordView struct {
	Page
	Rec     *models.Recommendation
	Home    string
	Entries []TimelineEntry
	Partial bool // there are entries that the reader may not see
	Inside  bool // sees more than what is published
	Moved   bool // answers of an anonymised round stand behind its closing
}

// record shows a recommendation's record, as far as the reader is entitled to it.
func (s *Server) record(w http.ResponseWriter, r *http.Request) error {
	visitor, rec, err := s.readableRecommendation(r)
	if err != nil {
		return err
	}
	ctx, l := r.Context(), Localizer(r)
	v := recordView{Page: s.workPage(r, l.T("record.title")), Rec: rec, Home: recommendationPath(rec.ID)}
	minutes, err := s.minutes(ctx, l, visitor, rec)
	if err != nil {
		return err
	}
	if v.Entries, err = minutes.read(minutes.items); err != nil {
		return err
	}
	v.Moved = slices.ContainsFunc(minutes.items, func(it record.Item) bool { return it.Facts[models.FactLabel] != "" })
	v.Partial, v.Inside = !visitor.viewer().Owns(rec), minutes.inside
	s.Engine.Render(w, r, http.StatusOK, "record", v)
	return nil
}

// fillRecord shows the last entries.
func (s *Server) fillRecord(ctx context.Context, l *i18n.Localizer, p *visitorPage) error {
	minutes, err := s.minutes(ctx, l, p.visitor, p.Rec)
	if err != nil {
		return err
	}
	last := minutes.items[max(0, len(minutes.items)-lastEntries):]
	slices.Reverse(last)
	p.Record, err = minutes.read(last)
	return err
}

// visibilities lists the entries a visitor may read.
func (s *Server) visibilities(ctx context.Context, v *visitor, rec *models.Recommendation) ([]string, error) {
	actor, err := models.AccessActor(ctx, s.DB, v.Person.ID, v.link())
	if err != nil {
		return nil, err
	}
	object, err := models.AccessObject(ctx, s.DB, rec, nil)
	if err != nil {
		return nil, err
	}
	var seen []string
	for _, visibility := range []string{record.Public, record.Network, record.Confidential} {
		object.Visibility = access.Visibility(visibility)
		if access.Can(actor, access.ReadRecord, object) == nil {
			seen = append(seen, visibility)
		}
	}
	return seen, nil
}

// verificationView says in words what the verification of a record found.
type verificationView struct {
	Page
	Home    string
	Report  record.Report
	Entries int
	Faults  []string
}

// verifyRecord reads the whole record again and says whether it is as it was written. It changes nothing, so it can be
// asked as often as one likes.
func (s *Server) verifyRecord(w http.ResponseWriter, r *http.Request) error {
	_, rec, err := s.ownRecommendation(r, access.ReadWorkingText)
	if err != nil {
		return err
	}
	l := Localizer(r)
	report, err := record.Verify(r.Context(), s.DB, rec.ID)
	if err != nil {
		return err
	}
	v := verificationView{Page: s.workPage(r, l.T("record.verify.title")), Home: recommendationPath(rec.ID), Report: report, Entries: int(report.Entries)}
	for _, f := range report.Faults {
		v.Faults = append(v.Faults, l.T("record.fault."+f.Kind, "Entry", l.Number(int(f.Seq))))
	}
	s.Engine.Render(w, r, http.StatusOK, "record_verification", v)
	return nil
}

// recordTone is how an act is marked among the others.
func recordTone(verb string) string {
	switch verb {
	case "task.overdue", "task.expired", "task.extended", "review.silent", "translation.late", "signoff.not_met", "recommendation.held":
		return "wait"
	case "recommendation.withdrawn":
		return "harm"
	}
	return ""
}
