package models_test

import (
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/models"
)

// TestNamesStandWhereReadersLookForThem sorts names in several alphabets, and reads them page by page.
func TestNamesStandWhereReadersLookForThem(t *testing.T) {
	n := newNetwork(t)
	ctx := t.Context()
	for i, name := range []string{"Zana", "šime", "Stoyan", "ëlla", "Ermal", "Жана", "Ана", "Ћира", "Cana", "Đorđe"} {
		n.person(t, name, models.RoleOfficer, n.partner, func(p *models.Person) { p.Email = string(rune('a'+i)) + "@people.example" })
		o := models.NewOrganisation()
		o.Name, o.Slug = name, o.ID.String()
		insert(t, n.db, &o)
	}
	for tag, want := range map[string][]string{
		"en": {"Cana", "Đorđe", "ëlla", "Ermal", "šime", "Stoyan", "Zana", "Ана", "Жана", "Ћира"},
		"bg": {"Ана", "Жана", "Ћира", "Cana", "Đorđe", "ëlla", "Ermal", "šime", "Stoyan", "Zana"},
		"xx": {"Cana", "Đorđe", "ëlla", "Ermal", "šime", "Stoyan", "Zana", "Ана", "Жана", "Ћира"},
	} {
		alphabet, err := models.AlphabetOf(ctx, n.db, tag)
		require.NoError(t, err)
		var people, organisations []string
		for after := uuid.Nil; ; {
			page, err := models.People(ctx, n.db, models.PersonFilter{Alphabet: alphabet, After: after, Limit: 3})
			require.NoError(t, err)
			if len(page) == 0 {
				break
			}
			for _, p := range page {
				people = append(people, p.Name)
			}
			after = page[len(page)-1].ID
		}
		require.Equal(t, want, people, tag)
		for after := uuid.Nil; ; {
			page, err := models.Organisations(ctx, n.db, models.OrganisationFilter{Alphabet: alphabet, After: after, Limit: 3})
			require.NoError(t, err)
			if len(page) == 0 {
				break
			}
			for _, o := range page {
				if len(o.Slug) == len(uuid.Nil.String()) { // of those added here
					organisations = append(organisations, o.Name)
				}
			}
			after = page[len(page)-1].ID
		}
		require.Equal(t, want, organisations, tag)
	}
}

// TestWhoReadsComesAfterWhoWorks lists colleagues before the many who only read, and counts both.
func TestWhoReadsComesAfterWhoWorks(t *testing.T) {
	n := newNetwork(t)
	ctx := t.Context()
	reader, both := n.person(t, "ana", models.RoleReader, n.partner), n.person(t, "zoe", models.RoleExpert, n.academics)
	require.NoError(t, models.AddRole(ctx, n.db, models.Role{PersonID: both.ID, OrganisationID: n.partner.ID, Role: models.RoleTranslator}))
	require.NoError(t, models.AddRole(ctx, n.db, models.Role{PersonID: both.ID, OrganisationID: n.lead.ID, Role: models.RoleReader}))
	nobody := models.Person{Name: "bea", Email: "bea@people.example", Language: "en", CreatedAt: noon}
	require.NoError(t, models.CreatePerson(ctx, n.db, &nobody))

	all, err := models.People(ctx, n.db, models.PersonFilter{})
	require.NoError(t, err)
	require.Equal(t, []uuid.UUID{both.ID, reader.ID, nobody.ID}, []uuid.UUID{all[0].ID, all[1].ID, all[2].ID})
	require.Equal(t, []models.HeldRole{{Role: models.RoleTranslator, OrganisationID: n.partner.ID, Organisation: "partner"},
		{Role: models.RoleExpert, OrganisationID: n.academics.ID, Organisation: "academics"},
		{Role: models.RoleReader, OrganisationID: n.lead.ID, Organisation: "lead"}}, all[0].Held, "each where it is held, the widest first")
	require.Empty(t, all[2].Held)
	rest, err := models.People(ctx, n.db, models.PersonFilter{After: both.ID})
	require.NoError(t, err)
	require.Len(t, rest, 2)

	counts, total, err := models.CountPeople(ctx, n.db, models.PersonFilter{Role: models.RoleReader, After: both.ID, Limit: 1})
	require.NoError(t, err)
	require.Equal(t, 3, total)
	require.Equal(t, []models.RoleCount{{models.RoleTranslator, 1}, {models.RoleExpert, 1}, {models.RoleReader, 2}, {models.NoRole, 1}}, counts)
	counts, total, err = models.CountPeople(ctx, n.db, models.PersonFilter{Search: "zo"})
	require.NoError(t, err)
	require.Equal(t, 1, total)
	require.Len(t, counts, 3)
	none, err := models.People(ctx, n.db, models.PersonFilter{Role: models.NoRole})
	require.NoError(t, err)
	require.Len(t, none, 1)
}
