package web

import (
	"context"
	"net/http"

	"github.com/gorilla/mux"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
	"tribuna/internal/files"
	"tribuna/internal/i18n"
	"tribuna/models"
)

// grantEmblem is the picture that texts of a language, or of all that have none of their own, show, and where it is changed.
type grantEmblem struct {
	Name    string // of the language
	Picture string // address; "" where there is none
	Instead string // what is shown then
	Href    string
}

func grantEmblems(l *i18n.Localizer, g *models.Grant, languages []models.Language) []grantEmblem {
	instead := l.T("grant.no_emblem")
	switch {
	case g.EmblemSHA256 != "":
		instead = l.T("grant.emblem_of_all")
	case g.EmblemOf(i18n.Default) != "":
		instead = l.T("grant.emblem_english")
	}
	path := grantPath(g.ID) + "/emblem"
	list := []grantEmblem{{Name: l.T("grant.emblem_all"), Picture: emblemPath(g.EmblemSHA256), Instead: instead, Href: path}}
	for _, lang := range languages {
		list = append(list, grantEmblem{l.Language(lang.Tag), emblemPath(g.EmblemOf(lang.Tag)), instead, path + "/" + lang.Tag})
	}
	return list
}

// changeEmblem takes the picture that a grant wants shown, for the language in the path or for all that have none of their
// own, or takes it away.
func (s *Server) changeEmblem(w http.ResponseWriter, r *http.Request) error {
	g, by, err := s.grantOf(r)
	if err != nil {
		return err
	}
	language := mux.Vars(r)["language"]
	if err := s.knownLanguage(r.Context(), language); err != nil {
		return err
	}
	if !isReading(r) {
		if err = s.storeEmblem(r, g, language, by); err == nil {
			return s.done(w, r, Localizer(r).T("reference.saved"), grantPath(g.ID)+"#emblems")
		}
	}
	return s.renderEmblem(w, r, g, language, err)
}

// knownLanguage refuses what is not on the network's list; "" stands for all languages.
func (s *Server) knownLanguage(ctx context.Context, tag string) error {
	if tag == "" {
		return nil
	}
	_, err := models.ListLanguages.ByKey(ctx, s.DB, tag)
	return err
}

func (s *Server) renderEmblem(w http.ResponseWriter, r *http.Request, g *models.Grant, language string, wrong error) error {
	l, form := Localizer(r), NewForm(nil)
	title, lead, none := l.T("grant.emblem_title"), l.T("grant.emblem_help"), l.T("grant.emblem_none")
	if language != "" {
		title, lead = l.T("grant.emblem_title_in", "Language", l.Language(language)), l.T("grant.emblem_help_in")
		none = l.T("grant.emblem_none_in")
	}
	v := s.editPage(r, title, l.T("reference.save"), crumb{grantPath(g.ID), g.Title}, form)
	v.File, v.Lead = true, lead
	if wrong != nil {
		var again bool
		if v.status, v.Refused, again = form.blamed(wrong, l); !again {
			return wrong
		}
	}
	fields := []Input{field(form, files.Field, l.T("grant.emblem"), "type", "file", "accept", ".png,.jpg,.jpeg", "quiet", true,
		"help", l.T("grant.emblem_limit", "Kilobytes", models.MaxEmblem>>10, "Pixels", models.MaxEmblemSide))}
	if g.EmblemOf(language) != "" {
		fields = append(fields, field(form, "none", none, "type", "checkbox"))
	}
	v.add(editSection{Fields: fields})
	return s.renderEdit(w, r, v)
}

//i18n:keys journal.grant.emblem_changed_in journal.grant.emblem_removed_in
func (s *Server) storeEmblem(r *http.Request, g *models.Grant, language string, by *visitor) error {
	values, file, err := files.Read(r, models.MaxEmblem)
	if err != nil {
		return err
	}
	var picture *models.Emblem
	e := models.JournalEntry{Verb: "grant.emblem_removed", ObjectKind: "grant", Object: g.ID, Facts: map[string]string{"slug": g.Number}}
	switch {
	case file != nil && file.TooLarge:
		return models.EmblemTooLarge()
	case file != nil:
		e.Verb = "grant.emblem_changed"
		if picture, err = models.NewEmblem(file.Content, s.Now()); err != nil {
			return err
		}
	case values.Get("none") == "":
		return apperr.Invalid(files.Field, "picture_none", "kilobytes", models.MaxEmblem>>10, "pixels", models.MaxEmblemSide)
	}
	if language != "" {
		e.Verb, e.Facts["language"] = e.Verb+"_in", language
	}
	return s.administer(r, by, func(ctx context.Context, tx bun.Tx) (models.JournalEntry, error) {
		return e, models.SetEmblem(ctx, tx, g, language, picture)
	})
}
