package mail_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"strings"
	"testing"

	gomessage "github.com/emersion/go-message"
	"github.com/stretchr/testify/require"

	"tribuna/internal/links"
	"tribuna/internal/mail"
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
	requireEmblem(t, letter, "own", "the emblem of its language")
	english, err := n.compose(n.mail(models.MailMailing, n.speaker, "en", nil))
	require.NoError(t, err)
	requireEmblem(t, english, "all", "the emblem of all others")
	require.NotContains(t, english.HTML, `<span lang="en">`)
}

// TestAnEmblemTravelsWithEveryCopy of a mailing, as it was brought, at the end that all have in common.
func TestAnEmblemTravelsWithEveryCopy(t *testing.T) {
	n, s := newNetwork(t), newServer(t, nil)
	shown := picture(t, 7)
	sum := sha256.Sum256(shown)
	hash := hex.EncodeToString(sum[:])
	grant := models.NewID()
	n.exec(`INSERT INTO emblems VALUES (?, 'image/png', 800, 40, ?, now())`, hash, shown)
	n.exec(`INSERT INTO grants (id, number, funder_id, title, period_from, period_until, emblem_sha256) VALUES (?, 'N', ?, 'G', '2026-01-01', '2026-12-31', ?)`, grant, n.owner, hash)
	n.exec(`INSERT INTO recommendation_grants VALUES (?, ?)`, n.recommendation, grant)
	n.launch(4)
	drain(t, newSender(t, n, s, newClock()), mail.Batch{MailingID: &n.mailing})
	require.Equal(t, models.MailCounts{Delivered: 4}, n.counts())
	for _, raw := range s.whole {
		e, err := gomessage.Read(bytes.NewReader(raw))
		require.NoError(t, err)
		found := 0
		require.NoError(t, e.Walk(func(_ []int, e *gomessage.Entity, err error) error {
			require.NoError(t, err)
			switch kind, _, _ := e.Header.ContentType(); kind {
			case "text/html":
				body, err := io.ReadAll(e.Body)
				require.NoError(t, err)
				require.Contains(t, string(body), `src="cid:`+hash[:32]+`@emblems"`)
			case "image/png":
				found++
				require.Equal(t, "<"+hash[:32]+"@emblems>", e.Header.Get("Content-Id"))
				body, err := io.ReadAll(e.Body)
				require.NoError(t, err)
				require.Equal(t, shown, body)
			}
			return nil
		}))
		require.Equal(t, 1, found)
	}
}

// requireEmblem looks for a picture within the letter, which nobody fetches from anywhere.
func requireEmblem(t *testing.T, letter *mail.Letter, content, why string) {
	t.Helper()
	require.Len(t, letter.Attached, 1, why)
	a := letter.Attached[0]
	require.Equal(t, []string{content, "emblem.png", "image/png"}, []string{string(a.Content), a.Name, a.MediaType}, why)
	require.Contains(t, letter.HTML, `<img src="cid:`+a.Within+`" height="48" alt="Know-how Centre"`, why)
	require.NotRegexp(t, `<img[^>]+src="http`, letter.HTML)
}
