package models_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/apperr"
	"tribuna/models"
)

func TestMembershipCountsItsFirstAndLastDay(t *testing.T) {
	o := models.Organisation{MemberFrom: day(2025, 1, 1), MemberUntil: day(2025, 12, 31)}
	sofia, err := time.LoadLocation("Europe/Sofia")
	require.NoError(t, err)
	for at, want := range map[time.Time]bool{
		time.Date(2024, 12, 31, 23, 59, 0, 0, sofia): false,
		time.Date(2025, 1, 1, 0, 1, 0, 0, sofia):     true,
		time.Date(2025, 12, 31, 23, 59, 0, 0, sofia): true,
		time.Date(2026, 1, 1, 0, 0, 0, 0, sofia):     false,
	} {
		require.Equal(t, want, o.IsMemberOn(at), at)
	}
	require.False(t, models.Organisation{}.IsMemberOn(noon), "not a member at all")
	require.True(t, models.Organisation{MemberFrom: day(2025, 1, 1)}.IsMemberOn(noon), "no end in sight")
}

func TestPartnersOfCountries(t *testing.T) {
	n := newNetwork(t)
	ctx := t.Context()
	partners, err := models.PartnersOf(ctx, n.db, []string{"AL", "BG", "HR"}, noon)
	require.NoError(t, err)
	require.Equal(t, []string{"delegation", "partner"}, slugs(partners), "neither academics nor who left")
	require.Equal(t, []string{"AL"}, partners[0].Countries)

	then, err := models.PartnersOf(ctx, n.db, []string{"HR"}, *day(2025, 12, 31))
	require.NoError(t, err)
	require.Equal(t, []string{"former"}, slugs(then), "on its last day")
	require.Equal(t, []string{"BG", "HR"}, then[0].Countries)

	none, err := models.PartnersOf(ctx, n.db, nil, noon)
	require.NoError(t, err)
	require.Empty(t, none)
}

func TestUncoveredCountries(t *testing.T) {
	n := newNetwork(t)
	uncovered, err := models.UncoveredCountries(t.Context(), n.db, []string{"HR", "BG", "HR"}, noon)
	require.NoError(t, err)
	require.Equal(t, []string{"HR"}, uncovered)
	uncovered, err = models.UncoveredCountries(t.Context(), n.db, []string{"HR", "BG"}, *day(2025, 6, 1))
	require.NoError(t, err)
	require.Empty(t, uncovered)
}

func TestOrganisationsByFilter(t *testing.T) {
	n := newNetwork(t)
	today := noon
	for name, c := range map[string]struct {
		filter models.OrganisationFilter
		want   []string
	}{
		"all":       {models.OrganisationFilter{}, []string{"academics", "delegation", "former", "lead", "partner"}},
		"a kind":    {models.OrganisationFilter{Kinds: []string{"lead", "academic"}}, []string{"academics", "lead"}},
		"a country": {models.OrganisationFilter{Country: "BG"}, []string{"former", "partner"}},
		"members":   {models.OrganisationFilter{Country: "BG", MemberOn: &today}, []string{"partner"}},
		"words":     {models.OrganisationFilter{Query: "ACAD"}, []string{"academics"}},
		"wildcards": {models.OrganisationFilter{Query: "%"}, []string{}},
		"no ids":    {models.OrganisationFilter{IDs: []uuid.UUID{}}, []string{}},
		"ids":       {models.OrganisationFilter{IDs: []uuid.UUID{n.lead.ID}}, []string{"lead"}},
	} {
		list, err := models.Organisations(t.Context(), n.db, c.filter)
		require.NoError(t, err, name)
		require.Equal(t, c.want, slugs(list), name)
	}
}

func TestSistersShareAVote(t *testing.T) {
	n := newNetwork(t)
	ids, err := models.VotingUnitMembers(t.Context(), n.db, n.lead.ID)
	require.NoError(t, err)
	require.ElementsMatch(t, []uuid.UUID{n.lead.ID, n.delegation.ID}, ids)
	ids, err = models.VotingUnitMembers(t.Context(), n.db, n.delegation.ID)
	require.NoError(t, err)
	require.Empty(t, ids, "the delegation holds no vote")
}

func TestOrganisationByID(t *testing.T) {
	n := newNetwork(t)
	o, err := models.OrganisationByID(t.Context(), n.db, n.former.ID)
	require.NoError(t, err)
	require.Equal(t, []string{"BG", "HR"}, o.Countries)
	require.Equal(t, "2025-12-31", o.MemberUntil.Format(time.DateOnly))
	_, err = models.OrganisationByID(t.Context(), n.db, models.NewID())
	require.Equal(t, apperr.CodeNotFound, apperr.CodeOf(err))
}

func TestOrganisationIsValidated(t *testing.T) {
	self := models.NewID()
	err := models.Organisation{ID: self, ParentID: &self, Kind: "club", MemberUntil: day(2025, 1, 1)}.Validate()
	var bad *apperr.Error
	require.ErrorAs(t, err, &bad)
	var paths []string
	for _, f := range bad.Fields {
		paths = append(paths, f.Path)
	}
	require.Equal(t, []string{"name", "kind", "parent_id", "voting_unit", "member_until"}, paths)
	require.NoError(t, models.Organisation{ID: self, Name: "One", Kind: "partner", VotingUnit: self}.Validate())
}
