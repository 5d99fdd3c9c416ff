package models

import (
	"context"
	"maps"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/record"
)

// inCapacity adds to the facts of an entry that whoever acts for an organisation does so as the network's coordinator, who is
// nobody there otherwise.
func inCapacity(ctx context.Context, db bun.IDB, by Person, organisation uuid.UUID, facts map[string]string) (map[string]string, error) {
	actor, err := AccessActor(ctx, db, by.ID, nil)
	if err != nil || !actor.OnlyCoordinates(organisation) {
		return facts, err
	}
	return asCoordinator(facts), nil
}

// asCoordinator adds to the facts of an entry that somebody acts as the network's coordinator.
func asCoordinator(facts map[string]string) map[string]string {
	all := map[string]string{record.FactAs: RoleCoordinator}
	maps.Copy(all, facts)
	return all
}
