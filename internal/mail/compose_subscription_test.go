package mail_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/i18n"
	"tribuna/internal/links"
	"tribuna/internal/mail"
	"tribuna/models"
)

// asked has somebody type an address into the form, and returns the mail that lies in the outbox for it.
func (n *network) asked(address, language string) models.OutboxMail {
	n.t.Helper()
	n.exec(`INSERT INTO languages (tag, endonym) VALUES (?, ?) ON CONFLICT DO NOTHING`, language, language)
	require.NoError(n.t, models.AskSubscription(n.t.Context(), n.db, models.SubscriptionInput{Email: address, Name: "Buy now at spam.example", Language: language,
		Consent: "I agree.", ReadIn: "en"}, monday))
	var m models.OutboxMail
	require.NoError(n.t, n.db.NewSelect().Model(&m).Where("o.kind = ?", models.MailSubscription).Order("o.id DESC").Limit(1).Scan(n.t.Context()))
	return m
}

func TestSubscribersAreAskedInTheirLanguage(t *testing.T) {
	n := newNetwork(t)
	for _, tag := range i18n.Tags() {
		address := "mara-" + tag + "@readers.example"
		m := n.asked(address, tag)
		require.Equal(t, uuid.Nil, m.PersonID)
		letter, err := n.compose(m)
		require.NoError(t, err)
		soundLetter(t, letter, tag)
		require.Equal(t, address, letter.To.Address)
		require.Empty(t, letter.Unsubscribe, "it is no mailing")
		for _, half := range []string{letter.To.Name, letter.Subject, letter.Text, letter.HTML} {
			require.NotContains(t, half, "spam.example", "the form sends nobody's words")
		}
		_, rest, ok := strings.Cut(letter.Text, baseURL+"/subscribe/")
		require.True(t, ok)
		claims, err := n.minter.Check(strings.Fields(rest)[0])
		require.NoError(t, err)
		require.Equal(t, links.Claims{Kind: links.KindSubscription, ID: *m.Data.Request}, claims)
	}
}

// TestSubscribersReadWhoWritesAndUntilWhenByTheirClock: who holds the data, else the lead organisation; the country they gave, else
// the network's zone, which is named.
func TestSubscribersReadWhoWritesAndUntilWhenByTheirClock(t *testing.T) {
	n := newNetwork(t)
	n.exec(`UPDATE installation SET zone = 'Europe/Budapest'`)
	n.exec(`UPDATE organisations SET kind = 'lead', name = 'Regional Office', member_from = '2015-01-01', member_until = NULL WHERE id = (SELECT id FROM organisations ORDER BY id LIMIT 1)`)
	read := func(m models.OutboxMail) string {
		letter, err := n.compose(m)
		require.NoError(t, err)
		return strings.Join(strings.Fields(letter.Text), " ")
	}
	m := n.asked("nowhere@readers.example", "en")
	text := read(m)
	require.Contains(t, text, "Regional Office")
	require.Contains(t, text, "Central European")
	n.exec(`UPDATE installation SET data_holder = 'Tdh, Budapest'`)
	n.exec(`UPDATE subscription_requests SET country_code = 'BG' WHERE id = ?`, *m.Data.Request)
	text = read(m)
	require.Contains(t, text, "Tdh, Budapest")
	require.Contains(t, text, "Eastern European")
	require.NotContains(t, text, "Central European")
}

func TestNobodyIsAskedForNothing(t *testing.T) {
	n := newNetwork(t)
	for name, change := range map[string]func(models.OutboxMail){
		"confirmed": func(m models.OutboxMail) {
			_, err := models.ConfirmSubscription(t.Context(), n.db, *m.Data.Request, monday)
			require.NoError(t, err)
		},
		"suppressed": func(models.OutboxMail) {
			require.NoError(t, models.Suppress(t.Context(), n.db, "suppressed@readers.example", "objection", monday))
		},
		"late": func(m models.OutboxMail) {
			n.exec(`UPDATE subscription_requests SET expires_at = ? WHERE id = ?`, monday, *m.Data.Request)
		},
		"swept": func(models.OutboxMail) {
			require.NoError(t, models.DeleteOldSubscriptionRequests(t.Context(), n.db, monday.Add(models.SubscriptionLife+time.Hour)))
		},
	} {
		m := n.asked(name+"@readers.example", "en")
		change(m)
		_, err := n.compose(m)
		require.ErrorAs(t, err, new(mail.NotOwed), name)
	}
	erased := n.mail(models.MailDigest, uuid.Nil, "en", nil)
	_, err := n.compose(erased)
	require.ErrorAs(t, err, new(mail.NotOwed))
}

func TestMailingsLeadToWhatTheirReaderWants(t *testing.T) {
	n := newNetwork(t)
	m := n.mail(models.MailMailing, n.speaker, "en", nil)
	m.RecommendationID = &n.recommendation
	require.NoError(t, models.Enqueue(t.Context(), n.db, &m))
	letter, err := n.compose(m)
	require.NoError(t, err)
	soundLetter(t, letter, "en")
	_, rest, ok := strings.Cut(letter.Text, baseURL+"/preferences/")
	require.True(t, ok)
	token := strings.Fields(rest)[0]
	claims, err := n.minter.Check(token)
	require.NoError(t, err)
	require.Equal(t, links.Claims{Kind: links.KindPreferences, ID: n.mailing, PersonID: n.speaker}, claims)
	require.Contains(t, letter.HTML, baseURL+"/preferences/"+token)

	pref := models.MailingPreference{PersonID: n.speaker, AtMost: models.AtMostEach, Refused: []string{models.MailingKindCampaign}}
	require.NoError(t, pref.Save(t.Context(), n.db, monday))
	_, err = n.compose(m)
	require.ErrorAs(t, err, new(mail.NotOwed), "said after it was frozen")
}

func TestListUnsubscribeNamesPageAndAddress(t *testing.T) {
	const page = "https://tribuna.example/u/tu_abc"
	require.Equal(t, "<"+page+">", mail.ListUnsubscribe(page, ""))
	require.Equal(t, "<mailto:back@tribuna.example?subject=unsubscribe%20tu_abc>, <"+page+">", mail.ListUnsubscribe(page, "back@tribuna.example"))
}
