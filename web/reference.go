package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gorilla/mux"
	"github.com/uptrace/bun"

	"tribuna/internal/i18n"
	"tribuna/models"
)

// referenceLists are the lists that coordinators keep, each with an address of its own.
var referenceLists = []models.ReferenceList{models.ListTopics, models.ListChallenges, models.ListLanguages, models.ListCountries}

const zonePath = administrationPath + "/zone"

func referencePath(list models.ReferenceList) string { return administrationPath + "/" + string(list) }

func (s *Server) referenceRoutes(r *mux.Router) {
	for _, list := range referenceLists {
		k, path := referenceKeeper{s, list}, referencePath(list)
		s.get(r, path, k.list)
		s.get(r, path+"/new", k.edit)
		s.post(r, path+"/new", k.edit)
		s.get(r, path+"/{key}", k.edit)
		s.post(r, path+"/{key}", k.edit)
		s.post(r, path+"/{key}/raise", k.raise)
		s.get(r, path+"/{key}/remove", k.remove)
		s.post(r, path+"/{key}/remove", k.remove)
	}
	s.get(r, zonePath, s.networkZone)
	s.post(r, zonePath, s.networkZone)
}

// referenceKeeper are the pages of one list.
type referenceKeeper struct {
	server *Server
	kept   models.ReferenceList
}

// word is a sentence of the list's own.
func (k referenceKeeper) word(l *i18n.Localizer, key string) string {
	return l.T("reference." + string(k.kept) + "." + key)
}

func (k referenceKeeper) crumb(l *i18n.Localizer) crumb {
	return crumb{referencePath(k.kept), l.T("administration." + string(k.kept))}
}

func (k referenceKeeper) list(w http.ResponseWriter, r *http.Request) error {
	s, l := k.server, Localizer(r)
	if _, err := s.requireAdministrator(r); err != nil {
		return err
	}
	all, err := k.kept.All(r.Context(), s.DB)
	if err != nil {
		return err
	}
	languages, err := models.Languages(r.Context(), s.DB)
	if err != nil {
		return err
	}
	path := referencePath(k.kept)
	v := keptView{Page: s.administrationPage(r, l.T("administration."+string(k.kept))), Lead: l.T("administration." + string(k.kept) + ".about"),
		Add: crumb{path + "/new", k.word(l, "add")}, Empty: Empty{Icon: "list-check", Title: k.word(l, "none"), Text: k.word(l, "none_text")}.To(path+"/new", k.word(l, "add"))}
	for i, line := range all {
		row := k.row(l, languages, line)
		if i > 0 {
			row.Raise = path + "/" + line.Key + "/raise"
		}
		v.Rows = append(v.Rows, row)
	}
	if k.kept == models.ListCountries {
		if v.Setting, err = s.zoneSetting(r, l); err != nil {
			return err
		}
	}
	s.Engine.Render(w, r, http.StatusOK, "administration_list", v)
	return nil
}

// row says what a line is, and in which languages it has no name yet.
func (k referenceKeeper) row(l *i18n.Localizer, languages []models.Language, line models.Reference) keptRow {
	name, tag := i18n.Pick(line.Names, l.Tag())
	row := keptRow{ID: "line-" + line.Key, Href: referencePath(k.kept) + "/" + line.Key, Title: name, Lang: tag, About: []string{line.Key}}
	switch k.kept {
	case models.ListLanguages:
		row.About = append(row.About, line.Endonym)
		if slices.Contains(i18n.Tags(), line.Key) {
			row.Badges = append(row.Badges, Badge{"done", "language", l.T("reference.spoken")})
		}
	case models.ListCountries:
		row.About = append(row.About, line.Zone)
		if d := l.Name(line.Designations); d.Text != "" {
			row.Names = append(row.Names, l.Say("reference.designated", "Name", d))
		}
	}
	var missing []string
	for _, lang := range languages {
		if line.Names[lang.Tag] == "" {
			missing = append(missing, l.Language(lang.Tag))
		}
	}
	if len(missing) > 0 {
		row.About = append(row.About, l.T("reference.missing", "Languages", l.ListAnd(missing)))
	}
	return row
}

// edit adds a line to the list or changes one.
func (k referenceKeeper) edit(w http.ResponseWriter, r *http.Request) error {
	s, l, key := k.server, Localizer(r), mux.Vars(r)["key"]
	by, err := s.requireAdministrator(r)
	if err != nil {
		return err
	}
	e := &editing{by: by, added: key == "", title: k.word(l, "add"), back: k.crumb(l)}
	var line models.Reference
	var former models.Facts
	if !e.added {
		if line, err = k.kept.ByKey(r.Context(), s.DB, key); err != nil {
			return err
		}
		e.title, e.values, former = l.T("reference.edit_line", "Name", key), referenceValues(line), line.Facts()
	}
	e.read = func(form url.Values) error {
		line = readReference(form, key)
		e.next = referencePath(k.kept) + "#line-" + line.Key
		return nil
	}
	e.save = func(ctx context.Context, tx bun.Tx) (models.JournalEntry, error) {
		if e.added {
			return k.entry("added", line.Key), k.kept.Add(ctx, tx, line)
		}
		return k.entry("changed", key).Changing(former, line.Facts()), k.kept.Save(ctx, tx, line)
	}
	e.fields = func(v *editView) error { return k.fields(r, v, key) }
	return s.edit(w, r, e)
}

//i18n:keys journal.topics.* journal.challenges.* journal.languages.* journal.countries.*
func (k referenceKeeper) entry(verb, key string) models.JournalEntry {
	return models.JournalEntry{Verb: string(k.kept) + "." + verb, ObjectKind: string(k.kept), Facts: map[string]string{"slug": key}}
}

func referenceValues(line models.Reference) url.Values {
	values := url.Values{"endonym": {line.Endonym}, "zone": {line.Zone}}
	withNames(values, "names", line.Names)
	withNames(values, "designations", line.Designations)
	withNames(values, "footnotes", line.Footnotes)
	return values
}

func readReference(form url.Values, key string) models.Reference {
	if key == "" {
		key = strings.TrimSpace(form.Get("key"))
	}
	return models.Reference{Key: key, Names: languageValues(form, "names"), Endonym: strings.TrimSpace(form.Get("endonym")),
		Zone: strings.TrimSpace(form.Get("zone")), Designations: languageValues(form, "designations"), Footnotes: languageValues(form, "footnotes")}
}

func (k referenceKeeper) fields(r *http.Request, v *editView, key string) error {
	s, l, form := k.server, Localizer(r), v.Form
	languages, err := models.Languages(r.Context(), s.DB)
	if err != nil {
		return err
	}
	var own []Input
	if key == "" {
		own = append(own, field(form, "key", k.word(l, "key"), "required", true, "max", 60, "help", k.word(l, "key_help")))
	} else {
		v.Remove = crumb{referencePath(k.kept) + "/" + key + "/remove", l.T("reference.remove")}
	}
	switch k.kept {
	case models.ListLanguages:
		own = append(own, field(form, "endonym", l.T("reference.endonym"), "required", true, "max", 100, "help", l.T("reference.endonym_help")))
	case models.ListCountries:
		own = append(own, field(form, "zone", l.T("reference.zone"), "required", true, "max", 60, "help", l.T("reference.zone_help")))
	}
	if len(own) > 0 {
		v.add(editSection{Fields: own})
	}
	v.add(editSection{Title: l.T("reference.names"), Fields: languageFields(form, l, languages, "names", l.T("reference.name"), "max", 200)})
	if k.kept == models.ListCountries {
		for i, lang := range languages {
			section := editSection{Title: l.T("reference.designation_in", "Language", l.Language(lang.Tag)), Fold: true, Open: form.Value("designations."+lang.Tag) != "",
				Fields: designationFields(form, l, lang.Tag)}
			if i == 0 {
				section.Help = l.T("reference.designation_help")
			}
			v.add(section)
		}
	}
	return nil
}

// raise moves a line one up.
func (k referenceKeeper) raise(w http.ResponseWriter, r *http.Request) error {
	s, key := k.server, mux.Vars(r)["key"]
	by, err := s.requireAdministrator(r)
	if err != nil {
		return err
	}
	err = s.administer(r, by, func(ctx context.Context, tx bun.Tx) (models.JournalEntry, error) {
		return k.entry("moved", key), k.kept.Raise(ctx, tx, key)
	})
	if err != nil {
		return err
	}
	http.Redirect(w, r, referencePath(k.kept)+"#line-"+key, http.StatusSeeOther)
	return nil
}

// remove asks, then takes a line off the list if nothing needs it.
func (k referenceKeeper) remove(w http.ResponseWriter, r *http.Request) error {
	s, l, key := k.server, Localizer(r), mux.Vars(r)["key"]
	by, err := s.requireAdministrator(r)
	if err != nil {
		return err
	}
	line, err := k.kept.ByKey(r.Context(), s.DB, key)
	if err != nil {
		return err
	}
	name := l.Name(line.Names)
	return s.remove(w, r, removing{by: by, next: referencePath(k.kept), uses: func() ([]usedAt, error) { return k.uses(r, key) },
		act: func(ctx context.Context, tx bun.Tx) (models.JournalEntry, error) {
			return k.entry("removed", key), k.kept.Remove(ctx, tx, key)
		}, ask: removeView{Page: s.administrationPage(r, l.T("reference.remove")), Back: k.crumb(l), What: name,
			Follows: l.Say("reference.remove_text", "Name", name), Button: l.T("reference.remove")}})
}

func (k referenceKeeper) uses(r *http.Request, key string) ([]usedAt, error) {
	l := Localizer(r)
	uses, err := k.kept.Uses(r.Context(), k.server.DB, key)
	at := places(l, uses)
	if k.kept == models.ListLanguages && key == i18n.Default {
		at = append(at, usedAt{Name: l.T("reference.english_use")})
	}
	return at, err
}

// zoneSetting says whose clock counts for people without a country.
func (s *Server) zoneSetting(r *http.Request, l *i18n.Localizer) (setting, error) {
	zone, err := models.NetworkZone(r.Context(), s.DB)
	return setting{Text: l.T("reference.network_zone", "Zone", zone), Change: crumb{zonePath, l.T("reference.network_zone_change")}}, err
}

// networkZone changes whose clock counts for people without a country.
func (s *Server) networkZone(w http.ResponseWriter, r *http.Request) error {
	by, err := s.requireAdministrator(r)
	if err != nil {
		return err
	}
	l := Localizer(r)
	zone, err := models.NetworkZone(r.Context(), s.DB)
	if err != nil {
		return err
	}
	former := models.Facts{"zone": zone}
	back := crumb{referencePath(models.ListCountries), l.T("administration.countries")}
	return s.edit(w, r, &editing{by: by, title: l.T("reference.network_zone_change"), lead: l.T("reference.network_zone_help"), back: back, next: back.Href,
		values: url.Values{"zone": {zone}},
		read: func(form url.Values) error {
			zone = strings.TrimSpace(form.Get("zone"))
			return nil
		},
		save: func(ctx context.Context, tx bun.Tx) (models.JournalEntry, error) {
			e := models.JournalEntry{Verb: "zone.changed", ObjectKind: "zone", Facts: map[string]string{"slug": zone}}
			return e.Changing(former, models.Facts{"zone": zone}), models.SetNetworkZone(ctx, tx, zone)
		},
		fields: func(v *editView) error {
			v.add(editSection{Fields: []Input{field(v.Form, "zone", l.T("reference.zone"), "required", true, "max", 60, "help", l.T("reference.zone_help"))}})
			return nil
		}})
}
