package activities

import (
	"context"
	"time"

	"github.com/google/uuid"

	"tribuna/models"
)

// callOffClosing lets a round that is closing go on because these were given more time. The officer, who knows that enough have
// answered, is not asked about it anew.
func (x *act) callOffClosing(ctx context.Context, given []uuid.UUID) error {
	round, err := x.round(ctx)
	if err != nil || round.ClosingAt == nil || round.ClosedAt != nil || len(given) == 0 {
		return err
	}
	if round.EnoughAt == nil {
		round.EnoughAt = &x.now
	}
	return x.goOn(ctx, round, given...)
}

// zoneOfClosing is the zone in which it is said when a round closes.
func (x *act) zoneOfClosing(ctx context.Context) (*time.Location, error) {
	owner, err := models.OrganisationByID(ctx, x.tx, x.rec.OrganisationID)
	if err != nil {
		return nil, err
	}
	return x.zoneOfFirst(ctx, owner)
}
