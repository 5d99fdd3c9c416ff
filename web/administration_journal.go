package web

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"github.com/google/uuid"

	"tribuna/internal/i18n"
	"tribuna/internal/record"
	"tribuna/models"
)

const (
	journalPath = administrationPath + "/journal"
	journalPage = 50 // acts on one page
)

// journalView is what was done in the administration, read like minutes.
type journalView struct {
	Page
	Form          *Form
	Areas, People []Option
	Filtered      bool
	Entries       []TimelineEntry
	Pager         Pager
}

// journalAreas are the parts of the administration that the journal is narrowed to, with the first parts of their verbs.
var journalAreas = []struct {
	key   string
	verbs []string
}{
	{"people", []string{"person"}},
	{"organisations", []string{"organisation"}},
	{"lists", []string{"list"}},
	{"contacts", []string{"contacts", "data_holder"}},
	{"authorities", []string{"authority"}},
	{"procedures", []string{"procedure"}},
	{"grants", []string{"grant"}},
	{"topics", []string{"topics"}},
	{"challenges", []string{"challenges"}},
	{"languages", []string{"languages"}},
	{"countries", []string{"countries", "zone"}},
	{"reports", []string{"report", "text"}},
	{"imports", []string{"recommendations", "followups"}},
	{"operations", []string{"operations"}},
	{"journal", []string{"journal"}},
}

// journalFilters are the parts of the address that narrow the journal.
var journalFilters = []string{"area", "person"}

// journal shows who changed what in the administration, newest first.
func (s *Server) journal(w http.ResponseWriter, r *http.Request) error {
	visitor, err := s.requireAdministrator(r)
	if err != nil {
		return err
	}
	l, q := Localizer(r), r.URL.Query()
	f := models.JournalFilter{Limit: journalPage + 1}
	f.Before, _ = strconv.ParseInt(q.Get("before"), 10, 64)
	f.Person, _ = uuid.Parse(q.Get("person"))
	for _, area := range journalAreas {
		if area.key == q.Get("area") {
			f.Areas = area.verbs
		}
	}
	items, err := models.JournalEntries(r.Context(), s.DB, f)
	if err != nil {
		return err
	}
	v := journalView{Page: s.administrationPage(r, l.T("administration.journal")), Form: NewForm(q), Filtered: f.Person != uuid.Nil || len(f.Areas) > 0}
	if len(items) > journalPage {
		items = items[:journalPage]
		v.Pager.Next = journalBefore(q, items[journalPage-1].Seq)
	}
	if v.Entries, err = s.journalEntries(r, l, visitor, items); err != nil {
		return err
	}
	if err := s.journalChoices(r, l, f.Person, &v); err != nil {
		return err
	}
	s.Engine.Render(w, r, http.StatusOK, "administration_journal", v)
	return nil
}

// journalBefore is the address of the page with what came before, narrowed as this one.
func journalBefore(q url.Values, seq int64) string {
	next := url.Values{"before": {strconv.FormatInt(seq, 10)}}
	for _, key := range journalFilters {
		if value := q.Get(key); value != "" {
			next.Set(key, value)
		}
	}
	return journalPath + "?" + next.Encode()
}

// journalChoices are the areas, and those who keep the network in order with whoever the address names.
func (s *Server) journalChoices(r *http.Request, l *i18n.Localizer, named uuid.UUID, v *journalView) error {
	for _, area := range journalAreas {
		v.Areas = append(v.Areas, Option{Value: area.key, Label: l.T("administration." + area.key)})
	}
	people, err := models.Coordinators(r.Context(), s.DB)
	if err != nil {
		return err
	}
	listed := false
	for _, p := range people {
		listed = listed || p.ID == named
		v.People = append(v.People, Option{Value: p.ID.String(), Label: p.Name})
	}
	if named == uuid.Nil || listed {
		return nil
	}
	p, err := models.PersonByID(r.Context(), s.DB, named)
	v.People = append(v.People, Option{Value: p.ID.String(), Label: p.Name})
	return err
}

// journalEntries writes acts as sentences. A fact is a placeholder of the sentence, as in the minutes of a record; Object
// is the name of what the act was about.
func (s *Server) journalEntries(r *http.Request, l *i18n.Localizer, v *visitor, items []record.Item) ([]TimelineEntry, error) {
	m := &minutes{l: l, viewer: v.viewer(), items: items}
	var err error
	ctx := r.Context()
	if m.zone, err = s.zoneOf(ctx, v.Person); err != nil {
		return nil, err
	}
	for _, load := range []func(context.Context, *minutes) error{s.minutesPeople, s.minutesOrganisations} {
		if err := load(ctx, m); err != nil {
			return nil, err
		}
	}
	values, err := s.journalValues(r, m)
	if err != nil {
		return nil, err
	}
	if m.keys, err = s.journalNames(ctx, l); err != nil {
		return nil, err
	}
	entries := make([]TimelineEntry, 0, len(items))
	for _, it := range items {
		args := map[string]any{"Object": m.journalObject(it)}
		for fact, value := range it.Facts {
			args[factName(fact)] = m.journalFact(it, fact, value)
		}
		e := TimelineEntry{At: it.At, Zone: m.zone, Who: m.people[it.Actor].Name, What: l.Say("journal."+it.Verb, args)}
		switch {
		case it.Capacity == record.System:
			e.Who = l.T("administration.journal.shell")
		case it.Capacity == record.Institutional:
			e.Capacity = l.T("journal.capacity", "Role", l.T("account.role."+it.Facts[record.FactAs]), "Organisation", m.organisations[it.Organisation])
		}
		if len(it.Texts) > 0 {
			e.Erase = erasePath(it.Seq)
		}
		e.Changes, it.Texts, it.Redacted = values.changes(it)
		e.Href, e.Link = journalPlace(l, it)
		if e.Text, err = m.words(it); err != nil {
			return nil, err
		}
		entries = append(entries, e)
	}
	return entries, nil
}

// journalPlace leads to where something was done that has no name of its own.
func journalPlace(l *i18n.Localizer, it record.Item) (href, link string) {
	switch {
	case it.ObjectKind == "import" && it.Object != uuid.Nil:
		return contactsPath + "/" + it.Object.String(), l.T("administration.contacts")
	case it.ObjectKind == "import":
		return importsPath, l.T("administration.imports")
	case it.Verb == "data_holder.changed", it.Verb == "contacts.noticed":
		return noticesPath, l.T("contacts.notices")
	case it.Verb == "journal.texts_erased":
		entry, _ := strconv.ParseInt(it.Facts["entry"], 10, 64)
		return journalPath + "?before=" + strconv.FormatInt(entry+1, 10), l.T("journal.erase.where")
	case it.Verb == "operations.mended":
		return operationsPath, l.T("administration.operations")
	}
	return "", ""
}

// journalFact says a fact: roles in words, people, organisations and texts with the way to them.
func (m *minutes) journalFact(it record.Item, fact, value string) any {
	id, err := uuid.Parse(value)
	switch {
	case fact == "role":
		return m.l.T("account.role." + value)
	case fact == "naming":
		return m.l.T("profile.naming." + value)
	case fact == "person" && err == nil:
		return linkedTo(i18n.Said(m.people[id].Name), personPath(m.people[id].ID))
	case fact == "organisation" && err == nil:
		return linkedTo(i18n.Said(m.organisations[id]), organisationPath(id))
	case fact == "list" && err == nil:
		return linkedTo(m.keys["list:"+value], peopleListPath(id))
	case fact == "text" && it.ObjectKind == "recommendation":
		return linkedTo(i18n.Said(value), reportsPath+"/"+it.Object.String())
	case fact == "text" && it.Facts["recommendation"] != "":
		return linkedTo(i18n.Said(value), reportsPath+"/"+it.Facts["recommendation"])
	case fact == "language":
		return m.l.Language(value)
	case fact == "country" && m.keys["countries:"+value].Text != "":
		return m.keys["countries:"+value]
	default:
		return m.plainFact(value)
	}
}

// journalObject names what an act was about, with the way to it where it is still there. Coordinators know everybody.
func (m *minutes) journalObject(it record.Item) i18n.Words {
	slug, name := it.Facts["slug"], m.keyed(it)
	switch it.ObjectKind {
	case "person":
		p := m.people[it.Object]
		return linkedTo(i18n.Said(p.Name), personPath(p.ID))
	case "organisation":
		if it.Object != uuid.Nil {
			return linkedTo(i18n.Said(m.organisations[it.Object]), organisationPath(it.Object))
		}
	case "authority":
		name = m.l.In(slug, i18n.Default)
		if it.Verb != "authority.removed" {
			return linkedTo(name, authorityPath(it.Object))
		}
	case "grant":
		if it.Verb != "grant.removed" {
			return linkedTo(name, grantPath(it.Object))
		}
	case "procedure":
		if it.Verb != "procedure.removed" {
			return linkedTo(name, procedurePath(slug))
		}
	case "list":
		return linkedTo(m.keys["list:"+it.Object.String()], peopleListPath(it.Object))
	case "zone":
		return linkedTo(name, zonePath)
	case string(models.ListTopics), string(models.ListChallenges), string(models.ListLanguages), string(models.ListCountries):
		return linkedTo(name, referencePath(models.ReferenceList(it.ObjectKind))+"#line-"+slug)
	}
	return name
}
