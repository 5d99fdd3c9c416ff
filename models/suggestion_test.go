package models_test

import (
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/apperr"
	"tribuna/models"
)

// suggests has the desk's expert decline and suggest people by their addresses.
func (d *desk) suggests(t *testing.T, task *models.Task, addresses ...string) []models.ReviewerSuggestion {
	t.Helper()
	var list []models.SuggestionPayload
	for _, a := range addresses {
		list = append(list, models.SuggestionPayload{Email: a})
	}
	require.NoError(t, models.Suggest(t.Context(), d.db, task, list, "", noon))
	by, err := models.Suggestions(t.Context(), d.db, d.rec.ID, 1)
	require.NoError(t, err)
	return by[task.ID]
}

func (d *desk) takes(t *testing.T, s models.ReviewerSuggestion) (uuid.UUID, error) {
	t.Helper()
	person, _, err := models.TakeSuggestion(t.Context(), d.db, d.rec, s.ID, models.SuggestedPerson{Name: "Nova", Language: "en"}, d.officer, "Suggested.", noon)
	return person, err
}

func (d *desk) anonymity(t *testing.T, how string) {
	t.Helper()
	_, err := d.db.NewUpdate().Model((*models.ReviewRound)(nil)).Set("anonymity = ?", how).Where("recommendation_id = ?", d.rec.ID).Exec(t.Context())
	require.NoError(t, err)
}

func TestWhoIsSuggestedStandsToTheTextAsWhoSuggestedThem(t *testing.T) {
	d := newDesk(t)
	d.anonymity(t, models.AnonymityDouble)
	task := d.ask(t, models.TaskReview, &d.expert, nil, 3)
	person, err := d.takes(t, d.suggests(t, task, "nova@example.org")[0])
	require.NoError(t, err)
	knows, err := models.KnowsAuthors(t.Context(), d.db, d.rec, person)
	require.NoError(t, err)
	require.False(t, knows, "so that they can be invited")
	experts, err := models.ExpertsFor(t.Context(), d.db, models.WantedFor(d.rec))
	require.NoError(t, err)
	for _, e := range experts {
		require.False(t, e.OwnText, e.Email)
	}
	require.Len(t, experts, 2)
}

func TestWhoCannotBeInvitedDoesNotJoinForASuggestion(t *testing.T) {
	d := newDesk(t)
	d.anonymity(t, models.AnonymityDouble)
	task := d.ask(t, models.TaskReview, &d.expert, nil, 3)
	own := d.person(t, "own", models.RolePartner, d.network.partner)
	all := d.suggests(t, task, own.Email, d.expert.Email)
	for i, why := range []string{"knows_authors", "asked_already"} {
		_, err := d.takes(t, all[i])
		require.Equal(t, apperr.CodeInvalid, apperr.CodeOf(err), "%v", err)
		require.ErrorContains(t, err, why)
	}
	held, err := models.RolesHeld(t.Context(), d.db, own.ID)
	require.NoError(t, err)
	require.Len(t, held, 1, "no role is kept of a refused invitation")
	all = d.suggests(t, task, own.Email)
	require.Nil(t, all[0].PersonID)
}

func TestWhoDeclinesAgainSuggestsOthersBesideWhoWasInvited(t *testing.T) {
	d := newDesk(t)
	task := d.ask(t, models.TaskReview, &d.expert, nil, 3)
	first := d.suggests(t, task, "nova@example.org", "second@example.org")
	_, err := d.takes(t, first[0])
	require.NoError(t, err)
	all := d.suggests(t, task, "Nova@example.org", "third@example.org")
	var addresses []string
	for _, s := range all {
		addresses = append(addresses, s.Email)
	}
	require.ElementsMatch(t, []string{"nova@example.org", "third@example.org"}, addresses, "nobody is dropped, nobody stands twice")
}
