package web

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tribuna/internal/demo"
	"tribuna/internal/i18n"
	"tribuna/models"
)

// TestLeavingNamesTheOrganisationsThatWouldHaveNobody before anything is done, and a role that is the last is asked about once.
func TestLeavingNamesTheOrganisationsThatWouldHaveNobody(t *testing.T) {
	h := newHouse(t)
	c, words := h.as("coordinator", "en"), i18n.For("en")
	leaving := func(slug string) string {
		t.Helper()
		page := c.get(personPath(h.person(slug).ID) + "/leave")
		require.Equal(t, http.StatusOK, page.StatusCode)
		return page.Body
	}
	warned := words.N("person.silent.title", 1)
	require.NotContains(t, leaving("partner-khc"), warned, "its policy officer answers too")
	require.NotContains(t, leaving("expert-01"), warned)
	cyi := demo.ID("organisation", "cyi")
	q := h.ask(models.TaskConsult, h.person("partner-cyi").ID)
	q.PersonID, q.OrganisationID, q.Alone = nil, &cyi, true
	require.NoError(t, q.Save(t.Context(), h.db))
	alone := leaving("partner-cyi")
	for _, said := range []string{warned, "Centre for Youth Integration Serbia", organisationPath(cyi), words.T("person.silent.alone"), words.N("person.silent.asked", 1), peoplePath} {
		require.Contains(t, alone, said)
	}
	require.Contains(t, leaving("partner-tdh-al"), words.T("person.silent.sister", "Unit", "Terre des hommes, Regional Office for Europe (Budapest)")[:40])

	path := personPath(h.person("partner-cyi").ID) + "/roles/remove"
	role := url.Values{"role": {"partner"}, "organisation_id": {cyi.String()}}
	asked := c.post(path, role)
	require.Equal(t, http.StatusConflict, asked.StatusCode)
	require.Contains(t, asked.Body, words.T("person.silent.alone"))
	sound(t, asked)
	held, err := models.RolesHeld(t.Context(), h.db, h.person("partner-cyi").ID)
	require.NoError(t, err)
	require.Len(t, held, 1, "nothing is done before it is confirmed")
	require.NoError(t, models.AddRole(t.Context(), h.db, models.Role{PersonID: held[0].PersonID, OrganisationID: cyi, Role: models.RoleOfficer}))
	require.Equal(t, http.StatusSeeOther, c.post(path, role).StatusCode, "who keeps another role there answers by that")
	role.Set("role", "officer")
	require.Equal(t, http.StatusConflict, c.post(path, role).StatusCode)
	role.Set("confirmed", "yes")
	require.Equal(t, http.StatusSeeOther, c.post(path, role).StatusCode)
	require.NotContains(t, leaving("partner-cyi"), warned, "nobody is lost with them any more")
}

// TestTheLastVoiceOfAUnitIsItsSeats: while a sister has somebody, the vote they share is cast.
func TestTheLastVoiceOfAUnitIsItsSeats(t *testing.T) {
	h := newHouse(t)
	last := h.person("partner-tdh-al")
	without := func() models.Voiceless {
		t.Helper()
		list, err := models.VoicelessWithout(t.Context(), h.db, last.ID, nil, time.Now())
		require.NoError(t, err)
		require.Len(t, list, 1)
		require.Equal(t, demo.ID("organisation", "tdh-al"), list[0].ID)
		require.NotEmpty(t, list[0].Unit)
		return list[0]
	}
	require.False(t, without().Seat)
	_, err := h.db.NewRaw(`UPDATE people SET left_at = now() WHERE id <> ? AND id IN (SELECT speaks.person_id FROM roles AS speaks
		JOIN organisations AS o ON o.id = speaks.organisation_id WHERE o.voting_unit = ?)`, last.ID, demo.ID("organisation", "tdh")).Exec(t.Context())
	require.NoError(t, err)
	require.True(t, without().Seat)
	_, err = h.db.NewRaw("UPDATE organisations SET member_until = current_date - 1 WHERE id = ?", demo.ID("organisation", "tdh-al")).Exec(t.Context())
	require.NoError(t, err)
	list, err := models.VoicelessWithout(t.Context(), h.db, last.ID, nil, time.Now())
	require.NoError(t, err)
	require.Empty(t, list, "who is no member and is asked nothing needs nobody")
}
