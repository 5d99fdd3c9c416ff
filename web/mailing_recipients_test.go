package web

import (
	"fmt"
	"html"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/internal/i18n"
	"tribuna/models"
)

// TestRecipientsAreLookedFor by name or by a whole address, on a page whose address says what was looked for.
func TestRecipientsAreLookedFor(t *testing.T) {
	h := newHouse(t)
	h.publish()
	m, mails := h.sentMailing()
	h.exec(`UPDATE people SET name = 'Željka <Anić>', email = 'zeljka@found.example' WHERE id = (SELECT person_id FROM outbox WHERE id = ?)`, mails[models.MailUnknown])
	list := mailingPath(m.ID) + "/recipients?state="
	for _, tag := range i18n.Tags() {
		l, b := i18n.For(tag), h.as("officer-khc", tag)
		for query, found := range map[string]int{"": 1, "&q=anić+žel": 1, "&q=zeljka%40found.example": 1, "&q=found.example": 0, "&q=%40found.example": 0, "&after=nonsense": 1} {
			page := b.get(list + "unknown" + query)
			require.Equal(t, http.StatusOK, page.StatusCode)
			sound(t, page)
			require.Equal(t, found, strings.Count(page.Body, `<th scope="row">Željka &lt;Anić&gt;`), query)
			require.Equal(t, found == 0, strings.Contains(page.Body, l.T("mailing.recipients_none")), query)
			require.Contains(t, page.Body, l.T("mailing.recipients_search"))
			require.NotContains(t, strings.ReplaceAll(page.Body, `value="zeljka@found.example"`, ""), "found.example</", "an address stands on no page")
		}
	}
	b := h.as("officer-khc", "en")
	require.NotContains(t, b.get(list+"delivered").Body, "Željka", "the list is that of one state")
	for state, group := range map[models.MailState]string{models.MailUnknown: "mailing.unknown", models.MailFailed: "mailing.failed", models.MailDelivered: "mailing.delivered",
		models.MailCancelled: "mailing.cancelled", models.MailBounced: "mailing.bounced", models.MailQueued: "mailing.pending"} {
		h.exec(`UPDATE outbox SET state = ? WHERE id = ?`, state, mails[models.MailUnknown])
		for _, tag := range i18n.Tags() {
			found := h.as("officer-khc", tag).get(list + "bounced&q=anić")
			sound(t, found)
			require.Contains(t, found.Body, "Željka", "who looks for somebody need not know what came of their mail")
			require.Contains(t, found.Body, `<td data-label="`+i18n.For(tag).T("campaign.filter.state")+`">`+i18n.For(tag).T(group)+`</td>`, state)
		}
	}
	require.Equal(t, http.StatusNotFound, h.as("partner-khc", "en").get(list+"unknown&q=anić").StatusCode)

	for i := range 60 { // of whom more stand in the list than on a page
		p := models.Person{Email: fmt.Sprintf("reader%d@many.example", i), Name: fmt.Sprintf("Reader %02d", 59-i), Language: "en"}
		require.NoError(t, models.CreatePerson(t.Context(), h.db, &p))
		h.exec(`INSERT INTO outbox (id, kind, dedupe_key, person_id, language, mailing_id, not_before, state, created_at)
			SELECT ?, kind, NULL, ?, language, mailing_id, not_before, 'delivered', created_at FROM outbox WHERE id = ?`, models.NewID(), p.ID, mails[models.MailUnknown])
	}
	first := b.get(list + "delivered&q=reader")
	require.Less(t, strings.Index(first.Body, "Reader 00"), strings.Index(first.Body, "Reader 49"))
	require.NotContains(t, first.Body, "Reader 50")
	next := regexp.MustCompile(`href="([^"]*/recipients\?after=[^"]*)"`).FindStringSubmatch(first.Body)
	require.NotNil(t, next, first.Body)
	require.Contains(t, next[1], "q=reader", "the next page is of those who were looked for")
	second := b.get(html.UnescapeString(next[1]))
	sound(t, second)
	require.Equal(t, 10, strings.Count(second.Body, `<th scope="row">Reader 5`))
}
