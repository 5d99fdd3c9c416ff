package activities

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"tribuna/internal/record"
	"tribuna/models"
)

// unitsAsked returns the voting units to ask, and the countries no partner covers.
func (x *act) unitsAsked(ctx context.Context) ([]models.Unit, []string, error) {
	return models.UnitsAsked(ctx, x.tx, x.rec.Countries, x.procedure.SignOff, x.now)
}

// noteAsked puts on record that a voting unit was asked, and on which text.
func (x *act) noteAsked(ctx context.Context, verb string, u models.Unit, version uuid.UUID) error {
	facts := map[string]string{"version": version.String(), "round": fmt.Sprint(x.rec.Round)}
	for i, o := range u.Without(u.ID) {
		facts[fmt.Sprintf("concerned_%d", i+1)] = o.ID.String()
	}
	return x.note(ctx, entry{verb: verb, visibility: record.Network, objectKind: "organisation", object: u.ID, facts: facts})
}
