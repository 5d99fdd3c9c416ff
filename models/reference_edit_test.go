package models_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/internal/apperr"
	"tribuna/models"
)

func TestReferenceListsAreKept(t *testing.T) {
	n := newNetwork(t)
	ctx := t.Context()
	for list, lines := range map[models.ReferenceList][2]models.Reference{
		models.ListTopics:     {{Key: "care"}, {Key: "justice"}},
		models.ListChallenges: {{Key: "unrest"}, {Key: "migration"}},
		models.ListLanguages:  {{Key: "de", Endonym: "Deutsch"}, {Key: "mk", Endonym: "македонски"}},
		models.ListCountries:  {{Key: "ME", Zone: "Europe/Podgorica"}, {Key: "MK", Zone: "Europe/Skopje"}},
	} {
		t.Run(string(list), func(t *testing.T) {
			for _, line := range lines {
				line.Names = models.Names{"en": line.Key}
				require.NoError(t, list.Add(ctx, n.db, line))
				require.Equal(t, []string{"key"}, blamed(list.Add(ctx, n.db, line)), "it is there already")
			}
			second := lines[1]
			second.Names = models.Names{"en": "Another name"}
			require.NoError(t, list.Save(ctx, n.db, second))
			require.NoError(t, list.Raise(ctx, n.db, second.Key))
			all, err := list.All(ctx, n.db)
			require.NoError(t, err)
			require.Equal(t, "Another name", all[len(all)-2].Names.String())
			require.Equal(t, lines[0].Key, all[len(all)-1].Key)
			require.NoError(t, list.Remove(ctx, n.db, second.Key))
			for _, err := range []error{list.Save(ctx, n.db, second), list.Raise(ctx, n.db, second.Key), list.Remove(ctx, n.db, second.Key)} {
				require.Equal(t, apperr.CodeNotFound, apperr.CodeOf(err))
			}
		})
	}
}

func TestReferencesAreValidated(t *testing.T) {
	n := newNetwork(t)
	for path, c := range map[string]struct {
		list models.ReferenceList
		line models.Reference
	}{
		"key of a topic":    {models.ListTopics, models.Reference{Key: "Not a slug"}},
		"key of a language": {models.ListLanguages, models.Reference{Key: "sr_latn", Endonym: "x"}},
		"key of a country":  {models.ListCountries, models.Reference{Key: "xk", Zone: "UTC"}},
		"zone":              {models.ListCountries, models.Reference{Key: "XX", Zone: "Europe/Nowhere"}},
		"endonym":           {models.ListLanguages, models.Reference{Key: "de"}},
		"designations.bg":   {models.ListCountries, models.Reference{Key: "XX", Zone: "UTC", Footnotes: models.Names{"bg": "бележка"}}},
		"names.en":          {models.ListChallenges, models.Reference{Key: "x"}},
	} {
		if path != "names.en" {
			c.line.Names = models.Names{"en": "X"}
		}
		got := blamed(c.list.Add(t.Context(), n.db, c.line))
		require.Len(t, got, 1, path)
		require.Contains(t, path, got[0])
	}
}

func TestReferenceInUseStays(t *testing.T) {
	n := newNetwork(t)
	ctx := t.Context()
	id := n.recommendation(t, n.person(t, "officer", models.RoleOfficer, n.partner))
	insert(t, n.db, &[]models.Topic{{Slug: "a", Names: models.Names{"en": "Care"}}, {Slug: "b", Names: models.Names{"en": "Justice"}}})
	_, err := n.db.NewRaw(`INSERT INTO recommendation_topics VALUES (?, 'a')`, id).Exec(ctx)
	require.NoError(t, err)
	_, err = n.db.NewRaw(`UPDATE people SET topics = '{b}'`).Exec(ctx)
	require.NoError(t, err)
	for list, keys := range map[models.ReferenceList][]string{models.ListTopics: {"a", "b"}, models.ListLanguages: {"en"}} {
		for _, key := range keys {
			require.Equal(t, apperr.CodeInUse, apperr.CodeOf(list.Remove(ctx, n.db, key)), key)
			uses, err := list.Uses(ctx, n.db, key)
			require.NoError(t, err)
			require.NotEmpty(t, uses)
		}
	}
	for _, list := range []models.ReferenceList{models.ListChallenges, models.ListCountries} {
		_, err := list.Uses(ctx, n.db, "XK")
		require.NoError(t, err)
	}
}

func TestNetworkZoneCountsWithoutACountry(t *testing.T) {
	n := newNetwork(t)
	ctx := t.Context()
	zone := func(country string) string {
		loc, err := models.ZoneOf(ctx, n.db, country)
		require.NoError(t, err)
		return loc.String()
	}
	require.Equal(t, "UTC", zone(""))
	require.NoError(t, models.SetNetworkZone(ctx, n.db, "Europe/Budapest"))
	require.Equal(t, "Europe/Budapest", zone(""))
	require.Equal(t, "Europe/Sofia", zone("BG"))
	for _, bad := range []string{"", "Local", "Europe/Nowhere"} {
		require.Equal(t, []string{"zone"}, blamed(models.SetNetworkZone(ctx, n.db, bad)), bad)
	}
}
