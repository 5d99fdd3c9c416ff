package models_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tribuna/internal/apperr"
	"tribuna/models"
)

func consents(p *models.Person) {
	at := noon.AddDate(-1, 0, 0)
	p.ConsentAt, p.ConsentSource = &at, "form"
}

func livesIn(country, language string) func(*models.Person) {
	return func(p *models.Person) { p.CountryCode, p.Language = country, language }
}

func TestOnlyThoseWhoMayBeWrittenToAreInAnAudience(t *testing.T) {
	n := newNetwork(t)
	n.person(t, "may", models.RoleReader, n.lead, consents)
	n.person(t, "no-consent", models.RoleReader, n.lead)
	n.person(t, "gone", models.RoleReader, n.lead, consents, left)
	stopped := n.person(t, "stopped", models.RoleReader, n.lead, consents)
	require.NoError(t, models.Unsubscribe(t.Context(), n.db, stopped.ID, noon))
	n.person(t, "Bounced", models.RoleReader, n.lead, consents)
	require.NoError(t, models.Suppress(t.Context(), n.db, "BOUNCED@people.example", "bounced", noon))
	require.NoError(t, models.Suppress(t.Context(), n.db, "bounced@people.example", "again", noon))

	var who []string
	require.NoError(t, models.MailingAudience(t.Context(), n.db, models.Audience{}).Column("name").Scan(t.Context(), &who))
	require.Equal(t, []string{"may"}, who)
}

func TestAudienceByCountryLanguageAndRole(t *testing.T) {
	n := newNetwork(t)
	n.person(t, "bg-bg", models.RoleReader, n.lead, consents, livesIn("BG", "bg"))
	n.person(t, "bg-en", models.RoleReader, n.lead, consents, livesIn("BG", "en"))
	n.person(t, "hr-en", models.RoleReader, n.lead, consents, livesIn("HR", "en"))
	n.person(t, "officer", models.RoleOfficer, n.partner, consents, livesIn("BG", "bg"))

	for _, c := range []struct {
		audience models.Audience
		want     []models.AudienceCount
	}{
		{models.Audience{}, []models.AudienceCount{{Language: "en", People: 2}, {Language: "bg", People: 2}}},
		{models.Audience{Countries: []string{"BG"}}, []models.AudienceCount{{Language: "en", People: 1}, {Language: "bg", People: 2}}},
		{models.Audience{Languages: []string{"en"}, Countries: []string{"HR"}}, []models.AudienceCount{{Language: "en", People: 1}}},
		{models.Audience{Roles: []string{models.RoleReader}}, []models.AudienceCount{{Language: "en", People: 2}, {Language: "bg", People: 1}}},
		{models.Audience{Roles: []string{models.RoleExpert}}, nil},
	} {
		counts, err := models.MailingAudienceCounts(t.Context(), n.db, models.Readership{Audience: c.audience, At: noon})
		require.NoError(t, err)
		require.Equal(t, c.want, counts, "%+v", c.audience)
	}
}

func TestUnsubscribingAgainKeepsTheFirstTime(t *testing.T) {
	n := newNetwork(t)
	p := n.person(t, "reader", models.RoleReader, n.lead, consents)
	require.True(t, p.Mailable())
	require.NoError(t, models.Unsubscribe(t.Context(), n.db, p.ID, noon))
	require.NoError(t, models.Unsubscribe(t.Context(), n.db, p.ID, noon.Add(time.Hour)))
	p, err := models.PersonByID(t.Context(), n.db, p.ID)
	require.NoError(t, err)
	require.True(t, p.UnsubscribedAt.Equal(noon))
	require.False(t, p.Mailable())
}

func TestAudienceIsValidated(t *testing.T) {
	require.NoError(t, models.Audience{Roles: models.RoleNames()}.Validate())
	require.Equal(t, apperr.CodeInvalid, apperr.CodeOf(models.Audience{Roles: []string{"everybody"}}.Validate()))
	require.Equal(t, apperr.CodeInvalid, apperr.CodeOf(models.Audience{Countries: make([]string, 101)}.Validate()))
}
