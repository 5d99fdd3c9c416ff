package models_test

import (
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/models"
)

func expertNames(list []models.Expert) []string {
	result := []string{}
	for _, e := range list {
		result = append(result, e.Name)
	}
	return result
}

// knows returns what makes an expert of somebody.
func knows(country string, languages []string, topics ...string) func(*models.Person) {
	return func(p *models.Person) {
		p.CountryCode, p.Languages, p.Topics, p.MaxOpen = country, languages, topics, 1
	}
}

func TestExpertsByFit(t *testing.T) {
	n := newNetwork(t)
	n.person(t, "fits", models.RoleExpert, n.academics, knows("HR", []string{"en"}, "care", "justice"))
	n.person(t, "local", models.RoleExpert, n.academics, knows("BG", []string{"en", "bg"}, "care"))
	n.person(t, "abroad", models.RoleExpert, n.academics, knows("HR", []string{"en"}, "care"))
	n.person(t, "cannot-read", models.RoleExpert, n.academics, knows("BG", []string{"bg"}, "care", "justice"))
	busy := n.person(t, "busy", models.RoleExpert, n.academics, knows("BG", []string{"en"}, "care", "justice"))
	n.person(t, "gone", models.RoleExpert, n.academics, knows("BG", []string{"en"}, "care"), left)
	officer := n.person(t, "officer", models.RoleOfficer, n.partner, knows("BG", []string{"en"}, "care"))
	n.openTask(t, n.recommendation(t, officer), "review", busy)

	filter := models.ExpertFilter{Topics: []string{"care", "justice"}, Countries: []string{"BG"}, Languages: []string{"en"}}
	experts, err := models.ExpertsFor(t.Context(), n.db, filter)
	require.NoError(t, err)
	require.Equal(t, []string{"fits", "local", "abroad", "cannot-read"}, expertNames(experts))
	require.Equal(t, 2, experts[0].TopicsMatched)
	require.True(t, experts[0].ReadsLanguage)
	require.False(t, experts[0].KnowsCountry)
	require.True(t, experts[1].KnowsCountry)
	require.False(t, experts[3].ReadsLanguage)

	filter.Exclude, filter.Limit = []uuid.UUID{experts[0].ID}, 1
	experts, err = models.ExpertsFor(t.Context(), n.db, filter)
	require.NoError(t, err)
	require.Equal(t, []string{"local"}, expertNames(experts))
}

func TestExpertsWithFewerOpenReviewsComeFirst(t *testing.T) {
	n := newNetwork(t)
	loaded := n.person(t, "loaded", models.RoleExpert, n.academics)
	n.person(t, "free", models.RoleExpert, n.academics)
	recommendation := n.recommendation(t, n.person(t, "officer", models.RoleOfficer, n.partner))
	n.openTask(t, recommendation, "review", loaded)
	n.openTask(t, recommendation, "report_progress", loaded)

	experts, err := models.ExpertsFor(t.Context(), n.db, models.ExpertFilter{})
	require.NoError(t, err)
	require.Equal(t, []string{"free", "loaded"}, expertNames(experts))
	require.Equal(t, 1, experts[1].OpenReviews, "only reviews are counted")
}

func TestTranslatorsByLoad(t *testing.T) {
	n := newNetwork(t)
	bulgarian := func(p *models.Person) { p.Languages = []string{"en", "bg"} }
	loaded := n.person(t, "loaded", models.RoleTranslator, n.partner, bulgarian)
	free := n.person(t, "free", models.RoleTranslator, n.partner, bulgarian)
	n.person(t, "english-only", models.RoleTranslator, n.partner)
	n.person(t, "reader", models.RoleReader, n.partner, bulgarian)
	n.openTask(t, n.recommendation(t, free), "approve_translation", loaded)

	people, err := models.TranslatorsFor(t.Context(), n.db, "bg", nil)
	require.NoError(t, err)
	require.Equal(t, []string{"free", "loaded"}, names(people))
	people, err = models.TranslatorsFor(t.Context(), n.db, "bg", []uuid.UUID{free.ID})
	require.NoError(t, err)
	require.Equal(t, []string{"loaded"}, names(people))
}
