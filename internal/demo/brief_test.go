package demo_test

import (
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/demo"
	"tribuna/internal/markdown"
	"tribuna/models"
)

func TestBriefHasTheSameBlocksInBothLanguages(t *testing.T) {
	brief, err := demo.Brief()
	require.NoError(t, err)
	en, bg := brief.Texts["en"], brief.Texts["bg"]
	source, translated := markdown.Blocks(en.Body), markdown.Blocks(bg.Body)
	require.Equal(t, len(source), len(translated))
	kinds := map[markdown.Kind]bool{}
	for i := range source {
		require.Equal(t, source[i].Kind, translated[i].Kind, "block %d", i+1)
		require.Equal(t, source[i].Level, translated[i].Level, "block %d", i+1)
		require.Equal(t, strings.Count(source[i].Source, "\n"), strings.Count(translated[i].Source, "\n"), "lines of block %d", i+1)
		kinds[source[i].Kind] = true
	}
	for _, kind := range []markdown.Kind{markdown.KindHeading, markdown.KindTable, markdown.KindList, markdown.KindQuote, markdown.KindFootnote} {
		require.True(t, kinds[kind], kind)
	}
	words := len(strings.Fields(en.Body))
	require.Greater(t, words, 1400, "four pages")
	require.Less(t, words, 2000, "four pages")
}

func TestBriefAsksThreeAuthoritiesInTwoCountries(t *testing.T) {
	ctx, db := loaded(t)
	brief, err := demo.Brief()
	require.NoError(t, err)
	require.Len(t, brief.Texts["en"].Measures, 6)
	require.Len(t, brief.Texts["bg"].Measures, 6)
	for i := range 6 {
		require.NotEmpty(t, brief.Texts["en"].Measures[i])
		require.NotEmpty(t, brief.Texts["bg"].Measures[i])
	}
	var asked []uuid.UUID
	for _, a := range brief.Authorities {
		asked = append(asked, a...)
	}
	authorities, err := models.AuthoritiesByID(ctx, db, asked)
	require.NoError(t, err)
	require.Len(t, authorities, 3)
	countries := map[string]bool{}
	for _, a := range authorities {
		countries[a.CountryCode] = true
	}
	require.Equal(t, map[string]bool{"BG": true, "HR": true}, countries)
}

func TestBriefIsADraftOfTheNetwork(t *testing.T) {
	ctx, db := loaded(t)
	officer := models.Viewer{PersonID: demo.ID("person", "officer-khc"),
		Roles: []models.Role{{Role: models.RoleOfficer, OrganisationID: demo.ID("organisation", "khc")}}}
	list, err := models.Recommendations(ctx, db, officer, models.RecommendationFilter{})
	require.NoError(t, err)
	require.Len(t, list, 1)
	require.Equal(t, models.StageDrafting, list[0].Stage)
	require.Equal(t, []string{"BG", "HR"}, list[0].Countries)

	measures, err := models.Measures(ctx, db, list[0].ID)
	require.NoError(t, err)
	require.Len(t, measures, 6)
	grants, err := models.GrantsOf(ctx, db, list[0].ID)
	require.NoError(t, err)
	require.Len(t, grants, 1)

	stranger := models.Viewer{PersonID: demo.ID("person", "partner-tdh-al"),
		Roles: []models.Role{{Role: models.RolePartner, OrganisationID: demo.ID("organisation", "tdh-al")}}}
	list, err = models.Recommendations(ctx, db, stranger, models.RecommendationFilter{})
	require.NoError(t, err)
	require.Empty(t, list, "a draft is its organisation's own")
}
