package web

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/internal/demo"
	"tribuna/internal/i18n"
	"tribuna/models"
)

func TestPeopleSeeAndChangeWhatIsKnownOfThem(t *testing.T) {
	h := newHouse(t)
	require.Equal(t, http.StatusSeeOther, h.public("en").get(profilePath).StatusCode, "nobody is led to signing in")
	officer := h.person("officer-khc")
	require.NoError(t, models.AddRole(t.Context(), h.db, models.Role{PersonID: officer.ID, OrganisationID: demo.ID("organisation", "cyi"), Role: models.RoleReader}))
	b := h.as("officer-khc", "en")
	page := b.get(accountPath).Body
	for _, says := range []string{officer.Name, officer.Email, "Europe/Sofia", "Policy officer, Know-how Centre Bulgaria", "Reader, Centre for Youth Integration Serbia"} {
		require.Contains(t, page, says)
	}
	form := b.get(profilePath).Body
	require.NotContains(t, form, `name="topics"`, "who is asked for no review is found by no topic")
	require.NotContains(t, form, `name="email"`)

	said := url.Values{"name": {" "}, "language": {"tlh"}, "country_code": {"RO"}, "naming": {"public"}, "topics": {"sexual-abuse"}, "email": {"other@tribuna.example"}}
	require.Contains(t, b.post(profilePath, said).Body, `href="#f-name"`)
	said.Set("name", "Milena D.")
	require.Contains(t, b.post(profilePath, said).Body, `href="#f-language"`, "no language of the network")
	said.Set("language", "ro")
	seen := seenMarks.FindStringSubmatch(form)
	require.Len(t, seen, 2)
	said.Set("seen", seen[1])
	require.Equal(t, http.StatusSeeOther, b.post(profilePath, said).StatusCode)
	now := h.person("officer-khc")
	require.Equal(t, [5]string{"Milena D.", "ro", "RO", "public", officer.Email}, [5]string{now.Name, now.Language, now.CountryCode, now.Naming, now.Email})
	require.Equal(t, officer.Topics, now.Topics, "what was not asked stays")
	require.Equal(t, http.StatusPreconditionFailed, b.post(profilePath, said).StatusCode, "it was changed since it was opened")
	require.Contains(t, h.as("coordinator", "en").get(administrationPath+"/journal").Body, "may the name be shown: Yes, also in public")

	still := h.as("coordinator", "en").get(profilePath).Body
	require.Contains(t, still, h.person("coordinator").Name, "everybody changes their own")
}

func TestExpertsSayWhatTheyCanBeAsked(t *testing.T) {
	h := newHouse(t)
	reader := h.person("reader")
	require.NoError(t, models.AddRole(t.Context(), h.db, models.Role{PersonID: reader.ID, OrganisationID: demo.ID("organisation", "khc"), Role: models.RoleExpert}))
	b := h.as("reader", "en")
	require.Contains(t, b.get(profilePath).Body, `name="topics"`)
	form := url.Values{"name": {reader.Name}, "language": {"en"}, "languages": {"en", "sq"}, "topics": {"leaving-care"}, "max_open": {"99"}}
	require.Contains(t, b.post(profilePath, form).Body, `href="#f-max_open"`)
	form.Set("max_open", "1")
	require.Equal(t, http.StatusSeeOther, b.post(profilePath, form).StatusCode)
	now := h.person("reader")
	require.Equal(t, []string{"leaving-care"}, now.Topics)
	require.Equal(t, models.NamingNone, now.Naming, "nobody agrees by saying nothing")
	require.Contains(t, b.get(accountPath).Body, "Leaving care")
}

func TestPeopleSeeWhatIsKeptAboutThem(t *testing.T) {
	h := newHouse(t)
	imported(t, h.as("coordinator", "en"), "Ana,ana@list.example,bg\n")
	ana, err := models.PersonByEmail(t.Context(), h.db, "ana@list.example")
	require.NoError(t, err)
	origin, err := models.DataOriginOf(t.Context(), h.db, ana.ID)
	require.NoError(t, err)
	require.NotEmpty(t, origin.Source)

	reader := h.person("reader")
	h.exec(`UPDATE contact_notices SET person_id = ? WHERE person_id = ?`, reader.ID, ana.ID) // who can sign in
	h.exec(`UPDATE installation SET data_holder = 'Tdh, Budapest', data_contact = 'privacy@tdh.example'`)
	h.exec(`INSERT INTO tasks (id, process_id, recommendation_id, kind, person_id, round, opened_at, due_at, grace_until) VALUES (?0, ?1, ?1, 'review', ?2, 1, now(), now(), now())`,
		models.NewID(), h.brief.ID, reader.ID)
	h.exec(`INSERT INTO reviews (task_id, recommendation_id, version_id, round, person_id, answer, naming, decision_id, answered_at)
		SELECT id, recommendation_id, ?1, 1, person_id, 'support', 'public', 'once', now() FROM tasks WHERE person_id = ?0`, reader.ID, *h.brief.CurrentVersionID)
	for _, tag := range i18n.Tags() {
		l, page := i18n.For(tag), h.as("reader", tag).get(dataHeldPath)
		sound(t, page)
		for _, says := range []string{"Tdh, Budapest", "privacy@tdh.example", origin.Source, l.T("contacts.basis." + origin.Basis), l.T("profile.kept.answers"),
			h.brief.Title, l.T("review.naming.public")} {
			require.Contains(t, page.Body, says, tag)
		}
	}
	officer := h.as("officer-khc", "en").get(dataHeldPath).Body
	require.Contains(t, officer, "Entered by a coordinator, not from a list")
	require.NotContains(t, officer, h.brief.Title, "what another agreed to is not theirs to see")
	h.exec(`UPDATE recommendations SET quarantined_at = now() WHERE id = ?`, h.brief.ID)
	require.NotContains(t, h.as("reader", "en").get(dataHeldPath).Body, h.brief.Title)
}
