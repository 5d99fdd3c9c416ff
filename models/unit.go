package models

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// Unit is a voting unit with those of its organisations that are concerned.
type Unit struct {
	ID        uuid.UUID // the organisation that holds the vote
	Concerned []Organisation
}

// Without returns the organisations concerned but one.
func (u Unit) Without(organisation uuid.UUID) []Organisation {
	return slices.DeleteFunc(slices.Clone(u.Concerned), func(o Organisation) bool { return o.ID == organisation })
}

// UnitsAsked returns the voting units that are consulted and asked to sign off, in the order of their names, and the
// countries no partner covers. Where the rules say so, the lead organisation is asked in the place of a missing partner.
func UnitsAsked(ctx context.Context, db bun.IDB, countries []string, rules SignOffRules, on time.Time) ([]Unit, []string, error) {
	partners, err := PartnersOf(ctx, db, countries, on)
	if err != nil {
		return nil, nil, err
	}
	units := unitsOf(partners)
	uncovered, err := UncoveredCountries(ctx, db, countries, on)
	if err != nil || len(uncovered) == 0 || rules.Uncovered != UncoveredLead {
		return units, uncovered, err
	}
	leads, err := Organisations(ctx, db, OrganisationFilter{Kinds: []string{OrganisationLead}})
	if err != nil {
		return nil, nil, err
	}
	for _, lead := range leads {
		if lead.ID == lead.VotingUnit {
			units = withConcerned(units, lead)
		}
	}
	return units, uncovered, nil
}

func unitsOf(partners []Organisation) []Unit {
	var units []Unit
	for _, o := range partners {
		units = withConcerned(units, o)
	}
	return units
}

// withConcerned adds an organisation to those of its unit, which speaks for all of them with one voice.
func withConcerned(units []Unit, o Organisation) []Unit {
	i := slices.IndexFunc(units, func(u Unit) bool { return u.ID == o.VotingUnit })
	if i < 0 {
		return append(units, Unit{ID: o.VotingUnit, Concerned: []Organisation{o}})
	}
	units[i].Concerned = append(units[i].Concerned, o)
	return units
}
