package models_test

import (
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/apperr"
	"tribuna/models"
)

func addAuthorities(t *testing.T, n network) map[string]models.Authority {
	t.Helper()
	ministry := models.Authority{ID: models.NewID(), Slug: "ministry", CountryCode: "BG", Level: models.LevelState,
		Names: models.Names{"en": "Ministry of Labour", "bg": "Министерство на труда"}}
	agency := models.Authority{ID: models.NewID(), Slug: "agency", CountryCode: "BG", Level: models.LevelState, ParentID: &ministry.ID,
		Names: models.Names{"en": "Agency for Children"}}
	town := models.Authority{ID: models.NewID(), Slug: "town", CountryCode: "BG", Level: models.LevelMunicipality, Names: models.Names{"en": "A Town"}}
	committee := models.Authority{ID: models.NewID(), Slug: "committee", Level: models.LevelInternational, Names: models.Names{"en": "Committee"}}
	list := []models.Authority{ministry, agency, town, committee}
	insert(t, n.db, &list)
	all := map[string]models.Authority{}
	for _, a := range list {
		require.NoError(t, a.Validate())
		all[a.Slug] = a
	}
	return all
}

func authoritySlugs(list []models.Authority) []string {
	result := []string{}
	for _, a := range list {
		result = append(result, a.Slug)
	}
	return result
}

func TestAuthoritiesByFilter(t *testing.T) {
	n := newNetwork(t)
	all := addAuthorities(t, n)
	ministry := all["ministry"].ID
	for name, c := range map[string]struct {
		filter models.AuthorityFilter
		want   []string
	}{
		"all, widest first": {models.AuthorityFilter{}, []string{"agency", "ministry", "town", "committee"}},
		"a country":         {models.AuthorityFilter{Country: "HR"}, []string{}},
		"a level":           {models.AuthorityFilter{Level: models.LevelMunicipality}, []string{"town"}},
		"below":             {models.AuthorityFilter{Parent: &ministry}, []string{"agency"}},
		"words in Cyrillic": {models.AuthorityFilter{Query: "ТРУДА"}, []string{"ministry"}},
		"no wildcard":       {models.AuthorityFilter{Query: "a_e"}, []string{}},
		"at most":           {models.AuthorityFilter{Limit: 1}, []string{"agency"}},
	} {
		list, err := models.Authorities(t.Context(), n.db, c.filter)
		require.NoError(t, err, name)
		require.Equal(t, c.want, authoritySlugs(list), name)
	}
}

func TestAuthoritiesByIDKnowsEveryOneOrNone(t *testing.T) {
	n := newNetwork(t)
	all := addAuthorities(t, n)
	wanted := []uuid.UUID{all["committee"].ID, all["agency"].ID, all["agency"].ID}
	list, err := models.AuthoritiesByID(t.Context(), n.db, wanted)
	require.NoError(t, err)
	require.Equal(t, []string{"agency", "committee"}, authoritySlugs(list))

	_, err = models.AuthoritiesByID(t.Context(), n.db, append(wanted, models.NewID()))
	require.Equal(t, apperr.CodeNotFound, apperr.CodeOf(err))
	list, err = models.AuthoritiesByID(t.Context(), n.db, nil)
	require.NoError(t, err)
	require.Empty(t, list)

	one, err := models.AuthorityByID(t.Context(), n.db, all["town"].ID)
	require.NoError(t, err)
	require.Equal(t, "A Town", one.Names.String())
	_, err = models.AuthorityByID(t.Context(), n.db, models.NewID())
	require.Equal(t, apperr.CodeNotFound, apperr.CodeOf(err))
}

func TestAuthorityIsValidated(t *testing.T) {
	bad := []models.Authority{
		{Level: "planet", CountryCode: "BG", Names: models.Names{"en": "X"}},
		{Level: models.LevelState, Names: models.Names{"en": "X"}},
		{Level: models.LevelInternational, CountryCode: "BG", Names: models.Names{"en": "X"}},
		{Level: models.LevelInternational},
	}
	for i, a := range bad {
		require.Equal(t, apperr.CodeInvalid, apperr.CodeOf(a.Validate()), i)
	}
}
