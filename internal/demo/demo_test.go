package demo_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"tribuna/internal/demo"
	"tribuna/internal/devstack/testdb"
	"tribuna/models"
)

var now = time.Date(2026, 3, 12, 9, 0, 0, 0, time.UTC)

// network is the demo network, written once for all tests.
var network = &testdb.Prepared{Fill: func(ctx context.Context, db *bun.DB) error { return demo.Load(ctx, db, now) }}

func loaded(t *testing.T) (context.Context, *bun.DB) {
	t.Helper()
	return t.Context(), network.Open(t).App
}

var tables = []string{"languages", "countries", "topics", "challenges", "authorities", "organisations", "organisation_countries",
	"people", "roles", "grants", "grant_statements", "grant_designations", "procedures", "recommendations", "versions", "measures",
	"measure_authorities", "processes", "record_entries"}

func counts(t *testing.T, ctx context.Context, db *bun.DB) map[string]int {
	t.Helper()
	result := map[string]int{}
	for _, table := range tables {
		n, err := db.NewSelect().Table(table).Count(ctx)
		require.NoError(t, err)
		result[table] = int(n)
	}
	return result
}

func TestLoadTwiceChangesNothing(t *testing.T) {
	ctx, db := loaded(t)
	before := counts(t, ctx, db)
	_, err := db.NewUpdate().Table("people").Set("unsubscribed_at = ?", now).Where("email = ?", "reader-0001@readers.example").Exec(ctx)
	require.NoError(t, err)

	require.NoError(t, demo.Load(ctx, db, now.AddDate(0, 0, 3)))

	require.Equal(t, before, counts(t, ctx, db))
	p, err := models.PersonByEmail(ctx, db, "reader-0001@readers.example")
	require.NoError(t, err)
	require.NotNil(t, p.UnsubscribedAt, "what somebody did since is kept")
}

func TestTwoProgrammesMayLoadAtOnce(t *testing.T) {
	db := testdb.New(t)
	errs := make(chan error, 2)
	for range 2 {
		go func() { errs <- demo.Load(context.Background(), db, now) }()
	}
	require.NoError(t, <-errs)
	require.NoError(t, <-errs)
	require.Equal(t, 1, counts(t, t.Context(), db)["recommendations"])
}

func TestNetworkIsThatOfTheMission(t *testing.T) {
	ctx, db := loaded(t)
	n := counts(t, ctx, db)
	require.Equal(t, 5, n["languages"])
	require.Equal(t, 8, n["countries"])
	require.Equal(t, 6, n["challenges"])
	require.GreaterOrEqual(t, n["authorities"], 30)
	require.GreaterOrEqual(t, n["topics"], 10)
	require.Equal(t, 4, n["grants"])

	for kind, want := range map[string]int{"lead": 1, "partner": 7, "academic": 7, "expertise": 1, "funder": 4} {
		list, err := models.Organisations(ctx, db, models.OrganisationFilter{Kinds: []string{kind}})
		require.NoError(t, err)
		require.Len(t, list, want, kind)
	}
	countries, err := models.Countries(ctx, db)
	require.NoError(t, err)
	var codes []string
	for _, c := range countries {
		codes = append(codes, c.Code)
		_, err := c.Location()
		require.NoError(t, err)
	}
	uncovered, err := models.UncoveredCountries(ctx, db, codes, now)
	require.NoError(t, err)
	require.Equal(t, []string{"HR"}, uncovered)
}

func TestPeopleAreWrittenToInEveryLanguage(t *testing.T) {
	ctx, db := loaded(t)
	var asked []string
	require.NoError(t, db.NewSelect().Table("people").ColumnExpr("DISTINCT language").
		Where("EXISTS (SELECT 1 FROM roles WHERE roles.person_id = people.id AND roles.role IN ('partner', 'expert', 'translator'))").OrderExpr("1").Scan(ctx, &asked))
	require.ElementsMatch(t, []string{"bg", "en", "ro", "sq", "sr-Latn"}, asked)
}

func TestEveryNameIsThereInBothLanguages(t *testing.T) {
	ctx, db := loaded(t)
	for _, table := range []string{"languages", "countries", "topics", "challenges", "authorities", "procedures"} {
		var rows []struct {
			Names models.Names `bun:"type:jsonb"`
		}
		require.NoError(t, db.NewSelect().Table(table).Column("names").Scan(ctx, &rows))
		require.NotEmpty(t, rows)
		for _, row := range rows {
			require.NotEmpty(t, row.Names["en"], "%s: %v", table, row.Names)
			require.NotEmpty(t, row.Names["bg"], "%s: %v", table, row.Names)
		}
	}
}

func TestAuthoritiesAreNamedInTheLanguagesOfTheirCountry(t *testing.T) {
	ctx, db := loaded(t)
	own := map[string][]string{"AL": {"sq"}, "BA": {"sr-Latn"}, "BG": {"bg"}, "HR": {"sr-Latn"}, "XK": {"sq", "sr-Latn"}, "MD": {"ro"}, "RO": {"ro"},
		"RS": {"sr-Latn"}}
	list, err := models.Authorities(ctx, db, models.AuthorityFilter{Limit: 5000})
	require.NoError(t, err)
	for _, a := range list {
		for _, tag := range own[a.CountryCode] {
			require.NotEmpty(t, a.Names[tag], "%s in %s", a.Slug, tag)
		}
	}
}

func TestDelegationsShareOneVote(t *testing.T) {
	ctx, db := loaded(t)
	sisters, err := models.VotingUnitMembers(ctx, db, demo.ID("organisation", "tdh"))
	require.NoError(t, err)
	require.Len(t, sisters, 5)
	require.Contains(t, sisters, demo.ID("organisation", "tdh-xk"))
}

func TestReadersCountExactly(t *testing.T) {
	ctx, db := loaded(t)
	byLanguage, err := models.MailingAudienceCounts(ctx, db, models.Readership{Audience: models.Audience{Roles: []string{models.RoleReader}}, Kind: models.MailingKindCampaign, At: time.Now()})
	require.NoError(t, err)
	require.Len(t, byLanguage, 5)
	total := 0
	for _, c := range byLanguage {
		total += c.People
	}
	require.Equal(t, demo.MailableReaders, total)

	everybody, err := models.MailingAudience(ctx, db, models.Audience{}).Count(ctx)
	require.NoError(t, err)
	require.EqualValues(t, demo.MailableReaders, everybody, "nobody of the staff is written to")

	without, err := db.NewSelect().Table("people").Where("email LIKE 'reader-%' AND consent_at IS NULL").Count(ctx)
	require.NoError(t, err)
	require.EqualValues(t, demo.ReadersNotConsented, without)
	left, err := db.NewSelect().Table("people").Where("unsubscribed_at IS NOT NULL").Count(ctx)
	require.NoError(t, err)
	require.EqualValues(t, demo.ReadersUnsubscribed, left)
}

func TestEveryAddressIsAnExample(t *testing.T) {
	ctx, db := loaded(t)
	real, err := db.NewSelect().Table("people").Where("email NOT LIKE '%.example'").Count(ctx)
	require.NoError(t, err)
	require.Zero(t, real)
	real, err = db.NewSelect().Table("authorities").Where("email <> '' AND email NOT LIKE '%.example'").Count(ctx)
	require.NoError(t, err)
	require.Zero(t, real)
}

// TestALetterToRepresentativesCanBeTried: to those whom the brief addresses and others of every country, by e-mail or by post.
func TestALetterToRepresentativesCanBeTried(t *testing.T) {
	ctx, db := loaded(t)
	list, err := models.Authorities(ctx, db, models.AuthorityFilter{Limit: 5000})
	require.NoError(t, err)
	mail, post, none := map[string]int{}, 0, 0
	for _, a := range list {
		switch {
		case a.Email != "":
			mail[a.CountryCode]++
		case a.Address != "":
			require.Len(t, a.AddressLines(), 2, a.Slug)
			post++
		default:
			none++
		}
	}
	for _, code := range []string{"", "AL", "BA", "BG", "HR", "XK", "MD", "RO", "RS"} {
		require.Positive(t, mail[code], code)
	}
	require.Positive(t, post)
	require.Positive(t, none)
	for _, slug := range []string{"bg-ministry-labour-social-policy", "hr-ministry-labour-family-social-policy", "bg-sofia-municipality"} {
		a, err := models.AuthorityByID(ctx, db, demo.ID("authority", slug))
		require.NoError(t, err)
		require.True(t, a.Writable(), slug)
	}
}

// TestSomeReadersAreFoundByName: about a third agreed to be named within the network.
func TestSomeReadersAreFoundByName(t *testing.T) {
	ctx, db := loaded(t)
	agreed, err := db.NewSelect().Table("people").Where("email LIKE 'reader-%' AND naming = ?", models.NamingNetwork).Count(ctx)
	require.NoError(t, err)
	require.InDelta(t, demo.MailableReaders/3, agreed, 1)
	officer := models.Viewer{PersonID: demo.ID("person", "officer-khc"), Roles: []models.Role{{Role: models.RoleOfficer, OrganisationID: demo.ID("organisation", "khc")}}}
	readers := models.Readership{Audience: models.Audience{Roles: []string{models.RoleReader}, Countries: []string{"BG"}}, Kind: models.MailingKindCampaign, At: time.Now()}
	found, err := models.FindInAudience(ctx, db, officer, readers, "мария")
	require.NoError(t, err)
	require.NotEmpty(t, found)
	var called int
	require.NoError(t, db.NewRaw(`SELECT count(*) FROM people WHERE name ILIKE '%мария%' AND country_code = 'BG' AND email LIKE 'reader-%'`).Scan(ctx, &called))
	require.Less(t, len(found), called, "not everybody agreed")
}

func TestReadersHaveNamesOfTheirOwn(t *testing.T) {
	ctx, db := loaded(t)
	var readers, names int
	err := db.NewSelect().Table("people").ColumnExpr("count(*), count(DISTINCT name)").Where("email LIKE 'reader-%'").Scan(ctx, &readers, &names)
	require.NoError(t, err)
	require.Equal(t, demo.MailableReaders+demo.ReadersNotConsented+demo.ReadersUnsubscribed, readers)
	require.Equal(t, readers, names)
}

func TestExperts(t *testing.T) {
	ctx, db := loaded(t)
	experts, err := models.ExpertsFor(ctx, db, models.ExpertFilter{Topics: []string{"leaving-care"}, Languages: []string{"en"}})
	require.NoError(t, err)
	require.Len(t, experts, demo.Experts)
	require.Equal(t, 1, experts[0].TopicsMatched)
	reading, withPassword := 0, 0
	for _, e := range experts {
		if slices.Contains(e.Languages, "bg") {
			reading++
		}
		if e.PasswordHash != "" {
			withPassword++
		}
	}
	require.GreaterOrEqual(t, reading, 3)
	require.Equal(t, 1, withPassword)
}

func TestTranslatorsInEveryLanguage(t *testing.T) {
	ctx, db := loaded(t)
	for _, tag := range []string{"bg", "sq", "ro", "sr-Latn"} {
		list, err := models.TranslatorsFor(ctx, db, tag, nil)
		require.NoError(t, err)
		require.GreaterOrEqual(t, len(list), 2, tag)
	}
}

func TestAccountsSignIn(t *testing.T) {
	ctx, db := loaded(t)
	accounts, err := demo.Accounts()
	require.NoError(t, err)
	roles := map[string]int{}
	for _, a := range accounts {
		roles[a.Role]++
		require.NotEmpty(t, a.Organisation, a.Email)
	}
	for _, role := range models.RoleNames() {
		require.NotZero(t, roles[role], role)
	}
	require.Equal(t, 3, roles[models.RoleOfficer])

	p, err := models.SignIn(ctx, db, accounts[0].Email, demo.Password)
	require.NoError(t, err)
	require.Equal(t, accounts[0].Name, p.Name)
	_, err = models.SignIn(ctx, db, accounts[0].Email, "tribuna-dem0")
	require.Error(t, err)
	_, err = models.SignIn(ctx, db, "fiona.carmichael@experts.example", demo.Password)
	require.Error(t, err, "an expert without an account")
}

func TestPeopleWithoutACountryHaveTheNetworksClock(t *testing.T) {
	db := testdb.New(t)
	require.NoError(t, demo.Load(t.Context(), db, now))
	zone, err := models.ZoneOf(t.Context(), db, "")
	require.NoError(t, err)
	require.Equal(t, "Europe/Budapest", zone.String())
}
