package web

import (
	"html/template"
	"net/http"
	"strings"

	"github.com/google/uuid"

	"tribuna/internal/i18n"
	"tribuna/models"
)

// journalValues puts what was changed into words: codes become the names of what they stand for.
type journalValues struct {
	m         *minutes
	countries countryNames
	topics    map[string]string
	above     map[string]i18n.Words // authorities by id
}

func (s *Server) journalValues(r *http.Request, m *minutes) (*journalValues, error) {
	v := &journalValues{m: m, topics: map[string]string{}, above: map[string]i18n.Words{}}
	var err error
	if v.countries, err = s.countryNames(r); err != nil {
		return nil, err
	}
	_, topics, err := s.knowsOptions(r)
	if err != nil {
		return nil, err
	}
	for _, o := range topics {
		v.topics[o.Value] = o.Label
	}
	authorities, err := models.Authorities(r.Context(), s.DB, models.AuthorityFilter{})
	for _, a := range authorities {
		v.above[a.ID.String()] = m.l.Name(a.Names)
	}
	return v, err
}

// changedFields are what fields are called, by the names under which forms and the journal know them.
var changedFields = map[string]string{
	"name": "reference.name", "email": "person.email", "language": "person.language", "country_code": "reference.country",
	"languages": "person.languages", "topics": "person.topics", "max_open": "person.max_open",
	"kind": "organisation.kind", "countries": "organisation.countries", "parent_id": "organisation.parent", "voting_unit": "organisation.votes",
	"member_from": "organisation.joins", "member_until": "organisation.leaves",
	"level": "authority.level", "authority_id": "authority.parent", "government": "authority.government",
	"postal_address": "authority.address", "authority_email": "authority.email",
	"number": "grant.number", "title": "grant.title", "funder_id": "grant.funder", "period_from": "grant.from", "period_until": "grant.until",
	"statements": "grant.statement", "disclaimers": "grant.disclaimer",
	"names": "reference.name", "designations": "reference.designation", "footnotes": "reference.footnote", "endonym": "reference.endonym", "zone": "reference.zone",
	"organisation_id": "list.owner", "day": "holiday.day",
	"data_holder": "notice.holder", "data_contact": "notice.contact",
}

// say says what a field was and what it is now.
func (v *journalValues) say(c models.Change) i18n.Words {
	l := v.m.l
	label, now := v.holds(c)
	_, was := v.holds(models.Change{Field: c.Field, Now: c.Was})
	args := []any{"Field", label, "Was", was, "Now", now}
	switch {
	case c.Was == "":
		return l.Say("journal.change.set", args...)
	case c.Now == "":
		return l.Say("journal.change.emptied", args...)
	default:
		return l.Say("journal.change.moved", args...)
	}
}

// holds says what a field is called and what it is now.
func (v *journalValues) holds(c models.Change) (label string, now i18n.Words) {
	field, tag, _ := strings.Cut(c.Field, ".")
	return changedLabel(v.m.l, c.Field), v.value(field, tag, c.Now)
}

// changedLabel says what a field is called.
func changedLabel(l *i18n.Localizer, changed string) string {
	field, tag, _ := strings.Cut(changed, ".")
	label := l.T(changedFields[field])
	if tag != "" {
		label = l.T("journal.field_in", "Field", label, "Language", l.Language(tag))
	}
	return label
}

// value says what a field held; what is in a language, in that.
func (v *journalValues) value(field, tag, value string) i18n.Words {
	l := v.m.l
	if value == "" {
		return i18n.Words{}
	}
	switch field {
	case "country_code":
		if name, known := v.countries.names[value]; known {
			return name
		}
	case "countries":
		return v.countries.list(strings.Split(value, ", "))
	case "language":
		return i18n.Said(l.Language(value))
	case "languages", "topics":
		var said []string
		for code := range strings.SplitSeq(value, ", ") {
			said = append(said, v.code(field, code))
		}
		return i18n.Said(l.ListAnd(said))
	case "kind":
		return i18n.Said(l.T("organisation.kind." + value))
	case "level":
		return i18n.Said(l.T("authority.level." + value))
	case "government":
		return i18n.Said(l.T("journal.yes"))
	case "parent_id", "voting_unit", "funder_id", "organisation_id":
		if id, err := uuid.Parse(value); err == nil && v.m.organisations[id] != "" {
			return i18n.Said(v.m.organisations[id])
		}
	case "authority_id":
		if name, known := v.above[value]; known {
			return name
		}
	case "member_from", "member_until", "period_from", "period_until", "max_open":
		return i18n.Said(v.m.plainFact(value))
	}
	return l.In(value, tag)
}

func (v *journalValues) code(field, code string) string {
	if field == "languages" {
		return v.m.l.Language(code)
	}
	if name := v.topics[code]; name != "" {
		return name
	}
	return code
}

// linkedTo makes words lead to a page; words that name nothing lead nowhere.
func linkedTo(w i18n.Words, href string) i18n.Words {
	if w.Text == "" {
		return w
	}
	//nolint:gosec // the address is escaped here, the words were escaped when they were said
	w.HTML = `<a href="` + template.HTML(template.HTMLEscapeString(href)) + `">` + w.HTML + `</a>`
	return w
}
