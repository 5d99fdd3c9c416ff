package mail_test

import (
	netmail "net/mail"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/mail"
	"tribuna/models"
)

const linked = "Dear {name}, [read](https://example.org/a?x=1&y=2), <https://example.org/a> or <{link}>. [Write](mailto:a@example.org) [{name}](https://example.org/{name})."

func TestLinksLeadStraightUnlessTheyAreCounted(t *testing.T) {
	n := newNetwork(t)
	n.mailingSays("S", linked, "")
	letter, err := n.compose(n.mail(models.MailMailing, n.speaker, "en", nil))
	require.NoError(t, err)
	require.NotContains(t, letter.HTML+letter.Text, baseURL+"/f/")
	require.NotContains(t, letter.Text, "count")
	links, err := models.MailingLinksOf(t.Context(), n.db, n.mailing)
	require.NoError(t, err)
	require.Empty(t, links)
}

func TestCountedLinksAreTheSameForEverybody(t *testing.T) {
	n := newNetwork(t)
	n.mailingSays("S", linked, "")
	n.exec(`UPDATE mailings SET counts_links = true WHERE id = ?`, n.mailing)
	letter, err := n.compose(n.mail(models.MailMailing, n.speaker, "en", nil))
	require.NoError(t, err)
	links, err := models.MailingLinksOf(t.Context(), n.db, n.mailing)
	require.NoError(t, err)
	codes := map[string]string{}
	for _, l := range links {
		codes[l.URL] = l.Code
		require.Contains(t, letter.HTML, `href="`+baseURL+"/f/"+l.Code+`"`)
	}
	require.Contains(t, codes, "https://example.org/a?x=1&y=2")
	require.Contains(t, codes, "https://example.org/", "what a reader is called stands in no address")
	require.Len(t, codes, 5, "four in the body, and the button: %v", codes)
	require.Contains(t, letter.HTML, `href="mailto:a@example.org"`)
	require.NotContains(t, letter.HTML, `href="https://example.org/a`)
	require.Contains(t, letter.Text, baseURL+"/f/"+codes["https://example.org/a"]+" or", "an address that begins as another is not taken for it")
	require.Contains(t, letter.Text, "("+baseURL+"/f/"+codes["https://example.org/a?x=1&y=2"]+")", "nor the bracket around it for a part of it")
	require.Contains(t, letter.HTML, baseURL+"/u/", "what ends mailings is the reader's own, and not counted")
	require.Contains(t, strings.Join(strings.Fields(letter.Text), " "), "We count how often the links in this message are followed, but not by whom.")

	c := n.composer()
	prepared, err := c.Prepare(t.Context(), n.mailing, "en", netmail.Address{Address: "office@tribuna.example"}, monday)
	require.NoError(t, err)
	for _, reader := range []models.MailReader{{ID: uuid.New(), Name: "Ann"}, {ID: uuid.New(), Name: "Bob"}} {
		raw, err := prepared.Fill(nil, mail.Copy{ID: uuid.NewString(), To: netmail.Address{Address: "r@example.org"}, Date: monday,
			Fields: c.Fields(n.mailing, "en", reader, models.PersonalFields{})})
		require.NoError(t, err)
		whole := strings.ReplaceAll(string(raw), "=\r\n", "")
		for url, code := range codes {
			require.Contains(t, whole, baseURL+"/f/"+code, url)
		}
	}
	after, err := models.MailingLinksOf(t.Context(), n.db, n.mailing)
	require.NoError(t, err)
	require.Equal(t, links, after, "no code is anybody's")
}

func TestALookAtALetterCountsNothing(t *testing.T) {
	n := newNetwork(t)
	n.mailingSays("S", linked, "")
	n.exec(`UPDATE mailings SET counts_links = true WHERE id = ?`, n.mailing)
	m, err := models.MailingByID(t.Context(), n.db, n.mailing)
	require.NoError(t, err)
	p, err := n.composer().PreviewMailing(t.Context(), m, "en", models.MailReader{ID: n.speaker, Name: "Ann"}, monday)
	require.NoError(t, err)
	require.Contains(t, p.HTML, `href="https://example.org/a"`)
	require.Contains(t, strings.Join(strings.Fields(p.Text), " "), "We count how often", "but what will be said is seen")
	links, err := models.MailingLinksOf(t.Context(), n.db, n.mailing)
	require.NoError(t, err)
	require.Empty(t, links)
}
