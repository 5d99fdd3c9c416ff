package models_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

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

// save changes an organisation on a day.
func (n network) save(t *testing.T, o models.Organisation, on time.Time) error {
	t.Helper()
	return n.db.RunInTx(t.Context(), nil, func(ctx context.Context, tx bun.Tx) error { return o.Save(ctx, tx, on) })
}

// TestAVoteIsHeldByWhoIsAsked tries everybody as the holder of a vote.
func TestAVoteIsHeldByWhoIsAsked(t *testing.T) {
	n := newNetwork(t)
	ctx := t.Context()
	outside := n.organisation(t, "outside", models.OrganisationPartner, nil, nil)
	_, err := n.db.NewRaw(`UPDATE organisations SET member_from = NULL WHERE id = ?`, outside.ID).Exec(ctx)
	require.NoError(t, err)
	for rule, holder := range map[string]uuid.UUID{"unknown": models.NewID(), "holder": n.delegation.ID, "holder_kind": n.academics.ID,
		"holder_member": n.former.ID, "holder_member ": outside.ID} {
		o := n.partner
		o.VotingUnit = holder
		var bad *apperr.Error
		require.ErrorAs(t, n.save(t, o, noon), &bad, rule)
		require.Equal(t, [2]string{"voting_unit", "error.field." + strings.TrimSpace(rule)}, [2]string{bad.Fields[0].Path, bad.Fields[0].Key})
	}
	o := n.academics
	o.VotingUnit = n.lead.ID
	require.Equal(t, []string{"voting_unit"}, blamed(n.save(t, o, noon)), "it is not asked")
	o = n.partner
	o.VotingUnit = n.former.ID
	require.NoError(t, n.save(t, o, *day(2025, 12, 31)), "a member to the last day")
	o.VotingUnit = n.lead.ID
	require.NoError(t, n.save(t, o, noon))

	for path, spoil := range map[string]func(*models.Organisation){
		"kind":         func(o *models.Organisation) { o.Kind = models.OrganisationFunder },
		"member_from":  func(o *models.Organisation) { o.MemberFrom = nil },
		"member_until": func(o *models.Organisation) { o.MemberUntil = day(2026, 3, 11) },
		"voting_unit":  func(o *models.Organisation) { o.VotingUnit = n.partner.ID },
	} {
		lead := n.lead
		spoil(&lead)
		require.Equal(t, []string{path}, blamed(n.save(t, lead, noon)), "others vote through it")
	}
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
