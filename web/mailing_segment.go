package web

import (
	"errors"
	"net/http"
	"net/url"

	"github.com/google/uuid"

	"tribuna/internal/access"
	"tribuna/internal/apperr"
	"tribuna/models"
)

// The buttons of a mailing's form that use a kept audience and keep this one.
const (
	doUseSegment  = "use-segment"
	doKeepSegment = "keep-segment"
)

// withSegment does what the buttons for kept audiences ask for and reports whether it was one of them; the form is shown again.
func (s *Server) withSegment(r *http.Request, c mailingCase, f *formState) (bool, error) {
	values := f.Form.Values
	switch r.PostFormValue("do") {
	case doUseSegment:
		id, err := uuid.Parse(values.Get("segment"))
		if err != nil {
			f.showAgain(apperr.Invalid("segment", "choice"), Localizer(r))
			return true, nil
		}
		segment, err := models.MailingSegmentByID(r.Context(), s.DB, c.rec.OrganisationID, id)
		if apperr.CodeOf(err) == apperr.CodeNotFound {
			f.showAgain(apperr.Invalid("segment", "choice"), Localizer(r))
			return true, nil
		}
		if err == nil {
			setAudience(values, segment.Audience.StillOnly(audienceOf(values, uuid.Nil)))
		}
		return true, err
	case doKeepSegment:
		in := models.MailingSegmentInput{Name: values.Get("segment_name"), Audience: audienceOf(values, uuid.Nil)}
		segment, err := models.KeepMailingSegment(r.Context(), s.DB, c.rec.OrganisationID, in, s.Now())
		if apperr.CodeOf(err) == apperr.CodeInvalid {
			f.showAgain(atSegment(err), Localizer(r))
			return true, nil
		}
		if err == nil {
			values.Set("segment", segment.ID.String())
		}
		return true, err
	}
	return false, nil
}

// segmentSaid says what became of a kept audience in the form that comes back; "" where none was used or kept.
func (s *Server) segmentSaid(r *http.Request, c mailingCase, f formState) (string, error) {
	key := map[string]string{doUseSegment: "mailing.segment_used", doKeepSegment: "mailing.segment_kept"}[r.PostFormValue("do")]
	id, err := uuid.Parse(f.Form.Value("segment"))
	if key == "" || err != nil || len(f.Form.Errors) > 0 {
		return "", nil
	}
	segment, err := models.MailingSegmentByID(r.Context(), s.DB, c.rec.OrganisationID, id)
	if err != nil {
		return "", err
	}
	return Localizer(r).T(key, "Name", segment.Name), nil
}

// atSegment turns blame on a segment's name into blame on the field where it was written.
func atSegment(err error) error {
	err = atLists(err)
	var e *apperr.Error
	if errors.As(err, &e) {
		for i, f := range e.Fields {
			if f.Path == "name" {
				e.Fields[i].Path = "segment_name"
			}
		}
	}
	return err
}

// segmentsView lists the audiences an organisation keeps.
type segmentsView struct {
	Page
	Document, DocumentHref, DocumentLang string
	Segments                             []segmentRow
}

type segmentRow struct{ Name, Rename, Delete string }

func segmentsPath(rec uuid.UUID) string { return recommendationPath(rec) + "/segments" }

func (s *Server) listSegments(w http.ResponseWriter, r *http.Request) error {
	c, err := s.forNewMailing(r)
	if err != nil {
		return err
	}
	segments, err := models.MailingSegments(r.Context(), s.DB, c.rec.OrganisationID)
	if err != nil {
		return err
	}
	v := segmentsView{Page: s.workPage(r, Localizer(r).T("mailing.segments")), Document: c.title.Title, DocumentLang: c.title.Language,
		DocumentHref: recommendationPath(c.rec.ID)}
	for _, g := range segments {
		of := "?segment=" + url.QueryEscape(g.ID.String())
		v.Segments = append(v.Segments, segmentRow{g.Name, segmentsPath(c.rec.ID) + "/rename" + of, segmentsPath(c.rec.ID) + "/delete" + of})
	}
	s.Engine.Render(w, r, http.StatusOK, "mailing_segments", v)
	return nil
}

// segmentDeleteView asks once more before a kept audience is removed.
type segmentDeleteView struct {
	Page
	Name, ID, Action, Back string
}

// segmentOf reads the kept audience that a request names.
func (s *Server) segmentOf(r *http.Request, named string) (mailingCase, *models.MailingSegment, error) {
	v, rec, err := s.ownRecommendation(r, access.CreateMailing)
	if err != nil {
		return mailingCase{}, nil, err
	}
	id, err := uuid.Parse(named)
	if err != nil {
		return mailingCase{}, nil, apperr.NotFound("segment")
	}
	segment, err := models.MailingSegmentByID(r.Context(), s.DB, rec.OrganisationID, id)
	return mailingCase{visitor: v, rec: rec}, segment, err
}

func (s *Server) confirmDeleteSegment(w http.ResponseWriter, r *http.Request) error {
	c, segment, err := s.segmentOf(r, r.URL.Query().Get("segment"))
	if err != nil {
		return err
	}
	s.Engine.Render(w, r, http.StatusOK, "mailing_segment_delete", segmentDeleteView{Page: s.workPage(r, Localizer(r).T("mailing.segment_delete_title")),
		Name: segment.Name, ID: segment.ID.String(), Action: segmentsPath(c.rec.ID) + "/delete", Back: segmentsPath(c.rec.ID)})
	return nil
}

func (s *Server) deleteSegment(w http.ResponseWriter, r *http.Request) error {
	if err := ParseForm(r); err != nil {
		return err
	}
	c, segment, err := s.segmentOf(r, r.PostFormValue("segment"))
	if err != nil {
		return err
	}
	if err := models.DeleteMailingSegment(r.Context(), s.DB, segment); err != nil {
		return err
	}
	s.flash(r, "done", Localizer(r).T("mailing.segment_deleted", "Name", segment.Name))
	http.Redirect(w, r, segmentsPath(c.rec.ID), http.StatusSeeOther)
	return nil
}
