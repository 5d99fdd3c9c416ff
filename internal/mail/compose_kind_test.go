package mail_test

import (
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/links"
	"tribuna/internal/mail"
	"tribuna/models"
)

// another publishes a second recommendation, in English and Bulgarian or in English alone.
func (n *network) another(slug, english, bulgarian string) uuid.UUID {
	n.t.Helper()
	id, version, publication := models.NewID(), models.NewID(), models.NewID()
	n.exec(`INSERT INTO recommendations (id, slug, kind, language, title, organisation_id, officer_id, procedure_id, stage, stage_since, created_at, updated_at, published_at)
		SELECT ?, ?, kind, 'en', ?, ?, officer_id, procedure_id, 'done', now(), now(), now(), now() FROM recommendations WHERE id = ?`,
		id, slug, english, n.partner, n.recommendation)
	n.exec(`INSERT INTO versions (id, recommendation_id, number, title, body, measures, hash, created_by, created_at) VALUES (?, ?, 1, ?, 'B', '[]', 'h', ?, now())`,
		version, id, english, n.officer)
	n.exec(`INSERT INTO publications (id, recommendation_id, version_id, published_at) VALUES (?, ?, ?, now())`, publication, id, version)
	n.exec(`INSERT INTO publication_texts (publication_id, language, title, body, measures) VALUES (?, 'en', ?, E'The first paragraph.\n\nThe second.', '[]')`, publication, english)
	if bulgarian != "" {
		n.exec(`INSERT INTO publication_texts (publication_id, language, title, body, measures) VALUES (?, 'bg', ?, 'Първият абзац.', '[]')`, publication, bulgarian)
	}
	return id
}

func TestANewsletterSaysEachItemInTheLanguageOfItsReader(t *testing.T) {
	n := newNetwork(t)
	both, english := n.another("both", "Money & mentors", "Пари и наставници"), n.another("english", "Only <English>", "")
	n.exec(`UPDATE mailings SET kind = 'newsletter' WHERE id = ?`, n.mailing)
	own := models.NewID()
	n.exec(`INSERT INTO mailing_items (id, mailing_id, position, recommendation_id, link) VALUES (?, ?, 0, ?, ''), (?, ?, 1, NULL, 'https://example.org/meeting'), (?, ?, 2, ?, '')`,
		models.NewID(), n.mailing, english, own, n.mailing, models.NewID(), n.mailing, both)
	n.exec(`INSERT INTO mailing_item_texts VALUES (?, 'en', 'A meeting', 'Come on Monday.'), (?, 'bg', 'Среща', 'Елате в понеделник.')`, own, own)
	n.exec(`INSERT INTO recommendation_countries VALUES (?, 'BG')`, both)

	letter, err := n.compose(n.mail(models.MailMailing, n.expert, "bg", nil))
	require.NoError(t, err)
	soundLetter(t, letter, "bg")
	require.Contains(t, letter.HTML, "<strong>препоръка</strong>", "the words that it begins with")
	for _, half := range []string{letter.HTML, letter.Text} {
		at := 0
		for _, said := range []string{"The first paragraph.", "Среща", "Елате в понеделник.", "Пари и наставници", "Първият абзац."} {
			next := strings.Index(half[at:], said)
			require.GreaterOrEqual(t, next, 0, "%q after %q", said, half[:at])
			at += next
		}
		require.NotContains(t, half, "The second.", "an item is a paragraph, the page has the rest")
		require.Contains(t, half, baseURL+"/published/english/en")
		require.Contains(t, half, baseURL+"/published/both/bg")
		require.Contains(t, half, "https://example.org/meeting")
		require.Contains(t, half, "Bulgaria", "the countries of its items")
	}
	require.Contains(t, letter.HTML, `<h2 lang="en"`, "it is marked as what it is")
	require.Contains(t, letter.HTML, "Only &lt;English&gt;")
	require.NotContains(t, letter.HTML, "/published/leaving-care", "it is about its items")

	n.exec(`UPDATE recommendations SET quarantined_at = now() WHERE id = ?`, both)
	letter, err = n.compose(n.mail(models.MailMailing, n.speaker, "en", nil))
	require.NoError(t, err)
	require.Contains(t, letter.HTML, "A meeting")
	require.NotContains(t, letter.HTML, "mentors</h2>", "what is hidden is not said")
}

func TestANewsletterWaitsWhileAnItemIsHidden(t *testing.T) {
	n, s := newNetwork(t), newServer(t, nil)
	hidden := n.another("hidden", "Hidden", "")
	n.exec(`UPDATE mailings SET kind = 'newsletter' WHERE id = ?`, n.mailing)
	n.exec(`INSERT INTO mailing_items (id, mailing_id, position, recommendation_id) VALUES (?, ?, 0, ?)`, models.NewID(), n.mailing, hidden)
	added, err := models.EnqueueMailing(t.Context(), n.db, models.MailingRecipients{MailingID: n.mailing, RecommendationID: n.recommendation,
		Audience: models.Audience{Roles: []string{"expert"}}, Texts: []string{"en", "bg"}, Fallback: "en"}, monday)
	require.NoError(t, err)
	require.Equal(t, 1, added)
	sender := newSender(t, n, s, newClock())
	n.exec(`UPDATE recommendations SET quarantined_at = now() WHERE id = ?`, hidden)
	drain(t, sender, mail.Batch{MailingID: &n.mailing})
	require.Empty(t, s.whole)
	n.exec(`UPDATE recommendations SET quarantined_at = NULL WHERE id = ?`, hidden)
	drain(t, sender, mail.Batch{MailingID: &n.mailing})
	require.Len(t, s.whole, 1)
}

func TestEachReaderIsLedToTheirOwnLetter(t *testing.T) {
	n, s := newNetwork(t), newServer(t, nil)
	n.exec(`UPDATE mailings SET kind = 'representative' WHERE id = ?`, n.mailing)
	for range 3 {
		n.person("Reader", "en", "BG", "reader", n.owner)
	}
	added, err := models.EnqueueMailing(t.Context(), n.db, models.MailingRecipients{MailingID: n.mailing, RecommendationID: n.recommendation,
		Audience: models.Audience{Roles: []string{"reader"}}, Texts: []string{"en", "bg"}, Fallback: "en"}, monday)
	require.NoError(t, err)
	require.Equal(t, 3, added)
	drain(t, newSender(t, n, s, newClock()), mail.Batch{MailingID: &n.mailing})
	people := map[uuid.UUID]bool{}
	for _, raw := range s.whole {
		_, rest, found := strings.Cut(strings.ReplaceAll(string(raw), "=\r\n", ""), baseURL+"/w/")
		require.True(t, found)
		claims, err := n.minter.Check(rest[:strings.IndexAny(rest, "\"\r\n> ")])
		require.NoError(t, err)
		require.Equal(t, links.KindWritten, claims.Kind)
		require.Equal(t, n.mailing, claims.ID)
		people[claims.PersonID] = true
	}
	require.Len(t, people, 3)

	test := n.mail(models.MailMailingTest, n.officer, "en", nil)
	test.MailingID, test.Data.Mailing = nil, &n.mailing
	letter, err := n.compose(test)
	require.NoError(t, err)
	require.Contains(t, letter.HTML, baseURL+"/write/"+n.mailing.String(), "who looks at a test says nothing by it")
	require.NotContains(t, letter.HTML, baseURL+"/w/")
}

func TestAnItemOfANewslettersOwnIsMarkdownInBothHalves(t *testing.T) {
	n := newNetwork(t)
	n.exec(`UPDATE mailings SET kind = 'newsletter', counts_links = true WHERE id = ?`, n.mailing)
	item := models.NewID()
	n.exec(`INSERT INTO mailing_items (id, mailing_id, position, recommendation_id, link) VALUES (?, ?, 0, NULL, '')`, item, n.mailing)
	n.exec(`INSERT INTO mailing_item_texts VALUES (?, 'en', 'A meeting', ?)`, item,
		"Come on **Monday**, with <b>all</b>.\n\n- [the way](https://example.org/way)\n- *bread*\n\n<script>alert(1)</script>")
	letter, err := n.compose(n.mail(models.MailMailing, n.speaker, "en", nil))
	require.NoError(t, err)
	soundLetter(t, letter, "en")
	require.Contains(t, letter.HTML, "Come on <strong>Monday</strong>, with &lt;b&gt;all&lt;/b&gt;.")
	require.Contains(t, letter.HTML, "<em>bread</em>")
	require.NotContains(t, letter.HTML, "<script")
	require.Contains(t, letter.Text, "Come on Monday")
	require.Contains(t, letter.Text, "• bread")
	require.NotContains(t, letter.Text, "**")
	code := n.countedLinks()["https://example.org/way"]
	require.NotEmpty(t, code, "its links are counted as those of the other words")
	require.Contains(t, letter.HTML, `href="`+baseURL+"/f/"+code+`"`)
	require.Contains(t, letter.Text, "("+baseURL+"/f/"+code+")")
}
