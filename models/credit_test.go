package models_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/models"
)

func TestEachLanguageShowsItsEmblemElseTheOneForAllElseTheEnglishOne(t *testing.T) {
	g := models.Grant{EmblemSHA256: "all", Emblems: []models.GrantEmblem{{Language: "en", EmblemSHA256: "english"}, {Language: "bg", EmblemSHA256: "bulgarian"}}}
	require.Equal(t, "bulgarian", g.Credit("bg").Emblem)
	require.Equal(t, "all", g.Credit("ro").Emblem)
	g.EmblemSHA256 = ""
	require.Equal(t, "english", g.Credit("ro").Emblem)
	require.Empty(t, models.Grant{}.Credit("ro").Emblem)
}

func TestWhatALanguageLacksIsKnown(t *testing.T) {
	grants := []models.Grant{{Statements: []models.GrantStatement{{Language: "en", Statement: "Paid.", Disclaimer: "Not ours."}, {Language: "ro", Statement: "Plătit."}},
		Designations: []models.GrantDesignation{{CountryCode: "XK", Language: "en", Designation: "Kosovo*", Footnote: "* A note"},
			{CountryCode: "XK", Language: "ro", Designation: "Kosovo*"}}}}
	countries := []models.Country{{Code: "XK", Names: models.Names{"en": "Kosovo"}}, {Code: "HR", Names: models.Names{"en": "Croatia", "ro": "Croația"}}}
	g := &grants[0]
	require.Empty(t, models.Gaps(countries, grants, "en"))
	require.Equal(t, []models.Gap{{Kind: models.GapDisclaimer, Grant: g, Language: "ro", Given: "en"},
		{Kind: models.GapFootnote, Grant: g, Country: "XK", Language: "ro", Given: "en"}}, models.Gaps(countries, grants, "ro"))
	require.Equal(t, models.Designated{Country: "XK", Name: "Kosovo", Language: "ro", Footnote: "A note", FootnoteLanguage: "en"},
		models.Designation(countries[0], grants, "ro"), "a name without its footnote has the English one")
	require.Equal(t, []models.Gap{{Kind: models.GapName, Country: "XK", Language: "sq", Given: "en"}, {Kind: models.GapName, Country: "HR", Language: "sq", Given: "en"}},
		models.Gaps(countries, nil, "sq"), "their own names where nobody designates them")
	countries[0].Designations = models.Names{"bg": "Косово"}
	require.Equal(t, []models.Gap{{Kind: models.GapDesignation, Country: "XK", Language: "ro"}}, models.Gaps(countries, nil, "ro"), "said by the network in another language alone")
}
