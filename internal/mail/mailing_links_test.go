package mail_test

import (
	"html"
	"maps"
	netmail "net/mail"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/links"
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
	n.published("en")
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

// countedLinks reads what is kept of a mailing's links, codes by address.
func (n *network) countedLinks() map[string]string {
	n.t.Helper()
	list, err := models.MailingLinksOf(n.t.Context(), n.db, n.mailing)
	require.NoError(n.t, err)
	codes := map[string]string{}
	for _, l := range list {
		codes[l.URL] = l.Code
	}
	return codes
}

// copiesFor prepares a mailing in English and returns the copy of each reader as it travels, unfolded.
func (n *network) copiesFor(readers ...uuid.UUID) []string {
	n.t.Helper()
	c := n.composer()
	prepared, err := c.Prepare(n.t.Context(), n.mailing, "en", netmail.Address{Address: "office@tribuna.example"}, monday)
	require.NoError(n.t, err)
	var copies []string
	for _, id := range readers {
		raw, err := prepared.Fill(nil, mail.Copy{ID: uuid.NewString(), To: netmail.Address{Address: "r@example.org"}, Date: monday,
			Fields: c.Fields(n.mailing, "en", models.MailReader{ID: id, Name: "Reader"}, models.PersonalFields{})})
		require.NoError(n.t, err)
		copies = append(copies, strings.ReplaceAll(string(raw), "=\r\n", ""))
	}
	return copies
}

var ownLetter = regexp.MustCompile(regexp.QuoteMeta(baseURL+"/w/") + "([A-Za-z0-9_-]+)")

func TestTheReadersOwnLetterIsNeverCounted(t *testing.T) {
	n := newNetwork(t)
	n.mailingSays("S", "[Read](https://example.org/a) or [see what others see]("+baseURL+"/write/"+n.mailing.String()+").", "")
	n.exec(`UPDATE mailings SET kind = 'representative', counts_links = true WHERE id = ?`, n.mailing)
	own := func(said string, reader uuid.UUID, halves int) {
		t.Helper()
		found := ownLetter.FindAllStringSubmatch(said, -1)
		require.Len(t, found, halves)
		for _, m := range found {
			claims, err := n.minter.Check(m[1])
			require.NoError(t, err)
			require.Equal(t, links.Claims{Kind: links.KindWritten, ID: n.mailing, PersonID: reader}, claims)
		}
		require.Contains(t, said, baseURL+"/write/"+n.mailing.String(), "nor is the page that knows nobody")
		require.Contains(t, said, baseURL+"/f/"+n.countedLinks()["https://example.org/a"], "the others are")
	}
	letter, err := n.compose(n.mail(models.MailMailing, n.speaker, "en", nil))
	require.NoError(t, err)
	own(letter.HTML, n.speaker, 1)
	own(letter.Text, n.speaker, 1)
	readers := []uuid.UUID{uuid.New(), uuid.New(), uuid.New()}
	for range 2 { // prepared again, as by every sender
		for i, said := range n.copiesFor(readers...) {
			own(said, readers[i], 2)
		}
	}
	require.Equal(t, []string{"https://example.org/a"}, slices.Collect(maps.Keys(n.countedLinks())))
}

func TestLinksOfANewslettersItemsAreCounted(t *testing.T) {
	n := newNetwork(t)
	about := n.another("both", "Money & mentors", "")
	n.mailingSays("S", "Hello.", "")
	n.exec(`UPDATE mailings SET kind = 'newsletter', counts_links = true WHERE id = ?`, n.mailing)
	const target = "https://example.org/meeting?x=1&y=2"
	own, without := models.NewID(), models.NewID()
	n.exec(`INSERT INTO mailing_items (id, mailing_id, position, recommendation_id, link) VALUES (?, ?, 0, NULL, ?), (?, ?, 1, ?, ''), (?, ?, 2, NULL, '')`,
		own, n.mailing, target, models.NewID(), n.mailing, about, without, n.mailing)
	n.exec(`INSERT INTO mailing_item_texts VALUES (?, 'en', 'A meeting', 'Come on Monday.'), (?, 'en', 'A word', 'It leads nowhere.')`, own, without)

	test := n.mail(models.MailMailingTest, n.officer, "en", nil)
	test.MailingID, test.Data.Mailing = nil, &n.mailing
	tried, err := n.compose(test)
	require.NoError(t, err)
	m, err := models.MailingByID(t.Context(), n.db, n.mailing)
	require.NoError(t, err)
	looked, err := n.composer().PreviewMailing(t.Context(), m, "en", models.MailReader{ID: n.speaker, Name: "Ann"}, monday)
	require.NoError(t, err)
	for _, half := range []string{tried.HTML, tried.Text, looked.HTML, looked.Text} {
		require.Contains(t, html.UnescapeString(half), target)
		require.NotContains(t, half, baseURL+"/f/")
	}
	require.Empty(t, n.countedLinks(), "tests and looks count nothing")

	letter, err := n.compose(n.mail(models.MailMailing, n.speaker, "en", nil))
	require.NoError(t, err)
	codes := n.countedLinks()
	require.ElementsMatch(t, []string{target, baseURL + "/published/both/en"}, slices.Collect(maps.Keys(codes)))
	for url, code := range codes {
		require.Contains(t, letter.HTML, `href="`+baseURL+"/f/"+code+`"`)
		require.Contains(t, letter.Text, "  "+baseURL+"/f/"+code+"\n")
		require.NotContains(t, html.UnescapeString(letter.HTML)+letter.Text, url)
		for _, said := range n.copiesFor(uuid.New(), uuid.New()) {
			require.Equal(t, 2, strings.Count(said, baseURL+"/f/"+code), "in both halves")
		}
		to, err := models.FollowMailingLink(t.Context(), n.db, code, models.FollowedByPerson)
		require.NoError(t, err)
		require.Equal(t, url, to)
	}
	require.Equal(t, codes, n.countedLinks(), "no code is anybody's")
}

func TestALookAtALetterToRepresentativesCountsNothing(t *testing.T) {
	n := newNetwork(t)
	n.exec(`UPDATE mailings SET kind = 'representative', counts_links = true WHERE id = ?`, n.mailing)
	test := n.mail(models.MailMailingTest, n.officer, "en", nil)
	test.MailingID, test.Data.Mailing = nil, &n.mailing
	tried, err := n.compose(test)
	require.NoError(t, err)
	m, err := models.MailingByID(t.Context(), n.db, n.mailing)
	require.NoError(t, err)
	looked, err := n.composer().PreviewMailing(t.Context(), m, "en", models.MailReader{ID: n.speaker, Name: "Ann"}, monday)
	require.NoError(t, err)
	for _, half := range []string{tried.HTML, tried.Text, looked.HTML, looked.Text} {
		require.Contains(t, half, baseURL+"/write/"+n.mailing.String())
		require.NotContains(t, half, baseURL+"/f/")
	}
	require.Empty(t, n.countedLinks())
}
