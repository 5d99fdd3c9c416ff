package mail_test

import (
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/internal/i18n"
	"tribuna/internal/links"
	"tribuna/internal/mail"
	"tribuna/models"
)

var objectionLink = regexp.MustCompile(`https://tribuna\.example/o/(to_[A-Za-z0-9_-]+)`)

func TestWhoCameFromAListIsToldAllThatTheLawWants(t *testing.T) {
	n := newNetwork(t)
	list := models.NewID()
	n.exec(`UPDATE installation SET data_holder = 'Terre des hommes, Budapest', data_contact = 'privacy@tdh.example'`)
	n.exec(`INSERT INTO contact_imports (id, person_id, kind, name, content, mapping, source, basis, created_at, imported_at)
		VALUES (?, ?, 'people', 'list.xlsx', '', '{}', 'Participants of the conference in Sofia', 'interest', now(), now())`, list, n.coordinator)
	n.exec(`INSERT INTO contact_notices (person_id, import_id, due_at) VALUES (?, ?, now())`, n.expert, list)
	for _, basis := range models.ContactBases() {
		n.exec(`UPDATE contact_imports SET basis = ?`, basis)
		for _, language := range i18n.Tags() {
			letter, err := n.compose(n.mail(models.MailSourceNotice, n.expert, language, nil))
			require.NoError(t, err)
			soundLetter(t, letter, language)
			for _, said := range []string{"Terre des hommes, Budapest", "privacy@tdh.example", "Participants of the conference in Sofia"} {
				require.Contains(t, letter.Text, said)
				require.Contains(t, letter.HTML, said)
			}
			found := objectionLink.FindAllStringSubmatch(letter.Text, -1)
			require.Len(t, found, 1)
			claims, err := n.minter.Check(found[0][1])
			require.NoError(t, err)
			require.Equal(t, links.Claims{Kind: links.KindObjection, ID: list, PersonID: n.expert}, claims)
			require.Contains(t, letter.Unsubscribe, baseURL+"/u/tu_")
			require.Contains(t, letter.Text, letter.Unsubscribe)
			require.NotContains(t, links.Redact(letter.Text), found[0][1], "no log shows it")
		}
	}
	preview, err := mail.NewComposer(n.db, n.minter, baseURL).Preview(t.Context(), n.mail(models.MailSourceNotice, n.expert, "bg", nil), monday)
	require.NoError(t, err)
	require.Equal(t, "Здравейте, Мария Експерт!", preview.Greeting)

	n.exec(`UPDATE contact_notices SET told_at = now()`)
	_, err = n.compose(n.mail(models.MailSourceNotice, n.expert, "en", nil))
	require.ErrorAs(t, err, new(mail.NotOwed), "told another way meanwhile")
	_, err = n.compose(n.mail(models.MailSourceNotice, n.speaker, "en", nil))
	require.ErrorAs(t, err, new(mail.NotOwed), "nobody owes them one")
}

func TestCoordinatorsAreToldOfAnObjectionWithoutAName(t *testing.T) {
	n := newNetwork(t)
	for _, language := range i18n.Tags() {
		letter, err := n.compose(n.mail(models.MailDataObjection, n.coordinator, language, nil))
		require.NoError(t, err)
		soundLetter(t, letter, language)
		require.Contains(t, letter.Text, baseURL+"/administration/contacts/notices")
	}
}
