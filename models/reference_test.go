package models_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/internal/apperr"
	"tribuna/models"
)

func TestReferenceListsAreInTheirAgreedOrder(t *testing.T) {
	n := newNetwork(t)
	ctx := t.Context()
	insert(t, n.db, &[]models.Topic{{Slug: "a", Names: models.Names{"en": "Care"}, Position: 2}, {Slug: "b", Names: models.Names{"en": "Justice"}, Position: 1}})
	insert(t, n.db, &[]models.Challenge{{Slug: "a", Names: models.Names{"en": "Migration"}, Position: 2}, {Slug: "b", Names: models.Names{"en": "Unrest"}, Position: 1}})

	languages, err := models.Languages(ctx, n.db)
	require.NoError(t, err)
	require.Equal(t, "en", languages[0].Tag)
	topics, err := models.Topics(ctx, n.db)
	require.NoError(t, err)
	require.Equal(t, "b", topics[0].Slug)
	require.Equal(t, "Justice", topics[0].Names.String())
	challenges, err := models.Challenges(ctx, n.db)
	require.NoError(t, err)
	require.Equal(t, "b", challenges[0].Slug)
	countries, err := models.Countries(ctx, n.db)
	require.NoError(t, err)
	require.Len(t, countries, 3)
	require.Equal(t, "AL", countries[0].Code)
}

func TestCountryKnowsItsZone(t *testing.T) {
	n := newNetwork(t)
	c, err := models.CountryByCode(t.Context(), n.db, "BG")
	require.NoError(t, err)
	loc, err := c.Location()
	require.NoError(t, err)
	require.Equal(t, "14:00", noon.In(loc).Format("15:04"))
	_, err = models.CountryByCode(t.Context(), n.db, "XX")
	require.Equal(t, apperr.CodeNotFound, apperr.CodeOf(err))
	_, err = models.Country{Zone: "Europe/Nowhere"}.Location()
	require.Error(t, err)
}

func TestNamesFallBack(t *testing.T) {
	names := models.Names{"en": "Sofia", "bg": "София", "ro": ""}
	for tag, want := range map[string][2]string{"bg": {"София", "bg"}, "ro": {"Sofia", "en"}} {
		name, in := names.In(tag)
		require.Equal(t, want, [2]string{name, in})
	}
	name, in := models.Names{"sq": "Tirana", "ro": "Tirana!"}.In("bg")
	require.Equal(t, [2]string{"Tirana!", "ro"}, [2]string{name, in})
}
