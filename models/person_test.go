package models_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/apperr"
	"tribuna/models"
)

func left(p *models.Person) { at := noon.Add(-time.Hour); p.LeftAt = &at }

func TestPersonByEmail(t *testing.T) {
	n := newNetwork(t)
	n.person(t, "Ana.Mare", models.RoleOfficer, n.partner)
	n.person(t, "gone", models.RoleOfficer, n.partner, left)

	p, err := models.PersonByEmail(t.Context(), n.db, " ANA.mare@People.example ")
	require.NoError(t, err)
	require.Equal(t, "Ana.Mare", p.Name)
	require.NotEqual(t, uuid.Nil, p.Pseudonym)
	for _, address := range []string{"gone@people.example", "nobody@people.example", "", "%"} {
		_, err = models.PersonByEmail(t.Context(), n.db, address)
		require.Equal(t, apperr.CodeNotFound, apperr.CodeOf(err), address)
	}
}

func TestPersonIsValidated(t *testing.T) {
	ok := models.Person{Name: "Ana", Email: "ana@people.example", Language: "en"}
	require.NoError(t, ok.Validate())
	for name, change := range map[string]func(*models.Person){
		"no name":          func(p *models.Person) { p.Name = " " },
		"two lines":        func(p *models.Person) { p.Name = "Ana\r\nBcc: x@y.example" },
		"no address":       func(p *models.Person) { p.Email = "ana" },
		"named address":    func(p *models.Person) { p.Email = "Ana <ana@people.example>" },
		"injected address": func(p *models.Person) { p.Email = "ana@people.example\r\nBcc: x@y.example" },
		"no language":      func(p *models.Person) { p.Language = "" },
		"naming":           func(p *models.Person) { p.Naming = "everybody" },
		"load":             func(p *models.Person) { p.MaxOpen = -1 },
	} {
		p := ok
		change(&p)
		require.Equal(t, apperr.CodeInvalid, apperr.CodeOf(p.Validate()), name)
	}
}

func TestPeopleByID(t *testing.T) {
	n := newNetwork(t)
	a, b := n.person(t, "a", models.RoleReader, n.lead), n.person(t, "b", models.RoleReader, n.lead, left)
	people, err := models.PeopleByID(t.Context(), n.db, []uuid.UUID{a.ID, b.ID, models.NewID()})
	require.NoError(t, err)
	require.Len(t, people, 2)
	require.Equal(t, "b", people[b.ID].Name, "who left is still named in what they did")
	people, err = models.PeopleByID(t.Context(), n.db, nil)
	require.NoError(t, err)
	require.Empty(t, people)
	_, err = models.PersonByID(t.Context(), n.db, models.NewID())
	require.Equal(t, apperr.CodeNotFound, apperr.CodeOf(err))
}

func TestSetLanguage(t *testing.T) {
	n := newNetwork(t)
	p := n.person(t, "a", models.RoleReader, n.lead)
	require.NoError(t, models.SetLanguage(t.Context(), n.db, p.ID, "bg"))
	p, err := models.PersonByID(t.Context(), n.db, p.ID)
	require.NoError(t, err)
	require.Equal(t, "bg", p.Language)
	require.Error(t, models.SetLanguage(t.Context(), n.db, p.ID, "tlh"), "no language of the network")
}

func TestRolesOfWhoIsThere(t *testing.T) {
	n := newNetwork(t)
	p := n.person(t, "a", models.RoleOfficer, n.partner)
	require.NoError(t, models.AddRole(t.Context(), n.db, models.Role{PersonID: p.ID, OrganisationID: n.lead.ID, Role: models.RoleCoordinator}))
	require.NoError(t, models.AddRole(t.Context(), n.db, models.Role{PersonID: p.ID, OrganisationID: n.lead.ID, Role: models.RoleCoordinator}))
	roles, err := models.RolesOf(t.Context(), n.db, p.ID)
	require.NoError(t, err)
	require.Len(t, roles, 2)
	require.Equal(t, models.RoleCoordinator, roles[0].Role)
	require.Equal(t, n.partner.ID, roles[1].OrganisationID)

	gone := n.person(t, "gone", models.RoleCoordinator, n.lead, left)
	roles, err = models.RolesOf(t.Context(), n.db, gone.ID)
	require.NoError(t, err)
	require.Empty(t, roles, "who left may nothing")
	coordinators, err := models.Coordinators(t.Context(), n.db)
	require.NoError(t, err)
	require.Equal(t, []string{"a"}, names(coordinators))
}

func TestRepresentativesArePartnersElseOfficers(t *testing.T) {
	n := newNetwork(t)
	n.person(t, "officer", models.RoleOfficer, n.partner)
	n.person(t, "speaker", models.RolePartner, n.delegation)
	n.person(t, "gone", models.RolePartner, n.partner, left)
	n.person(t, "translator", models.RoleTranslator, n.partner)

	for _, c := range []struct {
		in   []uuid.UUID
		want []string
	}{
		{[]uuid.UUID{n.delegation.ID, n.lead.ID}, []string{"speaker"}},
		{[]uuid.UUID{n.partner.ID}, []string{"officer"}},
		{[]uuid.UUID{n.academics.ID}, []string{}},
		{nil, []string{}},
	} {
		people, err := models.Representatives(t.Context(), n.db, c.in)
		require.NoError(t, err)
		require.Equal(t, c.want, names(people))
	}
}
