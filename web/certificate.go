package web

import (
	"net/http"
	"net/url"

	"github.com/gorilla/mux"

	"tribuna/internal/access"
	"tribuna/internal/apperr"
	"tribuna/internal/files"
	"tribuna/internal/word"
	"tribuna/models"
)

func (s *Server) certificateRoutes(r *mux.Router) {
	s.get(r, "/tasks/{id}/certificate.pdf", s.certificate)
}

// certificateHref is where an expert who answered has it confirmed; "" where there is nothing to confirm, or nothing to print with.
func (s *Server) certificateHref(a *asked) string {
	if a.task.Kind != models.TaskReview || a.task.State != models.TaskDone || !s.Word.Writes(word.PDF) {
		return ""
	}
	return a.path() + "/certificate.pdf"
}

// certificate confirms to an expert that they reviewed, on a page to be printed. What they answered is not on it, nor which text it
// was while that is not public. Nothing of it is kept.
func (s *Server) certificate(w http.ResponseWriter, r *http.Request) error {
	a, err := s.askedFor(r, access.Review, models.TaskReview)
	if err != nil {
		return err
	}
	if a.task.State != models.TaskDone {
		return apperr.NotFound("review")
	}
	ctx := r.Context()
	rv, err := models.ReviewByTask(ctx, s.DB, a.task.ID)
	if err == nil && (rv.PersonID != a.visitor.Person.ID || rv.OrganisationID != nil) {
		err = apperr.NotFound("review")
	}
	if err != nil {
		return err
	}
	c := word.Certificate{Name: a.visitor.Person.Name, On: rv.AnsweredAt, Zone: a.zone, Address: hostOf(s.BaseURL), Network: "Tribuna"}
	holder, err := models.DataHolderOf(ctx, s.DB)
	if err != nil {
		return err
	}
	if holder.Name != "" {
		c.Network = holder.Name
	}
	if a.rec.PublishedAt != nil && a.rec.QuarantinedAt == nil {
		c.Title, c.Language = a.rec.Title, a.rec.Language
	}
	if err := s.allowConversion(ctx, a.visitor.Person.ID.String()); err != nil {
		return err
	}
	content, err := s.Word.PrintOnce(ctx, c.Document(Localizer(r)))
	if err != nil {
		return err
	}
	files.Serve(w, files.File{Name: "certificate.pdf", MediaType: word.PDF.MediaType(), Content: content})
	return nil
}

// hostOf is an address as people say it.
func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	return u.Host
}
