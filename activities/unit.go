package activities

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"tribuna/internal/record"
	"tribuna/models"
)

// unit is a voting unit with those of its organisations that are concerned.
type unit struct {
	id        uuid.UUID
	concerned []models.Organisation
}

func (u unit) without(organisation uuid.UUID) []models.Organisation {
	var others []models.Organisation
	for _, o := range u.concerned {
		if o.ID != organisation {
			others = append(others, o)
		}
	}
	return others
}

// unitsConcerned groups the partners of the recommendation's countries by voting unit, in the order of their names.
func (x *act) unitsConcerned(ctx context.Context) ([]unit, error) {
	partners, err := models.PartnersOf(ctx, x.tx, x.rec.Countries, x.now)
	if err != nil {
		return nil, err
	}
	var units []unit
	at := map[uuid.UUID]int{}
	for _, o := range partners {
		i, known := at[o.VotingUnit]
		if !known {
			i = len(units)
			at[o.VotingUnit] = i
			units = append(units, unit{id: o.VotingUnit})
		}
		units[i].concerned = append(units[i].concerned, o)
	}
	return units, nil
}

// signatories returns the voting units to ask and the countries no partner covers. Where the procedure says so, the
// lead organisation is asked in the place of the missing partner.
func (x *act) signatories(ctx context.Context) ([]unit, []string, error) {
	units, err := x.unitsConcerned(ctx)
	if err != nil {
		return nil, nil, err
	}
	uncovered, err := models.UncoveredCountries(ctx, x.tx, x.rec.Countries, x.now)
	if err != nil || len(uncovered) == 0 || x.procedure.SignOff.Uncovered != models.UncoveredLead {
		return units, uncovered, err
	}
	leads, err := models.Organisations(ctx, x.tx, models.OrganisationFilter{Kinds: []string{models.OrganisationLead}})
	if err != nil {
		return nil, nil, err
	}
	for _, lead := range leads {
		asked := false
		for _, u := range units {
			asked = asked || u.id == lead.VotingUnit
		}
		if lead.ID == lead.VotingUnit && !asked {
			units = append(units, unit{id: lead.ID, concerned: []models.Organisation{lead}})
		}
	}
	return units, uncovered, nil
}

// noteAsked puts on record that a voting unit was asked, and on which text.
func (x *act) noteAsked(ctx context.Context, verb string, u unit, version uuid.UUID) error {
	return x.note(ctx, entry{verb: verb, visibility: record.Network, objectKind: "organisation", object: u.id,
		facts: map[string]string{"version": version.String(), "round": fmt.Sprint(x.rec.Round)}})
}
