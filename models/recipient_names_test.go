package models_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/models"
)

// namesOf are the names of recipients, in their order.
func namesOf(list []models.Recipient) []string {
	names := make([]string, len(list))
	for i, r := range list {
		names[i] = r.Name
	}
	return names
}

func TestRecipientsAreFoundByNameOrWholeAddress(t *testing.T) {
	n := newEngagedNetwork(t)
	ctx, v := t.Context(), models.Viewer{PersonID: n.officer.ID, Roles: []models.Role{{Role: models.RoleCoordinator}}}
	people := map[string]models.Person{}
	for key, name := range map[string]string{"z": "Zana Hoxha", "ana": "Ana Kovač", "two": "Ana Kovač", "s": "Šejla Marić", "e": "Ёлка Иванова", "k": "100% Kos_ova"} {
		people[key] = n.person(t, key, models.RoleReader, n.lead, consents)
		n.exec(t, `UPDATE people SET name = ? WHERE id = ?`, name, people[key].ID)
		n.mailTo(t, n.mailing, people[key], models.MailDelivered, "250 ok")
	}
	refused := n.person(t, "refused", models.RoleReader, n.lead, consents)
	n.mailTo(t, n.mailing, refused, models.MailFailed, "550 no")
	find := func(f models.RecipientFilter) []string {
		t.Helper()
		list, err := models.RecipientsByName(ctx, n.db, v, n.mailing, f)
		require.NoError(t, err)
		return namesOf(list)
	}
	all := []string{"100% Kos_ova", "Ana Kovač", "Ana Kovač", "Šejla Marić", "Zana Hoxha", "Ёлка Иванова"}
	require.Equal(t, all, find(models.RecipientFilter{State: models.MailDelivered}))
	for search, want := range map[string][]string{
		" ": all, "kovač ANA": {"Ana Kovač", "Ana Kovač"}, "an": {"Ana Kovač", "Ana Kovač", "Zana Hoxha"}, "ёлк": {"Ёлка Иванова"}, "0%": {"100% Kos_ova"}, "s_o": {"100% Kos_ova"},
		"%": {"100% Kos_ova"}, "refused": {}, " S@People.example ": {"Šejla Marić"}, "s@people": {}, "@people.example": {}, "nobody": {},
	} {
		require.Equal(t, want, find(models.RecipientFilter{State: models.MailDelivered, Search: search}), search)
	}

	require.Equal(t, []string{"refused"}, find(models.RecipientFilter{Search: "refused"}), "whatever came of their mail")
	for search, want := range map[string]int{"kovač ANA": 2, " S@People.example ": 1, "s@people": 0, "refused": 1, "nobody": 0, " ": 7} {
		list, err := models.Recipients(ctx, n.db, v, n.mailing, models.RecipientFilter{Search: search, Limit: 100})
		require.NoError(t, err)
		require.Len(t, list, want, search)
	}

	var pages []string
	f := models.RecipientFilter{State: models.MailDelivered, Limit: 2}
	for {
		list, err := models.RecipientsByName(ctx, n.db, v, n.mailing, f)
		require.NoError(t, err)
		if len(list) == 0 {
			break
		}
		pages, f.After = append(pages, namesOf(list)...), list[len(list)-1].ID
	}
	require.Equal(t, all, pages, "two of one name stand on two pages, each once")

	n.exec(t, `UPDATE outbox SET person_id = NULL WHERE person_id = ?`, people["k"].ID) // as EraseContact does
	require.Equal(t, append(append([]string{}, all[1:]...), ""), find(models.RecipientFilter{State: models.MailDelivered}), "who has no name any more stands at the end")
	require.NotContains(t, find(models.RecipientFilter{Search: "kos"}), "")
}

func TestWhoGotAMailingIsListedByName(t *testing.T) {
	n := newEngagedNetwork(t)
	_, people := n.everyOutcome(t)
	n.exec(t, `INSERT INTO countries (code, names, zone) VALUES ('BG', '{"en":"Bulgaria"}', 'Europe/Sofia') ON CONFLICT DO NOTHING`)
	n.exec(t, `UPDATE people SET country_code = 'BG' WHERE id = ?`, people["delivered"].ID)
	v := models.Viewer{PersonID: n.officer.ID, Roles: []models.Role{{Role: models.RoleCoordinator}}}
	got, err := models.ReachedBy(t.Context(), n.db, v, n.mailing, models.OutcomeFilter{}, "", 10)
	require.NoError(t, err)
	require.Len(t, got, 2)
	require.Equal(t, []string{"delivered", "BG", ""}, []string{got[0].Name, got[0].Country, got[0].SettledBy})
	require.Equal(t, []string{"told_arrived", "owner"}, []string{got[1].Name, got[1].SettledBy})
	require.Equal(t, []models.MailOutcome{models.OutcomeDelivered, models.OutcomeToldArrived}, []models.MailOutcome{got[0].Outcome, got[1].Outcome})
	narrow, err := models.ReachedBy(t.Context(), n.db, v, n.mailing, models.OutcomeFilter{Country: "BG", Language: "en"}, "", 10)
	require.NoError(t, err)
	require.Len(t, narrow, 1)
	first, err := models.ReachedBy(t.Context(), n.db, v, n.mailing, models.OutcomeFilter{}, "", 1)
	require.NoError(t, err)
	require.Equal(t, got[:1], first)
}
