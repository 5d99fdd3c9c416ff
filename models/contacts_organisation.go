package models

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// announce makes the organisations that a file adds known before its lines are read, so that a line can name one that
// comes after it as what it belongs to or votes with.
func (p *contactPlan) announce(lines []contactLine) {
	if p.of.Kind != ContactsOrganisations {
		return
	}
	known := len(p.organisations)
	for _, line := range lines {
		name := p.values(line)["name"]
		if name != "" && p.organisation(name) == nil {
			id := NewID()
			p.organisations = append(p.organisations, Organisation{ID: id, Name: name, VotingUnit: id})
		}
	}
	p.added = map[uuid.UUID]bool{}
	for _, o := range p.organisations[known:] {
		p.added[o.ID] = true
	}
}

// names are what the organisations that the file adds are called.
func (p *contactPlan) names() map[uuid.UUID]string {
	names := map[uuid.UUID]string{}
	for _, o := range p.organisations {
		if p.added[o.ID] {
			names[o.ID] = o.Name
		}
	}
	return names
}

func (p *contactPlan) organisation(name string) *Organisation {
	for i, o := range p.organisations {
		if strings.EqualFold(o.Name, name) || (o.Slug != "" && o.Slug == name) {
			return &p.organisations[i]
		}
	}
	return nil
}

func (p *contactPlan) compareOrganisation(c *cells) {
	after := contactState{Kind: OrganisationPartner}
	switch o := p.organisation(c.values["name"]); {
	case o == nil: // without a name
	case p.added[o.ID]:
		c.change.ID, after.Name = o.ID, o.Name
	default:
		c.change.ID, c.change.Before = o.ID, stateOfOrganisation(*o)
		after = *c.change.Before
	}
	if kind := c.values["kind"]; kind != "" {
		after.Kind = p.code(kind, OrganisationKinds())
		if after.Kind == "" {
			c.blame("kind", "unknown", "Value", short(kind))
		}
	}
	setList(&after.Countries, p.many(c, ListCountries, "countries"))
	slices.Sort(after.Countries)
	p.refer(c, "parent", &after.Parent)
	p.refer(c, "voting_unit", &after.Unit)
	if after.Unit != nil && *after.Unit == c.change.ID {
		after.Unit = nil
	}
	p.day(c, "member_from", &after.From)
	p.day(c, "member_until", &after.Until)
	if len(c.Faults) == 0 {
		c.check(after.organisation(uuid.New()).Validate())
	}
	c.change.After = after
	c.decide(p.of.Kind)
}

// day reads a day as the file writes it.
func (p *contactPlan) day(c *cells, field string, into *string) {
	if c.values[field] == "" {
		return
	}
	day, broken := contactDay(c.values[field], p.of.file().days)
	if broken != "" {
		c.blame(field, broken, "Value", short(c.values[field]))
		return
	}
	*into = day
}

// refer finds the organisation that a cell names, by its name or address.
func (p *contactPlan) refer(c *cells, field string, into **uuid.UUID) {
	name := c.values[field]
	if name == "" {
		return
	}
	o := p.organisation(name)
	if o == nil {
		c.blame(field, "unknown", "Value", short(name))
		return
	}
	id := o.ID
	*into = &id
}

// checkPlaces blames lines after which organisations would belong to one another in a circle, or votes be passed on by who
// does not hold them. It looks at what would be once all lines are in.
func (p *contactPlan) checkPlaces(rows []ContactRow) {
	parent, unit, holds := map[uuid.UUID]uuid.UUID{}, map[uuid.UUID]uuid.UUID{}, map[uuid.UUID]bool{}
	signs := map[uuid.UUID]bool{}
	for _, o := range p.organisations {
		unit[o.ID], signs[o.ID] = o.VotingUnit, o.signsOff()
		if o.ParentID != nil {
			parent[o.ID] = *o.ParentID
		}
	}
	for _, row := range rows {
		if row.change.After.Parent != nil {
			parent[row.change.ID] = *row.change.After.Parent
		}
		unit[row.change.ID] = row.change.After.unit(row.change.ID)
		signs[row.change.ID] = row.change.After.organisation(row.change.ID).signsOff()
	}
	for id, holder := range unit {
		if id != holder {
			holds[holder] = true
		}
	}
	for i := range rows {
		id, c := rows[i].change.ID, &cells{&rows[i], nil}
		above, steps := parent[id], 0
		for above != uuid.Nil && above != id && steps <= len(parent) {
			above, steps = parent[above], steps+1
		}
		if above == id && id != uuid.Nil {
			c.blame("parent", "circle")
		}
		switch holder := unit[id]; {
		case holder != id && holds[id]:
			c.blame("voting_unit", "holds_vote")
		case holder != id && unit[holder] != holder:
			c.blame("voting_unit", "holder")
		case holder != id && !signs[holder]:
			c.blame("voting_unit", "holder_kind")
		case holder != id && !signs[id]:
			c.blame("voting_unit", "no_vote")
		}
	}
}

// applyOrganisations writes what the lines say in two rounds: first each as it stands alone, so that no order of the lines
// matters, then where it belongs and with whom it votes.
func (c *ContactImport) applyOrganisations(ctx context.Context, tx bun.IDB, rows []ContactRow, now time.Time) error {
	for i := range rows {
		row := &rows[i]
		if row.State == ContactUnchanged {
			continue
		}
		if err := row.change.saveOrganisation(ctx, tx, row.change.After.alone(), row.State == ContactNew, now); err != nil {
			return atLine(err, row.Line)
		}
		c.Changes = append(c.Changes, row.change)
	}
	for i := range rows {
		if row := &rows[i]; row.State != ContactUnchanged && row.change.After.bound() {
			if err := row.change.saveOrganisation(ctx, tx, row.change.After, false, now); err != nil {
				return atLine(err, row.Line)
			}
		}
	}
	return nil
}

// undoOrganisations takes all that was written back: first each stands alone, then what was changed says what it said
// before, with whom it votes last, and what was added goes.
func (c *ContactImport) undoOrganisations(ctx context.Context, tx bun.IDB, now time.Time) error {
	for _, change := range c.Changes {
		if err := change.saveOrganisation(ctx, tx, change.After.alone(), false, now); err != nil {
			return err
		}
	}
	for _, change := range c.Changes {
		if change.Before != nil {
			if err := change.saveOrganisation(ctx, tx, change.Before.alone(), false, now); err != nil {
				return err
			}
		}
	}
	for _, change := range c.Changes {
		if change.Before != nil && change.Before.bound() {
			if err := change.saveOrganisation(ctx, tx, *change.Before, false, now); err != nil {
				return err
			}
		}
	}
	for _, change := range c.Changes {
		if change.Before == nil {
			if err := RemoveOrganisation(ctx, tx, change.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

// alone is the state without what refers to other organisations.
func (s contactState) alone() contactState {
	s.Parent, s.Unit = nil, nil
	return s
}

func (s contactState) bound() bool { return s.Parent != nil || s.Unit != nil }

// unit is who holds the vote of the organisation whose state this is.
func (s contactState) unit(id uuid.UUID) uuid.UUID {
	if s.Unit != nil {
		return *s.Unit
	}
	return id
}

func stateOfOrganisation(o Organisation) *contactState {
	s := &contactState{Name: o.Name, Kind: o.Kind, Countries: orNone(o.Countries), Parent: o.ParentID}
	if o.MemberFrom != nil {
		s.From = o.MemberFrom.Format(time.DateOnly)
	}
	if o.MemberUntil != nil {
		s.Until = o.MemberUntil.Format(time.DateOnly)
	}
	if o.VotingUnit != o.ID {
		s.Unit = &o.VotingUnit
	}
	return s
}

func (s contactState) organisation(id uuid.UUID) Organisation {
	o := Organisation{ID: id}
	s.putOrganisation(&o)
	return o
}

func (s contactState) putOrganisation(o *Organisation) {
	o.Name, o.Kind, o.Countries, o.ParentID, o.VotingUnit = s.Name, s.Kind, s.Countries, s.Parent, s.unit(o.ID)
	day := func(text string) *time.Time {
		t, err := time.Parse(time.DateOnly, text)
		if err != nil {
			return nil
		}
		return &t
	}
	o.MemberFrom, o.MemberUntil = day(s.From), day(s.Until)
}

func (ch *contactChange) saveOrganisation(ctx context.Context, tx bun.IDB, s contactState, isNew bool, now time.Time) error {
	if isNew {
		o := s.organisation(ch.ID)
		return o.Insert(ctx, tx, now)
	}
	o, err := OrganisationByID(ctx, tx, ch.ID)
	if err != nil {
		return err
	}
	s.putOrganisation(&o)
	return o.Save(ctx, tx, now)
}
