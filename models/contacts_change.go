package models

import (
	"cmp"
	"slices"

	"github.com/google/uuid"
)

// contactOrder is in which order a line's values are said: whose they are first.
var contactOrder = []string{"name", "kind", "email", "language", "languages", "country_code", "countries", "topics", "parent_id", "voting_unit",
	"member_from", "member_until"}

// changes are what is different after an import, field by field; of what it adds, all that it says.
func (ch contactChange) changes(kind string) []Change {
	before := Facts{}
	if ch.Before != nil {
		before = ch.Before.facts(kind, ch.ID)
	}
	list := changesIn(before, ch.After.facts(kind, ch.ID))
	slices.SortStableFunc(list, func(a, b Change) int {
		return cmp.Compare(slices.Index(contactOrder, a.Field), slices.Index(contactOrder, b.Field))
	})
	return list
}

// facts are what a state says, as the journal would.
func (s contactState) facts(kind string, id uuid.UUID) Facts {
	if kind == ContactsOrganisations {
		return s.organisation(id).Facts()
	}
	var p Person
	s.put(&p)
	f := p.Facts()
	delete(f, "max_open") // no file says it
	return f
}

// Written says what an import wrote, for as long as it is kept what the rows said before.
func (c *ContactImport) Written() ContactReport {
	report := ContactReport{Created: c.Created, Changed: c.Changed, Unchanged: c.Unchanged}
	for _, change := range c.Changes {
		row := ContactRow{Name: change.After.Name, State: ContactChanged, Changes: change.changes(c.Kind), Gives: change.Role}
		if change.Before == nil {
			row.State = ContactNew
		}
		report.Rows = append(report.Rows, row)
	}
	return report
}
