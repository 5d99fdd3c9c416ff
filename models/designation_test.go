package models_test

import (
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/models"
)

func TestDesignationIsThatOfTheFirstGrantThatSaysSomething(t *testing.T) {
	grants := []models.Grant{
		{Number: "silent"},
		{Designations: []models.GrantDesignation{{CountryCode: "XK", Language: "en", Designation: "Kosovo*", Footnote: "* UNSCR 1244"},
			{CountryCode: "XK", Language: "bg", Designation: "Косово*", Footnote: "РСС 1244"}}},
		{Designations: []models.GrantDesignation{{CountryCode: "XK", Language: "ro", Designation: "Kosovo (UNSCR 1244)"}}},
	}
	kosovo := models.Country{Code: "XK", Names: models.Names{"en": "Kosovo", "sq": "Kosova"}}
	for language, want := range map[string]models.Designated{
		"bg": {Country: "XK", Name: "Косово", Language: "bg", Footnote: "РСС 1244", FootnoteLanguage: "bg"},
		"en": {Country: "XK", Name: "Kosovo", Language: "en", Footnote: "UNSCR 1244", FootnoteLanguage: "en"},
		"ro": {Country: "XK", Name: "Kosovo", Language: "en", Footnote: "UNSCR 1244", FootnoteLanguage: "en"},
		"sq": {Country: "XK", Name: "Kosovo", Language: "en", Footnote: "UNSCR 1244", FootnoteLanguage: "en"},
	} {
		require.Equal(t, want, models.Designation(kosovo, grants, language), language)
	}
	require.Equal(t, models.Designated{Country: "XK", Name: "Kosova", Language: "sq"}, models.Designation(kosovo, nil, "sq"), "its own name stands")
	kosovo.Designations, kosovo.Footnotes = models.Names{"en": "Kosovo*", "sq": "Kosova*"}, models.Names{"sq": "Rezoluta 1244"}
	require.Equal(t, models.Designated{Country: "XK", Name: "Kosova", Language: "sq", Footnote: "Rezoluta 1244", FootnoteLanguage: "sq"}, models.Designation(kosovo, nil, "sq"))
	require.Equal(t, "Kosovo*", models.Designation(kosovo, nil, "ro").Name, "a mark without a footnote stays")
	require.Equal(t, "UNSCR 1244", models.Designation(kosovo, grants, "en").Footnote, "a grant comes before the network")
}

func TestFootnotesStandOnceUnderMarksOfTheirOwn(t *testing.T) {
	notes := models.Footnotes{}
	require.Equal(t, "Albania", notes.Name(models.Designated{Name: "Albania"}))
	require.Equal(t, "Kosovo*", notes.Name(models.Designated{Name: "Kosovo", Language: "en", Footnote: "one", FootnoteLanguage: "en"}))
	require.Equal(t, "Kosovo**", notes.Name(models.Designated{Name: "Kosovo", Language: "en", Footnote: "two", FootnoteLanguage: "en"}))
	require.Equal(t, "Kosovo*", notes.Name(models.Designated{Name: "Kosovo", Language: "en", Footnote: "one", FootnoteLanguage: "en"}))
	require.Equal(t, []models.Footnote{{"*", "one", "en"}, {"**", "two", "en"}}, notes.All())
}

func TestDesignationsKnowWhichGrantsPayForWhat(t *testing.T) {
	n := newNetwork(t)
	officer := n.person(t, "officer", models.RoleOfficer, n.partner)
	paid, free := n.recommendation(t, officer), n.recommendation(t, officer)
	g := addGrant(t, n, "G-1", models.GrantDesignation{CountryCode: "AL", Language: "en", Designation: "Albania*", Footnote: "* a note"})
	_, err := n.db.NewRaw(`INSERT INTO recommendation_grants VALUES (?, ?)`, paid, g.ID).Exec(t.Context())
	require.NoError(t, err)

	d, err := models.DesignationsFor(t.Context(), n.db, paid, free)
	require.NoError(t, err)
	require.Equal(t, "a note", d.Of(paid, []string{"BG", "AL"}, "en")[0].Footnote)
	require.Equal(t, "BG", d.Of(paid, []string{"BG", "AL"}, "en")[1].Country, "in the network's order")
	require.Empty(t, d.Of(free, []string{"AL"}, "en")[0].Footnote)
	require.Empty(t, d.Of(uuid.Nil, []string{"AL"}, "en")[0].Footnote)
}
