package web

import (
	"net/http"
	"net/url"
	"strconv"

	"tribuna/models"
)

// segmentNameView gives a kept audience another name.
type segmentNameView struct {
	Page
	formState
	Name, ID, Action, Back string // Name is what it is called now
	Revision               int
}

func (s *Server) segmentName(w http.ResponseWriter, r *http.Request) error {
	c, segment, err := s.segmentOf(r, r.URL.Query().Get("segment"))
	if err != nil {
		return err
	}
	s.renderSegmentName(w, r, c, segment, segment.Revision, newFormState(url.Values{"name": {segment.Name}}))
	return nil
}

func (s *Server) renderSegmentName(w http.ResponseWriter, r *http.Request, c mailingCase, segment *models.MailingSegment, seen int, f formState) {
	s.Engine.Render(w, r, f.status, "mailing_segment_name", segmentNameView{Page: s.workPage(r, Localizer(r).T("mailing.segment_rename_title")), formState: f,
		Name: segment.Name, ID: segment.ID.String(), Action: segmentsPath(c.rec.ID) + "/rename", Back: segmentsPath(c.rec.ID), Revision: seen})
}

// renameSegment changes the name and nothing else, on top of what was seen: somebody else may have kept another audience under it.
func (s *Server) renameSegment(w http.ResponseWriter, r *http.Request) error {
	f, err := readFormState(r)
	if err != nil {
		return err
	}
	c, segment, err := s.segmentOf(r, r.PostFormValue("segment"))
	if err != nil {
		return err
	}
	before := segment.Name
	seen, _ := strconv.Atoi(r.PostFormValue("revision")) // 0 is nobody's revision
	err = models.RenameMailingSegment(r.Context(), s.DB, segment, seen, r.PostFormValue("name"), s.Now())
	if err != nil && f.showAgain(err, Localizer(r)) {
		if segment, err = models.MailingSegmentByID(r.Context(), s.DB, c.rec.OrganisationID, segment.ID); err != nil {
			return err
		}
		s.renderSegmentName(w, r, c, segment, segment.Revision, f)
		return nil
	}
	if err != nil {
		return err
	}
	s.flash(r, "done", Localizer(r).T("mailing.segment_renamed", "Before", before, "Name", segment.Name))
	http.Redirect(w, r, segmentsPath(c.rec.ID), http.StatusSeeOther)
	return nil
}
