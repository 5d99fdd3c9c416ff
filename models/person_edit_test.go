package models_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
	"tribuna/models"
)

func TestTwoCoordinatorsDoNotTakeTheRoleFromEachOther(t *testing.T) {
	for name, take := range map[string]func(ctx context.Context, tx bun.IDB, by, from models.Person, n network) error{
		"role": func(ctx context.Context, tx bun.IDB, by, from models.Person, n network) error {
			return models.TakeRole(ctx, tx, by, models.Role{PersonID: from.ID, OrganisationID: n.lead.ID, Role: models.RoleCoordinator}, true, noon)
		},
		"leaving": func(ctx context.Context, tx bun.IDB, by, from models.Person, _ network) error {
			return models.Leave(ctx, tx, by, from.ID, noon)
		},
	} {
		t.Run(name, func(t *testing.T) {
			n := newNetwork(t)
			one, other := n.person(t, "one", models.RoleCoordinator, n.lead), n.person(t, "other", models.RoleCoordinator, n.lead)
			outcome := make(chan error, 2)
			for _, who := range [][2]models.Person{{one, other}, {other, one}} {
				go func() {
					outcome <- n.db.RunInTx(context.Background(), nil, func(ctx context.Context, tx bun.Tx) error {
						return take(ctx, tx, who[0], who[1], n)
					})
				}()
			}
			first, second := <-outcome, <-outcome
			refused := first
			if first == nil {
				refused = second
			}
			require.True(t, first == nil || second == nil, "%v, %v", first, second)
			require.Equal(t, apperr.CodeForbidden, apperr.CodeOf(refused))
			left, err := models.Coordinators(t.Context(), n.db)
			require.NoError(t, err)
			require.Len(t, left, 1)
		})
	}
}
