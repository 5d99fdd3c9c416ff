package web

import (
	"fmt"
	"net/http"
	"strconv"

	"github.com/gorilla/mux"

	"tribuna/internal/access"
	"tribuna/internal/apperr"
	"tribuna/internal/clientaddr"
	"tribuna/internal/files"
	"tribuna/internal/i18n"
	"tribuna/internal/word"
	"tribuna/models"
)

// fileLink leads to a text as a file.
type fileLink struct{ Href, Label, Type string }

// fileLinks lead to what the address can be had as here.
func (s *Server) fileLinks(address string, l *i18n.Localizer) []fileLink {
	var links []fileLink
	for _, f := range []word.Form{word.DOCX, word.PDF} {
		if s.Word.Writes(f) {
			links = append(links, fileLink{address + "/" + string(f), l.T("word." + string(f)), f.MediaType()})
		}
	}
	return links
}

// versionFile gives a version out as a file.
func (s *Server) versionFile(w http.ResponseWriter, r *http.Request) error {
	v, rec, err := s.ownRecommendation(r, access.ReadWorkingText)
	if err != nil {
		return err
	}
	number, err := strconv.Atoi(mux.Vars(r)["number"])
	if err != nil {
		return apperr.NotFound("version")
	}
	version, err := models.VersionByNumber(r.Context(), s.DB, rec.ID, number)
	if err != nil {
		return err
	}
	doc, err := word.VersionDocument(r.Context(), s.DB, rec, version)
	if err != nil {
		return err
	}
	return s.serveDocument(w, r, doc, files.File{Name: fmt.Sprintf("%s-%d", rec.Slug, number)}, v.Person.ID.String())
}

// publicationFile gives a publication out in one of its languages. Everybody may have it, and keep it.
func (s *Server) publicationFile(w http.ResponseWriter, r *http.Request) error {
	rec, pub, err := models.PublishedBySlug(r.Context(), s.DB, mux.Vars(r)["slug"])
	if err != nil {
		return err
	}
	text := editionFor(pub, mux.Vars(r)["language"], "", "")
	if text == nil {
		return apperr.NotFound("publication")
	}
	address := s.BaseURL + publishedPath + rec.Slug + "/" + text.Language
	doc, err := word.PublicationDocument(r.Context(), s.DB, rec, pub, text, address)
	if err != nil {
		return err
	}
	return s.serveDocument(w, r, doc, files.File{Name: rec.Slug + "-" + text.Language, Public: true}, clientaddr.Of(r, s.TrustedProxies))
}

// serveDocument gives a document out as the form in the path, under a name that gets its ending. What the reader has
// already is not sent again, and what lies ready counts against nobody's limit.
func (s *Server) serveDocument(w http.ResponseWriter, r *http.Request, doc word.Document, f files.File, who string) error {
	form := word.Form(mux.Vars(r)["form"])
	if !s.Word.Writes(form) {
		return word.NotInstalled(form.Program())
	}
	f.Name, f.MediaType = f.Name+"."+string(form), form.MediaType()
	if _, below := taskOfPath(r.URL.Path); !below { // what a personal link opens is kept nowhere
		f.ETag = s.Word.Tag(doc, form)
	}
	if files.Unchanged(w, r, f) {
		return nil
	}
	if !s.Word.Kept(doc, form) {
		if err := s.allowConversion(r.Context(), who); err != nil {
			return err
		}
	}
	var err error
	if f.Content, err = s.Word.Write(r.Context(), doc, form); err != nil {
		return err
	}
	files.Serve(w, f)
	return nil
}
