package mail_test

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/internal/links"
	"tribuna/models"
)

func TestMailingIsSafeAndCanBeEnded(t *testing.T) {
	n := newNetwork(t)
	letter, err := n.compose(n.mail(models.MailMailing, n.speaker, "en", nil))
	require.NoError(t, err)
	soundLetter(t, letter, "en")
	require.Equal(t, "Care leavers need mentors", letter.Subject)
	require.Contains(t, letter.HTML, "<strong>a recommendation</strong>")
	require.NotContains(t, letter.HTML, "<script")
	require.Contains(t, letter.Text, "(https://tribuna.example/p/leaving-care)")

	token, ok := strings.CutPrefix(letter.Unsubscribe, baseURL+"/u/")
	require.True(t, ok)
	claims, err := n.minter.Check(token)
	require.NoError(t, err)
	require.Equal(t, links.Claims{Kind: links.KindUnsubscribe, ID: n.mailing, PersonID: n.speaker}, claims)
	require.Contains(t, letter.Text, letter.Unsubscribe)
	require.Contains(t, letter.HTML, letter.Unsubscribe)

	bulgarian, err := n.compose(n.mail(models.MailMailing, n.expert, "bg", nil))
	require.NoError(t, err)
	soundLetter(t, bulgarian, "bg")
	require.Contains(t, bulgarian.HTML, "<strong>препоръка</strong>")
}

func TestMailingNamesCountriesAsTheGrantWants(t *testing.T) {
	n := newNetwork(t)
	grant := models.NewID()
	n.exec(`INSERT INTO recommendation_countries VALUES (?, 'BG')`, n.recommendation)
	n.exec(`INSERT INTO grants (id, number, funder_id, title, period_from, period_until) VALUES (?, 'N', ?, 'G', '2026-01-01', '2026-12-31')`, grant, n.owner)
	n.exec(`INSERT INTO grant_designations VALUES (?, 'BG', 'bg', 'България*', '* Така иска дарителят.')`, grant)
	n.exec(`INSERT INTO recommendation_grants VALUES (?, ?)`, n.recommendation, grant)
	n.exec(`INSERT INTO grant_statements VALUES (?, 'bg', 'Платено от дарителя.', ''), (?, 'en', 'Paid by the funder.', 'Not its views.')`, grant, grant)
	n.exec(`INSERT INTO emblems VALUES (encode(sha256('own'), 'hex'), 'image/png', 1, 1, 'own', now()), (encode(sha256('all'), 'hex'), 'image/png', 1, 1, 'all', now())`)
	n.exec(`UPDATE grants SET emblem_sha256 = encode(sha256('all'), 'hex')`)
	n.exec(`INSERT INTO grant_emblems VALUES (?, 'bg', encode(sha256('own'), 'hex'))`, grant)
	letter, err := n.compose(n.mail(models.MailMailing, n.expert, "bg", nil))
	require.NoError(t, err)
	for _, half := range []string{letter.HTML, letter.Text} {
		require.Contains(t, half, "България*")
		require.Contains(t, half, "* Така иска дарителят.")
		require.Contains(t, half, "Платено от дарителя.")
		require.Contains(t, half, "Not its views.", "what it does not say in Bulgarian stands in English")
	}
	require.Contains(t, letter.HTML, `<span lang="en">Not its views.</span>`)
	require.Contains(t, letter.HTML, `<img src="`+baseURL+"/emblems/"+fmt.Sprintf("%x", sha256.Sum256([]byte("own"))), "the emblem of its language")
	english, err := n.compose(n.mail(models.MailMailing, n.speaker, "en", nil))
	require.NoError(t, err)
	require.Contains(t, english.HTML, "/emblems/"+fmt.Sprintf("%x", sha256.Sum256([]byte("all"))), "the emblem of all others")
	require.NotContains(t, english.HTML, `<span lang="en">`)
}
