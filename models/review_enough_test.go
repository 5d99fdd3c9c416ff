package models

import (
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/apperr"
)

func TestNobodyWaitsForMoreAnswersThanPeopleAreInvited(t *testing.T) {
	two := []uuid.UUID{NewID(), NewID()}
	for _, enough := range []int{0, 1, 2} {
		require.NoError(t, StartReviewPayload{Invite: two, Enough: enough}.CheckEnough())
	}
	var bad *apperr.Error
	require.ErrorAs(t, StartReviewPayload{Invite: two, Enough: 3}.CheckEnough(), &bad)
	require.Equal(t, map[string]any{"invited": 2}, bad.Fields[0].Args, "it says how many are")
}
