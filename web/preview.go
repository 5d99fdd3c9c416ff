package web

import (
	"html/template"
	"net/http"
	"time"

	"tribuna/internal/apperr"
	"tribuna/internal/markdown"
	"tribuna/models"
)

// previewView shows Markdown as it will be read.
type previewView struct {
	Page
	Text template.HTML
}

// Limits of previews: whoever writes looks often, but nobody renders without end.
const (
	previewWindow = time.Minute
	previewsEach  = 120
)

// preview is Preview for those who write here.
func (s *Server) preview(w http.ResponseWriter, r *http.Request) error {
	v, err := s.requirePerson(r)
	if err != nil {
		return err
	}
	ok, err := models.Allow(r.Context(), s.DB, "preview:"+v.Person.ID.String(), previewsEach, previewWindow, s.Now())
	if err != nil {
		return err
	}
	if !ok {
		return apperr.New(apperr.CodeTooMany)
	}
	s.Engine.Preview(w, r)
	return nil
}

// Preview handles POST /preview?field=name: it renders the Markdown in that field of the posted form. htmx gets the
// text alone, a browser without JavaScript a page of its own in a new tab. Nothing is stored.
func (e *Engine) Preview(w http.ResponseWriter, r *http.Request) {
	if err := ParseForm(r); err != nil {
		e.Error(w, r, err)
		return
	}
	text, err := markdown.Render(markdown.Clean(r.PostForm.Get(r.URL.Query().Get("field"))),
		markdown.WithHeadingShift(2), markdown.WithIDPrefix("preview-"))
	if err != nil {
		e.Error(w, r, err)
		return
	}
	v := previewView{Page: NewPage(r, Localizer(r).T("preview.title")), Text: text}
	v.NoIndex = true
	part := "preview"
	if r.Header.Get("HX-Request") == "true" {
		part = "preview-text"
	}
	e.RenderPart(w, r, http.StatusOK, "preview", part, v)
}
