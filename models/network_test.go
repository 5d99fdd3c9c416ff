package models_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"tribuna/internal/devstack/testdb"
	"tribuna/models"
)

// noon is the moment at which the tests of the network happen.
var noon = time.Date(2026, 3, 12, 12, 0, 0, 0, time.UTC)

// network is a small one: three countries of which HR has no partner, a lead with a delegation that votes with it, a
// partner in BG and one that left.
type network struct {
	db                                           *bun.DB
	lead, delegation, partner, former, academics models.Organisation
}

func newNetwork(t *testing.T) network {
	t.Helper()
	n := network{db: testdb.New(t)}
	insert(t, n.db, &[]models.Language{{Tag: "en", Endonym: "English", Names: models.Names{}, Position: 1},
		{Tag: "bg", Endonym: "български", Names: models.Names{}, Position: 2}})
	insert(t, n.db, &[]models.Country{
		{Code: "AL", Zone: "Europe/Tirane", Names: models.Names{"en": "Albania"}, Position: 1},
		{Code: "BG", Zone: "Europe/Sofia", Names: models.Names{"en": "Bulgaria"}, Position: 2},
		{Code: "HR", Zone: "Europe/Zagreb", Names: models.Names{"en": "Croatia"}, Position: 3}})
	n.lead = n.organisation(t, "lead", models.OrganisationLead, nil, nil)
	n.delegation = n.organisation(t, "delegation", models.OrganisationPartner, &n.lead, nil, "AL")
	n.partner = n.organisation(t, "partner", models.OrganisationPartner, nil, nil, "BG")
	n.former = n.organisation(t, "former", models.OrganisationPartner, nil, day(2025, 12, 31), "HR", "BG")
	n.academics = n.organisation(t, "academics", models.OrganisationAcademic, nil, nil, "HR")
	return n
}

func (n network) organisation(t *testing.T, slug, kind string, votesWith *models.Organisation, until *time.Time, countries ...string) models.Organisation {
	t.Helper()
	o := models.Organisation{ID: models.NewID(), Slug: slug, Name: slug, Kind: kind, MemberFrom: day(2020, 1, 1), MemberUntil: until}
	o.VotingUnit = o.ID
	if votesWith != nil {
		o.VotingUnit, o.ParentID = votesWith.ID, &votesWith.ID
	}
	insert(t, n.db, &o)
	for _, c := range countries {
		insert(t, n.db, &models.OrganisationCountry{OrganisationID: o.ID, CountryCode: c})
	}
	return o
}

// person adds somebody with a role in an organisation; change may alter them before.
func (n network) person(t *testing.T, name, role string, in models.Organisation, change ...func(*models.Person)) models.Person {
	t.Helper()
	p := models.Person{Name: name, Email: name + "@people.example", Language: "en", Languages: []string{"en"}, MaxOpen: 3, CreatedAt: noon}
	for _, c := range change {
		c(&p)
	}
	require.NoError(t, models.CreatePerson(t.Context(), n.db, &p))
	require.NoError(t, models.AddRole(t.Context(), n.db, models.Role{PersonID: p.ID, OrganisationID: in.ID, Role: role}))
	return p
}

// recommendation adds one with its process, for what hangs on it.
func (n network) recommendation(t *testing.T, officer models.Person) uuid.UUID {
	t.Helper()
	procedure := models.Procedure{ID: models.NewID(), Slug: uuid.NewString(), Version: 1, Names: models.Names{"en": "Rules"}, CreatedAt: noon}
	insert(t, n.db, &procedure)
	r := models.Recommendation{ID: models.NewID(), Slug: uuid.NewString(), Kind: "analysis", Language: "en", Title: "A text",
		OrganisationID: n.partner.ID, OfficerID: officer.ID, ProcedureID: procedure.ID, Stage: models.StageReview,
		StageSince: noon, Languages: []string{}, CreatedAt: noon, UpdatedAt: noon}
	insert(t, n.db, &r)
	require.NoError(t, models.OpenProcess(t.Context(), n.db, models.ProcessRecommendation, r.ID, r.ID, noon))
	return r.ID
}

// openTask gives a person something to do.
func (n network) openTask(t *testing.T, recommendation uuid.UUID, kind string, p models.Person) {
	t.Helper()
	_, err := n.db.NewRaw(`INSERT INTO tasks (id, process_id, recommendation_id, kind, person_id, opened_at, due_at, grace_until)
		VALUES (?0, ?1, ?1, ?2, ?3, ?4, ?4, ?4)`, models.NewID(), recommendation, kind, p.ID, noon).Exec(t.Context())
	require.NoError(t, err)
}

func insert(t *testing.T, db bun.IDB, rows any) {
	t.Helper()
	_, err := db.NewInsert().Model(rows).Exec(t.Context())
	require.NoError(t, err)
}

func day(year int, month time.Month, d int) *time.Time {
	t := time.Date(year, month, d, 0, 0, 0, 0, time.UTC)
	return &t
}

func names(people []models.Person) []string {
	list := []string{}
	for _, p := range people {
		list = append(list, p.Name)
	}
	return list
}

func slugs(organisations []models.Organisation) []string {
	list := []string{}
	for _, o := range organisations {
		list = append(list, o.Slug)
	}
	return list
}
