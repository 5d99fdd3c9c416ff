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

func TestTheRecordSaysInWhichCapacity(t *testing.T) {
	owner := uuid.New()
	p := models.Person{ID: uuid.New(), Name: "Ilona Vermes", Pseudonym: uuid.New(), Naming: models.NamingPublic}
	expert := models.Person{ID: uuid.New(), Name: "Fiona Carmichael", Pseudonym: uuid.New(), Naming: models.NamingPublic}
	m := &minutes{l: i18n.For("en"), rec: &models.Recommendation{OrganisationID: owner}, organisations: map[uuid.UUID]string{owner: "Know-how Centre"},
		people: map[uuid.UUID]models.Person{p.Pseudonym: p, expert.Pseudonym: expert}}
	as := map[string]string{record.FactAs: models.RoleCoordinator}
	for _, c := range []struct {
		it                      record.Item
		who, capacity, onBehalf string
	}{
		{record.Item{Actor: p.Pseudonym, Capacity: record.Institutional, Organisation: owner}, p.Name, "for Know-how Centre", ""}, // as it was written before
		{record.Item{Actor: p.Pseudonym, Capacity: record.Institutional, Organisation: owner, Facts: as}, p.Name, "as coordinator, for Know-how Centre", ""},
		{record.Item{Actor: p.Pseudonym, Capacity: record.Personal, Facts: as}, p.Name, "as coordinator", ""},
		{record.Item{Actor: p.Pseudonym, Capacity: record.Personal}, p.Name, "", ""},
		{record.Item{Actor: p.Pseudonym, OnBehalfOf: expert.Pseudonym, Capacity: record.Personal, Facts: map[string]string{"recorded_as": models.RoleCoordinator}},
			expert.Name, "", "Written down by Ilona Vermes, as coordinator."},
	} {
		var e TimelineEntry
		m.who(&e, c.it)
		require.Equal(t, []string{c.who, c.capacity, c.onBehalf}, []string{e.Who, e.Capacity, e.OnBehalf})
	}
}

func TestProgressSaysWhoReportedInWhoseName(t *testing.T) {
	owner := uuid.New()
	names := map[uuid.UUID]string{owner: "Know-how Centre"}
	for _, c := range []struct {
		note          models.ProgressNote
		naming        string
		who, capacity string
	}{
		{models.ProgressNote{}, models.NamingNone, "Focal point", ""}, // as it was kept before
		{models.ProgressNote{SpokenBy: &owner}, models.NamingNone, "Know-how Centre", ""},
		{models.ProgressNote{SpokenBy: &owner, AsCoordinator: true}, models.NamingNone, "The network’s coordinator", "for Know-how Centre"},
		{models.ProgressNote{SpokenBy: &owner, AsCoordinator: true}, models.NamingNetwork, "Ilona Vermes", "as coordinator, for Know-how Centre"},
		{models.ProgressNote{SpokenBy: &owner}, models.NamingPublic, "Ilona Vermes", "for Know-how Centre"},
	} {
		e := TimelineEntry{Who: "Focal point"}
		e.nameReporter(i18n.For("en"), c.note, models.Person{Name: "Ilona Vermes", Naming: c.naming}, names)
		require.Equal(t, []string{c.who, c.capacity}, []string{e.Who, e.Capacity})
	}
}
