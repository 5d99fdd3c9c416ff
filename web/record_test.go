package web

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/i18n"
	"tribuna/internal/record"
	"tribuna/models"
)

// Verbs are written where acts are taken; each needs its sentence.
var verbForms = []*regexp.Regexp{
	regexp.MustCompile(`[vV]erb\s*(?::=|:|=)\s*"([a-z]+\.[a-z_]+)"`),
	regexp.MustCompile(`(?:saveMailing|toPublication|translationEntry)\([^"]*"([a-z]+\.[a-z_]+)"`),
}

func TestEveryVerbOfTheRecordHasASentence(t *testing.T) {
	files, err := filepath.Glob("../activities/*.go")
	require.NoError(t, err)
	verbs := map[string]bool{record.VerbRedacted: true}
	for _, file := range append(files, "../models/version.go") {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, form := range verbForms {
			for _, m := range form.FindAllSubmatch(text, -1) {
				verbs[string(m[1])] = true
			}
		}
	}
	for _, known := range []string{"delivery.not_made", "signoff.met", "mailing.sent", "translation.submitted", "version.saved"} {
		require.True(t, verbs[known], "the search finds %s", known)
	}
	for verb := range verbs {
		for _, tag := range i18n.Tags() {
			require.True(t, i18n.For(tag).Has("record."+verb), "%s has no sentence for %s", tag, verb)
		}
	}
}

func TestRecordIsCheckedOnThePage(t *testing.T) {
	h := newHouse(t)
	path := recommendationPath(h.brief.ID) + "/record/verification"
	for _, tag := range i18n.Tags() {
		require.Contains(t, h.as("officer-khc", tag).get(path).Body, i18n.For(tag).T("record.verify.whole"))
	}
}

func TestTheRecordNamesReviewersAsTheySaidWithTheirAnswer(t *testing.T) {
	expert := models.Person{ID: uuid.New(), Name: "Fiona Carmichael", Pseudonym: uuid.New()}
	for _, c := range []struct {
		profile, answer string // answer "": none was given
		network, named  bool
	}{
		{models.NamingPublic, models.NamingNone, true, false},
		{models.NamingNone, models.NamingNetwork, true, true},
		{models.NamingNone, models.NamingNetwork, false, false},
		{models.NamingNone, models.NamingPublic, false, true},
		{models.NamingNetwork, "", true, true},
		{models.NamingNetwork, "", false, false},
	} {
		expert.Naming = c.profile
		m := &minutes{l: i18n.For("en"), rec: &models.Recommendation{OrganisationID: uuid.New()}, network: c.network,
			people: map[uuid.UUID]models.Person{expert.Pseudonym: expert}, namings: map[uuid.UUID]string{}}
		if c.answer != "" {
			m.namings[expert.ID] = c.answer
		}
		require.Equal(t, c.named, m.name(expert.Pseudonym) == expert.Name, "%+v", c)
	}
}
