package web

import (
	"context"
	"net/http"
	"net/url"

	"github.com/gorilla/mux"
	"github.com/uptrace/bun"

	"tribuna/internal/i18n"
	"tribuna/models"
)

// designateForGrant says how a grant wants one country designated, in every language.
func (s *Server) designateForGrant(w http.ResponseWriter, r *http.Request) error {
	g, by, err := s.grantOf(r)
	if err != nil {
		return err
	}
	country, err := models.CountryByCode(r.Context(), s.DB, mux.Vars(r)["code"])
	if err != nil {
		return err
	}
	values := url.Values{}
	for _, d := range g.Designations {
		if d.CountryCode == country.Code {
			values.Set("designations."+d.Language, d.Designation)
			values.Set("footnotes."+d.Language, d.Footnote)
		}
	}
	l := Localizer(r)
	var list []models.GrantDesignation
	return s.edit(w, r, &editing{by: by, heading: l.Say("grant.country_title", "Country", l.Name(country.Names)), lead: l.T("grant.country_help"),
		back: crumb{grantPath(g.ID) + "#countries", g.Title}, next: grantPath(g.ID) + "#countries", values: values,
		read: func(form url.Values) error {
			list = readDesignations(form)
			return nil
		},
		save: func(ctx context.Context, tx bun.Tx) (models.JournalEntry, error) {
			e := models.JournalEntry{Verb: "grant.designated", ObjectKind: "grant", Object: g.ID, Facts: map[string]string{"slug": g.Number, "country": country.Code}}
			former := models.DesignationFacts(g.Designations, country.Code)
			return e.Changing(former, models.DesignationFacts(list, country.Code)), g.Designate(ctx, tx, country.Code, list)
		},
		fields: func(v *editView) error {
			languages, err := models.Languages(r.Context(), s.DB)
			for _, lang := range languages {
				v.add(editSection{Title: l.Language(lang.Tag), Fields: designationFields(v.Form, l, lang.Tag)})
			}
			return err
		}})
}

func readDesignations(form url.Values) []models.GrantDesignation {
	names, notes := languageValues(form, "designations"), languageValues(form, "footnotes")
	list := []models.GrantDesignation{}
	for tag, name := range names {
		list = append(list, models.GrantDesignation{Language: tag, Designation: name, Footnote: notes[tag]})
	}
	for tag, note := range notes {
		if names[tag] == "" {
			list = append(list, models.GrantDesignation{Language: tag, Footnote: note})
		}
	}
	return list
}

func designationFields(form *Form, l *i18n.Localizer, tag string) []Input {
	return []Input{field(form, "designations."+tag, l.T("reference.designation"), "max", 200, "quiet", true, "lang", tag),
		field(form, "footnotes."+tag, l.T("reference.footnote"), "type", "textarea", "rows", 2, "max", 1000, "quiet", true, "lang", tag)}
}
