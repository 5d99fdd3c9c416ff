package web

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gorilla/mux"
	"github.com/uptrace/bun"

	"tribuna/internal/i18n"
	"tribuna/internal/word"
	"tribuna/models"
)

const (
	profilePath  = accountPath + "/profile"
	dataHeldPath = accountPath + "/data"
)

func (s *Server) profileRoutes(r *mux.Router) {
	s.get(r, profilePath, s.editProfile)
	s.post(r, profilePath, s.editProfile)
	s.get(r, dataHeldPath, s.dataHeld)
}

// editProfile has people change what is known of themselves.
func (s *Server) editProfile(w http.ResponseWriter, r *http.Request) error {
	by, err := s.requireSignedIn(r)
	if err != nil {
		return err
	}
	p, err := models.PersonByID(r.Context(), s.DB, by.Person.ID)
	if err != nil {
		return err
	}
	l, former, asked := Localizer(r), p, canBeAsked(by)
	return s.edit(w, r, &editing{by: by, title: l.T("profile.change"), back: crumb{accountPath, l.T("signin.account")}, next: accountPath,
		values: profileValues(p),
		read: func(form url.Values) error {
			p.Name, p.Language, p.CountryCode = strings.TrimSpace(form.Get("name")), form.Get("language"), form.Get("country_code")
			p.Naming = cmp.Or(form.Get("naming"), models.NamingNone) // nobody agrees by leaving a form as it is
			if asked {
				return readExpertise(&p, form)
			}
			return nil
		},
		save: func(ctx context.Context, tx bun.Tx) (models.JournalEntry, error) {
			err := p.SaveOwn(ctx, tx)
			if err == nil && p.Language != former.Language {
				s.followProfile(w)
			}
			return models.OwnEntry(former, p), err
		},
		fields: func(v *editView) error {
			v.Active = "" // nothing of the administration
			return s.profileFields(r, v, asked)
		}})
}

// canBeAsked reports whether somebody has a role for which they are found by what they know.
func canBeAsked(v *visitor) bool {
	return slices.ContainsFunc(v.Roles, func(r models.Role) bool { return r.Role == models.RoleExpert || r.Role == models.RoleTranslator })
}

func profileValues(p models.Person) url.Values {
	values := personValues(p)
	values.Del("email")
	values.Set("naming", p.Naming)
	return values
}

func (s *Server) profileFields(r *http.Request, v *editView, asked bool) error {
	l, form := Localizer(r), v.Form
	countries, err := s.countryOptions(r)
	if err != nil {
		return err
	}
	languages, topics, err := s.knowsOptions(r)
	if err != nil {
		return err
	}
	v.add(editSection{Title: l.T("profile.about"), Fields: []Input{
		field(form, "name", l.T("profile.name"), "required", true, "max", 200, "autocomplete", "name"),
		field(form, "language", l.T("profile.language"), "type", "select", "required", true, "options", languages),
		field(form, "country_code", l.T("profile.country"), "type", "select", "quiet", true, "any", l.T("person.no_country"), "options", countries,
			"help", l.T("profile.country_help"))}})
	if asked {
		v.add(editSection{Title: l.T("profile.expertise"), Help: l.T("profile.expertise_help"), Fields: []Input{
			field(form, "languages", l.T("profile.languages"), "type", "checkboxes", "quiet", true, "options", languages),
			field(form, "topics", l.T("profile.topics"), "type", "checkboxes", "quiet", true, "options", topics),
			field(form, "max_open", l.T("person.max_open"), "type", "number", "required", true, "inputmode", "numeric", "help", l.T("profile.max_open_help"))}})
	}
	v.add(editSection{Title: l.T("profile.named"), Fields: []Input{
		field(form, "naming", l.T("profile.naming"), "type", "radios", "required", true, "help", l.T("profile.naming_help"),
			"options", choices(l, "profile.naming.", models.NamingPublic, models.NamingNetwork, models.NamingNone))}})
	return nil
}

// profileFacts are what is known of the reader, in their own words.
func (s *Server) profileFacts(r *http.Request, v *visitor) ([]labelled, error) {
	l, p := Localizer(r), v.Person
	names, err := s.countryNames(r)
	if err != nil {
		return nil, err
	}
	zone, err := models.ZoneOf(r.Context(), s.DB, p.CountryCode)
	if err != nil {
		return nil, err
	}
	facts := []labelled{{l.T("profile.name"), i18n.Said(p.Name)}, {l.T("person.email"), i18n.Said(p.Email)},
		{l.T("profile.language"), i18n.Said(l.Language(p.Language))}, {l.T("profile.country"), names.names[p.CountryCode]},
		{l.T("reference.zone"), i18n.Said(zone.String())}, {l.T("profile.naming"), i18n.Said(l.T("profile.naming." + p.Naming))}}
	if canBeAsked(v) {
		known, err := s.expertiseFacts(r, p)
		if err != nil {
			return nil, err
		}
		facts = append(facts, known...)
	}
	return slices.DeleteFunc(facts, func(f labelled) bool { return f.Text.Text == "" }), nil
}

func (s *Server) expertiseFacts(r *http.Request, p models.Person) ([]labelled, error) {
	l := Localizer(r)
	languages, topics, err := s.expertise(r, p)
	return []labelled{{l.T("profile.languages"), languages}, {l.T("profile.topics"), topics},
		{l.T("person.max_open"), i18n.Said(l.Number(p.MaxOpen))}}, err
}

// dataHeldView is what is kept about the reader: where it came from, what it is, and to what they agreed.
type dataHeldView struct {
	Page
	Back    crumb
	Naming  string
	Namings []namingRow
	heldFacts
}

// namingRow is how far the reader agreed to be named for one text.
type namingRow struct {
	Href, Title, Lang, Naming string
	At                        Moment
	Certificate               string // of their last review of it; "" where none can be printed
}

func (s *Server) dataHeld(w http.ResponseWriter, r *http.Request) error {
	by, err := s.requireSignedIn(r)
	if err != nil {
		return err
	}
	l, ctx, p := Localizer(r), r.Context(), by.Person
	v := dataHeldView{Page: NewPage(r, l.T("profile.data")), Back: crumb{accountPath, l.T("signin.account")}, Naming: l.T("profile.naming." + p.Naming)}
	v.NoIndex = true
	zone, err := s.zoneOf(ctx, p)
	if err != nil {
		return err
	}
	if v.heldFacts, err = s.heldAbout(ctx, l, p, zone); err != nil {
		return err
	}
	given, err := models.NamingsGiven(ctx, s.DB, p.ID)
	if err != nil {
		return err
	}
	for _, g := range given {
		row := namingRow{Title: g.Title, Lang: g.Language, Naming: l.T("review.naming." + g.Naming), At: Moment{g.AnsweredAt, zone}}
		if g.Slug != "" {
			row.Href = publishedPath + g.Slug
		}
		if s.Word.Writes(word.PDF) {
			row.Certificate = taskPath(g.TaskID) + "/certificate.pdf"
		}
		v.Namings = append(v.Namings, row)
	}
	s.Engine.Render(w, r, http.StatusOK, "data_held", v)
	return nil
}

// originFacts say where the data of somebody came from, and why they may be kept.
func (s *Server) originFacts(ctx context.Context, l *i18n.Localizer, p models.Person, zone *time.Location) ([]labelled, error) {
	o, err := models.DataOriginOf(ctx, s.DB, p.ID)
	if err != nil {
		return nil, err
	}
	if o.Source == "" {
		if subscribed, err := models.CameBySubscribing(ctx, s.DB, p); err != nil || subscribed {
			return []labelled{{l.T("profile.since"), i18n.Said(l.Date(p.CreatedAt, zone))}, {l.T("contacts.source"), i18n.Said(l.T("own_data.by_subscribing"))}}, err
		}
		return []labelled{{l.T("profile.since"), i18n.Said(l.Date(p.CreatedAt, zone))}, {l.T("contacts.source"), i18n.Said(l.T("profile.by_hand"))}}, nil
	}
	return []labelled{{l.T("profile.since"), i18n.Said(l.Date(o.At, zone))}, {l.T("contacts.source"), i18n.Said(o.Source)},
		{l.T("contacts.basis"), i18n.Said(l.T("contacts.basis." + o.Basis))}}, nil
}

// keptFacts say how much is kept, and leave out what there is none of.
func keptFacts(l *i18n.Localizer, k models.KeptAbout) []labelled {
	var facts []labelled
	for _, f := range []struct {
		label string
		count int
	}{{l.T("profile.kept.asked"), k.Asked}, {l.T("profile.kept.answers"), k.Answers}, {l.T("profile.kept.signoffs"), k.SignOffs},
		{l.T("profile.kept.translations"), k.Translations}, {l.T("profile.kept.reports"), k.Reports}, {l.T("profile.kept.mails"), k.Mails},
		{l.T("profile.kept.sign_ins"), k.SignIns}, {l.T("profile.kept.keys"), k.Keys}, {l.T("profile.kept.unsent"), k.Unsent}} {
		if f.count > 0 {
			facts = append(facts, labelled{f.label, i18n.Said(l.Number(f.count))})
		}
	}
	return facts
}
