package models_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
	"tribuna/models"
)

// put adds or saves an authority in a transaction of its own.
func (n network) put(t *testing.T, act func(context.Context, bun.IDB) error) error {
	t.Helper()
	return n.db.RunInTx(t.Context(), nil, func(ctx context.Context, tx bun.Tx) error { return act(ctx, tx) })
}

func TestAuthoritiesAreATree(t *testing.T) {
	n := newNetwork(t)
	ctx, all := t.Context(), addAuthorities(t, n)
	ministry, agency, town, committee := all["ministry"], all["agency"], all["town"], all["committee"]
	town.ParentID = &agency.ID
	require.NoError(t, n.put(t, town.Save))
	branch, err := models.AuthorityBranch(ctx, n.db, ministry.ID)
	require.NoError(t, err)
	require.Equal(t, map[uuid.UUID]bool{ministry.ID: true, agency.ID: true, town.ID: true}, branch)

	circle := ministry
	circle.ParentID = &town.ID
	require.Equal(t, []string{"parent_id"}, blamed(n.put(t, circle.Save)), "below what is below it")
	abroad := models.Authority{ID: models.NewID(), CountryCode: "HR", Level: models.LevelState, ParentID: &ministry.ID, Names: models.Names{"en": "Sabor"}}
	require.Equal(t, []string{"parent_id"}, blamed(n.put(t, abroad.Insert)), "below another country's")
	abroad.ParentID = &committee.ID
	require.NoError(t, n.put(t, abroad.Insert))
	require.Contains(t, abroad.Slug, "sabor-")
	moved := ministry
	moved.CountryCode = "HR"
	require.Equal(t, []string{"country_code"}, blamed(n.put(t, moved.Save)), "what is below it stays in its country")
	nowhere := models.NewID()
	moved = ministry
	moved.ParentID = &nowhere
	require.Equal(t, []string{"parent_id"}, blamed(n.put(t, moved.Save)))

	list, err := models.Authorities(ctx, n.db, models.AuthorityFilter{Country: "BG"})
	require.NoError(t, err)
	tree := models.AuthorityTree(list)
	require.Len(t, tree, 1)
	require.Equal(t, 3, tree[0].Size())
	require.Equal(t, "town", tree[0].Below[0].Below[0].Slug)
}

func TestAuthorityIsRetiredWhenNothingActiveIsBelow(t *testing.T) {
	n := newNetwork(t)
	ctx, all := t.Context(), addAuthorities(t, n)
	require.Equal(t, apperr.CodeInUse, apperr.CodeOf(models.RetireAuthority(ctx, n.db, all["ministry"].ID, noon)))
	require.NoError(t, models.RetireAuthority(ctx, n.db, all["agency"].ID, noon))
	require.NoError(t, models.RetireAuthority(ctx, n.db, all["ministry"].ID, noon))
	require.Equal(t, apperr.CodeNotFound, apperr.CodeOf(models.RetireAuthority(ctx, n.db, all["ministry"].ID, noon)), "once is enough")
	active, err := models.Authorities(ctx, n.db, models.AuthorityFilter{Active: true})
	require.NoError(t, err)
	require.Equal(t, []string{"town", "committee"}, authoritySlugs(active))
	require.NoError(t, models.ReinstateAuthority(ctx, n.db, all["ministry"].ID))
}

func TestAuthorityThatAnyTextNamesIsNotRemoved(t *testing.T) {
	n := newNetwork(t)
	ctx, all := t.Context(), addAuthorities(t, n)
	town, ministry := all["town"].ID, all["ministry"].ID
	id := n.recommendation(t, n.person(t, "officer", models.RoleOfficer, n.partner))
	_, err := n.db.NewRaw(`INSERT INTO versions (id, recommendation_id, number, title, body, measures, hash, created_by, created_at)
		SELECT gen_random_uuid(), id, 1, 'T', 'B', ?::jsonb, 'h', officer_id, now() FROM recommendations WHERE id = ?`,
		fmt.Sprintf(`[{"id": %q, "number": 1, "text": "x", "authority_ids": [%q]}]`, models.NewID(), town), id).Exec(ctx)
	require.NoError(t, err)
	uses, err := models.AuthorityUses(ctx, n.db, town)
	require.NoError(t, err)
	require.Len(t, uses, 1, "an old text alone")
	require.Equal(t, id, uses[0].ID)
	require.Equal(t, apperr.CodeInUse, apperr.CodeOf(models.RemoveAuthority(ctx, n.db, town)))
	require.Equal(t, apperr.CodeInUse, apperr.CodeOf(models.RemoveAuthority(ctx, n.db, ministry)), "the agency is below it")
	require.NoError(t, models.RemoveAuthority(ctx, n.db, all["agency"].ID))
	require.NoError(t, models.RemoveAuthority(ctx, n.db, ministry))
}

func TestNothingNewIsAddressedToARetiredAuthority(t *testing.T) {
	d := newWriter(t)
	first := d.versions(t)[0]
	require.NoError(t, models.RetireAuthority(t.Context(), d.db, d.ministry, noon))
	draft := d.draft("Fund it now.")
	draft.Measures[0].ID = &first.Measures[0].ID
	_, err := d.edit(t, 1, draft)
	require.NoError(t, err, "what was addressed to it before stays so")
	err = d.try(t, func(ctx context.Context, tx bun.Tx) error {
		_, err := models.CreateRecommendation(ctx, tx, models.RecommendationInput{Kind: "analysis", Language: "en", Procedure: "default",
			OrganisationID: d.partner.ID, Draft: d.draft("Fund that.")}, d.officer, noon)
		return err
	})
	require.Equal(t, []string{"measures[0].authority_ids"}, blamed(err))
}

func TestARetiredAuthorityAnswersForTheStateNoLonger(t *testing.T) {
	n := newNetwork(t)
	ctx, all := t.Context(), addAuthorities(t, n)
	ministry, agency := all["ministry"], all["agency"]
	agency.Government = true
	require.NoError(t, n.put(t, agency.Save))
	ministry.Government = true
	require.Equal(t, []string{"government"}, blamed(n.put(t, ministry.Save)), "at most one of a country")
	require.NoError(t, models.RetireAuthority(ctx, n.db, agency.ID, noon))
	require.NoError(t, n.put(t, ministry.Save))
}
