package models_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/internal/apperr"
	"tribuna/models"
)

// TestWhoHoldsTheKeyBecomesNoOfficerWhileTheRoundRuns nor once it is closed, before it is decided; and with the role the names are closed.
func TestWhoHoldsTheKeyBecomesNoOfficerWhileTheRoundRuns(t *testing.T) {
	d, _, _ := anonymous(t, models.AnonymitySingle, 2)
	officerHere := models.Role{PersonID: d.coordinator.ID, OrganisationID: d.rec.OrganisationID, Role: models.RoleOfficer}
	give := func(r models.Role) error { return models.GiveRole(t.Context(), d.db, d.coordinator, r, noon) }
	masked := func() int {
		all, err := models.ReviewsAs(t.Context(), d.db, d.viewer(t, d.coordinator).Attribution(d.rec), d.rec.ID, 1)
		require.NoError(t, err)
		n := 0
		for _, rv := range all {
			if rv.Masked {
				n++
			}
		}
		return n
	}
	refused := func(why string) {
		t.Helper()
		err := give(officerHere)
		require.Equal(t, apperr.CodeInvalid, apperr.CodeOf(err), why)
		require.ErrorContains(t, err, "key_kept", why)
		require.Zero(t, masked(), "the key is as it was")
	}

	refused("the round runs")
	elsewhere := officerHere
	elsewhere.OrganisationID = d.academics.ID
	require.NoError(t, give(elsewhere), "of another organisation she can be officer")
	stranger := models.Role{PersonID: d.stranger.ID, OrganisationID: d.rec.OrganisationID, Role: models.RoleOfficer}
	require.NoError(t, give(stranger), "and so can who holds no key be of this one")
	partnerHere := officerHere
	partnerHere.Role = models.RolePartner
	require.NoError(t, give(partnerHere), "who does not decide on the text may speak for it")

	round := d.closeRound(t)
	refused("it is closed and not decided")
	decision := models.ReviewAccept
	round.Decision = &decision
	require.NoError(t, round.Save(t.Context(), d.db))
	require.NoError(t, give(officerHere))
	require.Equal(t, 2, masked(), "and the names are closed at once")

	round.Decision = nil
	require.NoError(t, round.Save(t.Context(), d.db))
	require.NoError(t, give(officerHere), "who has it already has it")
	require.NoError(t, models.TakeRole(t.Context(), d.db, d.coordinator, officerHere, true, noon))
	require.Zero(t, masked(), "who lays it down may read")
	refused("and does not get it back before it is decided")
	_, err := d.db.NewUpdate().Model((*models.Recommendation)(nil)).Set("stage = 'withdrawn', withdrawn_from = 'review'").Where("id = ?", d.rec.ID).Exec(t.Context())
	require.NoError(t, err)
	require.NoError(t, give(officerHere), "nothing is decided about a text that was withdrawn")
}

func TestAnOpenRoundKeepsNobodyFromARole(t *testing.T) {
	d, _, _ := anonymous(t, models.AnonymityOpen, 1)
	require.NoError(t, models.AddRole(t.Context(), d.db, models.Role{PersonID: d.coordinator.ID, OrganisationID: d.rec.OrganisationID, Role: models.RoleOfficer}))
	keeps, err := models.KeepsKey(t.Context(), d.db, d.partner.ID, d.rec.OrganisationID)
	require.NoError(t, err)
	require.False(t, keeps)
}
