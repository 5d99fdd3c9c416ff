package models

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Facts of something in the administration are what the journal compares when it is changed: a value by the name of its field,
// as forms call it. Values in several languages are several fields, "names.bg"; codes are no words yet.
type Facts map[string]string

// The fields of a journal entry's words that hold what a field was and what it is now: "was[name]", "now[name]". They are words
// and not facts, since they may be somebody's name or address: hashes alone stand in the chain.
const (
	changeWas = "was["
	changeNow = "now["
)

// Change is a field that was changed.
type Change struct{ Field, Was, Now string }

// changesIn returns what differs between two states of a thing, by field.
func changesIn(before, after Facts) []Change {
	var fields []string
	for _, facts := range []Facts{before, after} {
		for field := range facts {
			if before[field] != after[field] && !slices.Contains(fields, field) {
				fields = append(fields, field)
			}
		}
	}
	slices.Sort(fields)
	changes := make([]Change, 0, len(fields))
	for _, field := range fields {
		changes = append(changes, Change{field, before[field], after[field]})
	}
	return changes
}

// Changing says in the entry what of a thing is changed.
func (e JournalEntry) Changing(before, after Facts) JournalEntry {
	texts := map[string]string{}
	for field, words := range e.Texts {
		texts[field] = words
	}
	for _, c := range changesIn(before, after) {
		texts[changeWas+c.Field+"]"], texts[changeNow+c.Field+"]"] = c.Was, c.Now
	}
	e.Texts = texts
	return e
}

// ChangesIn takes what was changed out of the words of a journal entry, and returns the other words.
func ChangesIn(texts map[string]string) ([]Change, map[string]string) {
	was, now, others := Facts{}, Facts{}, map[string]string{}
	for key, words := range texts {
		field, isWas := strings.CutPrefix(key, changeWas)
		if isWas {
			was[strings.TrimSuffix(field, "]")] = words
			continue
		}
		if field, isNow := strings.CutPrefix(key, changeNow); isNow {
			now[strings.TrimSuffix(field, "]")] = words
			continue
		}
		others[key] = words
	}
	return changesIn(was, now), others
}

// changedField is the field of a change that a journal entry's words by this key tell of.
func changedField(key string) (string, bool) {
	for _, prefix := range []string{changeWas, changeNow} {
		if field, is := strings.CutPrefix(key, prefix); is {
			return strings.TrimSuffix(field, "]"), true
		}
	}
	return "", false
}

func (f Facts) put(field string, names map[string]string) Facts {
	for tag, name := range names {
		f[field+"."+tag] = name
	}
	return f
}

func (f Facts) day(field string, day *time.Time) {
	if day != nil && !day.IsZero() {
		f[field] = day.Format(time.DateOnly)
	}
}

func (f Facts) id(field string, id *uuid.UUID) {
	if id != nil {
		f[field] = id.String()
	}
}

// listed joins codes of which the order says nothing.
func listed(codes []string) string { return strings.Join(slices.Sorted(slices.Values(codes)), ", ") }

// Facts are what is known of a person.
func (p Person) Facts() Facts {
	return Facts{"name": p.Name, "email": p.Email, "language": p.Language, "country_code": p.CountryCode, "languages": listed(p.Languages),
		"topics": listed(p.Topics), "max_open": strconv.Itoa(p.MaxOpen)}
}

// Facts are what is known of an organisation.
func (o Organisation) Facts() Facts {
	f := Facts{"name": o.Name, "kind": o.Kind, "countries": listed(o.Countries)}
	f.id("parent_id", o.ParentID)
	if o.VotingUnit != o.ID {
		f.id("voting_unit", &o.VotingUnit)
	}
	f.day("member_from", o.MemberFrom)
	f.day("member_until", o.MemberUntil)
	return f
}

// Facts are what is known of an authority.
func (a Authority) Facts() Facts {
	f := Facts{"level": a.Level, "country_code": a.CountryCode, "postal_address": a.Address, "authority_email": a.Email}.put("names", a.Names)
	f.id("authority_id", a.ParentID)
	if a.Government {
		f["government"] = "true"
	}
	return f
}

// Facts are what is known of a grant, its emblem and how it names countries apart.
func (g Grant) Facts() Facts {
	f := Facts{"number": g.Number, "title": g.Title, "funder_id": g.FunderID.String()}
	f.day("period_from", &g.PeriodFrom)
	f.day("period_until", &g.PeriodUntil)
	for _, s := range g.Statements {
		f["statements."+s.Language], f["disclaimers."+s.Language] = s.Statement, s.Disclaimer
	}
	return f
}

// DesignationFacts are how a grant names a country.
func DesignationFacts(list []GrantDesignation, country string) Facts {
	f := Facts{}
	for _, d := range list {
		if d.CountryCode == country || d.CountryCode == "" { // as it is read from a form
			f["designations."+d.Language], f["footnotes."+d.Language] = d.Designation, d.Footnote
		}
	}
	return f
}

// Facts are a line of a list.
func (r Reference) Facts() Facts {
	return Facts{"endonym": r.Endonym, "zone": r.Zone}.put("names", r.Names).put("designations", r.Designations).put("footnotes", r.Footnotes)
}

// Facts are who holds the data of people.
func (h DataHolder) Facts() Facts { return Facts{"data_holder": h.Name, "data_contact": h.Contact} }
