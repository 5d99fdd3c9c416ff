package models_test

import (
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/apperr"
	"tribuna/models"
)

func addGrant(t *testing.T, n network, number string, designations ...models.GrantDesignation) models.Grant {
	t.Helper()
	g := models.Grant{ID: models.NewID(), Number: number, FunderID: n.academics.ID, Title: "A grant", PeriodFrom: *day(2026, 1, 1), PeriodUntil: *day(2026, 12, 31)}
	require.NoError(t, g.Validate())
	insert(t, n.db, &g)
	insert(t, n.db, &[]models.GrantStatement{{GrantID: g.ID, Language: "en", Statement: "Paid by " + number, Disclaimer: "Not their view"},
		{GrantID: g.ID, Language: "bg", Statement: "Платено от " + number}})
	for _, d := range designations {
		d.GrantID = g.ID
		insert(t, n.db, &d)
	}
	return g
}

func TestGrantsOfARecommendation(t *testing.T) {
	n := newNetwork(t)
	id := n.recommendation(t, n.person(t, "officer", models.RoleOfficer, n.partner))
	g := addGrant(t, n, "G-1", models.GrantDesignation{CountryCode: "AL", Language: "en", Designation: "Albania*", Footnote: "* a note"})
	addGrant(t, n, "G-2")
	_, err := n.db.NewRaw(`INSERT INTO recommendation_grants VALUES (?, ?)`, id, g.ID).Exec(t.Context())
	require.NoError(t, err)

	grants, err := models.GrantsOf(t.Context(), n.db, id)
	require.NoError(t, err)
	require.Len(t, grants, 1)
	require.Equal(t, "academics", grants[0].Funder.Slug)
	require.Len(t, grants[0].Statements, 2)
	require.Len(t, grants[0].Designations, 1)
	require.Equal(t, models.Credit{Funder: grants[0].Funder.Name, Number: "G-1", Statement: "Платено от G-1", Language: "bg",
		Disclaimer: "Not their view", DisclaimerLanguage: "en"}, grants[0].Credit("bg"))
	require.Equal(t, "en", grants[0].Credit("ro").Language, "what is not there in a language is there in English")

	all, err := models.Grants(t.Context(), n.db)
	require.NoError(t, err)
	require.Len(t, all, 2)
	none, err := models.GrantsOf(t.Context(), n.db, uuid.New())
	require.NoError(t, err)
	require.Empty(t, none)
}

func TestGrantIsValidated(t *testing.T) {
	g := models.Grant{Number: "1", Title: "T", FunderID: models.NewID(), PeriodFrom: *day(2026, 1, 1), PeriodUntil: *day(2025, 1, 1)}
	require.Equal(t, apperr.CodeInvalid, apperr.CodeOf(g.Validate()))
	g.PeriodUntil = g.PeriodFrom
	require.NoError(t, g.Validate())
	g.Statements = []models.GrantStatement{{Language: "en"}}
	require.Equal(t, apperr.CodeInvalid, apperr.CodeOf(g.Validate()))
}
