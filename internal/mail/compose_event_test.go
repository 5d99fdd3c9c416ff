package mail_test

import (
	"bytes"
	"io"
	"mime"
	"mime/multipart"
	netmail "net/mail"
	"strings"
	"testing"

	ics "github.com/arran4/golang-ical"
	"github.com/stretchr/testify/require"

	"tribuna/internal/i18n"
	"tribuna/internal/mail"
	"tribuna/models"
)

// announces makes the mailing one of an event, changed three times, whose title has letters that ASCII lacks and a field.
func (n *network) announces() {
	n.t.Helper()
	n.exec(`UPDATE mailings SET kind = 'event' WHERE id = ?`, n.mailing)
	n.exec(`DELETE FROM mailing_texts`)
	for _, tag := range i18n.Tags() {
		n.exec(`INSERT INTO languages (tag, endonym) VALUES (?, ?) ON CONFLICT DO NOTHING`, tag, tag)
		n.exec(`INSERT INTO mailing_texts (mailing_id, language, subject, body) VALUES (?, ?, ?, 'Come, {name}.')`, n.mailing, tag, said[tag][0]+", {organisation}")
	}
	n.exec(`INSERT INTO mailing_events VALUES (?, ?, 3, '2026-03-28 16:00Z', '2026-03-29 10:30Z', 'Europe/Sofia', 'Hall <3>; Sofia, "centre"', 'https://example.org/meet?a=1&b=2')`,
		n.mailing, n.mailing)
}

func TestAnAnnouncementInFiveLanguagesIsReadAsItWasWritten(t *testing.T) {
	n, s := newNetwork(t), newServer(t, nil)
	n.announces()
	tags := i18n.Tags()
	for _, tag := range tags {
		for range 2 {
			n.person("Žana", tag, "BG", "reader", n.owner)
		}
	}
	added, err := models.EnqueueMailing(t.Context(), n.db, models.MailingRecipients{MailingID: n.mailing, RecommendationID: n.recommendation,
		Audience: models.Audience{Roles: []string{"reader"}}, Texts: tags, Fallback: "en"}, monday)
	require.NoError(t, err)
	require.Equal(t, 2*len(tags), added)
	drain(t, newSender(t, n, s, newClock()), mail.Batch{MailingID: &n.mailing})
	require.Len(t, s.whole, 2*len(tags))
	files := map[string]string{}
	for _, raw := range s.whole {
		language, file := requireAnnouncement(t, n, raw)
		if before, seen := files[language]; seen {
			require.Equal(t, before, file, "it is the same for all")
		}
		files[language] = file
	}
	require.Len(t, files, len(tags))
}

// requireAnnouncement reads a mail as another library does and returns its language and its calendar file.
func requireAnnouncement(t *testing.T, n *network, raw []byte) (language, file string) {
	t.Helper()
	m, err := netmail.ReadMessage(bytes.NewReader(raw))
	require.NoError(t, err)
	language = m.Header.Get("Content-Language")
	l := i18n.For(language)
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	require.NoError(t, err)
	require.Equal(t, "multipart/mixed", kind)
	parts := multipart.NewReader(m.Body, params["boundary"])
	halves, err := parts.NextRawPart()
	require.NoError(t, err)
	_, params, err = mime.ParseMediaType(halves.Header.Get("Content-Type"))
	require.NoError(t, err)
	both := multipart.NewReader(halves, params["boundary"])
	for _, want := range []string{"text/plain", "text/html"} {
		p, err := both.NextRawPart()
		require.NoError(t, err)
		require.True(t, strings.HasPrefix(p.Header.Get("Content-Type"), want))
		words := strings.Join(strings.Fields(strings.NewReplacer("&amp;", "&", "&lt;", "<", "&gt;", ">", "&#34;", `"`).Replace(decoded(t, p))), " ")
		require.Contains(t, words, l.T("calendar.weekday.6"))
		require.Contains(t, words, l.T("calendar.weekday.0"), "the last day")
		require.Contains(t, words, "18:00", "by the clock of the event")
		require.Contains(t, words, "13:30", "and of the last day, on which clocks are put forward")
		require.Contains(t, words, l.T("calendar.zone.EET"), "whose clock it is")
		require.Contains(t, words, l.T("calendar.zone.EEST"))
		require.Contains(t, words, `Hall <3>; Sofia, "centre"`)
		require.Contains(t, words, "https://example.org/meet?a=1&b=2")
		require.Contains(t, words, l.T("mail.mailing.event_link"))
		require.Contains(t, words, l.T("mail.mailing.event_file"))
		require.Contains(t, words, "Žana")
	}
	along, err := parts.NextRawPart()
	require.NoError(t, err)
	kind, params, err = mime.ParseMediaType(along.Header.Get("Content-Type"))
	require.NoError(t, err)
	require.Equal(t, "text/calendar", kind)
	require.Equal(t, map[string]string{"charset": "utf-8", "method": "PUBLISH", "name": "event.ics"}, params)
	file = decoded(t, along)
	requireEvent(t, n, l, file)
	_, err = parts.NextRawPart()
	require.ErrorIs(t, err, io.EOF)
	return language, file
}

func requireEvent(t *testing.T, n *network, l *i18n.Localizer, file string) {
	t.Helper()
	cal, err := ics.ParseCalendar(strings.NewReader(file))
	require.NoError(t, err)
	require.Contains(t, file, "\r\nMETHOD:PUBLISH\r\n")
	require.Equal(t, strings.Count(file, "\n"), strings.Count(file, "\r\n"), "RFC 5545, 3.1")
	require.NotContains(t, file, "Žana", "a calendar is shown to others")
	require.Len(t, cal.Events(), 1)
	e := cal.Events()[0]
	require.Equal(t, n.mailing.String()+"@tribuna", e.Id())
	for property, want := range map[ics.ComponentProperty]string{ics.ComponentPropertySequence: "3", ics.ComponentPropertyDtStart: "20260328T160000Z",
		ics.ComponentPropertyDtEnd: "20260329T103000Z", ics.ComponentPropertyLocation: `Hall <3>; Sofia, "centre"`, ics.ComponentPropertyUrl: "https://example.org/meet?a=1&b=2",
		ics.ComponentPropertySummary: said[l.Tag()][0] + ", " + l.T("mail.mailing.your_organisation"), ics.ComponentPropertyStatus: "CONFIRMED"} {
		require.Equal(t, want, e.GetProperty(property).Value, property)
	}
}

func TestAnEventWithoutALinkLeadsToItsRecommendation(t *testing.T) {
	n := newNetwork(t)
	n.announces()
	n.exec(`UPDATE mailing_events SET link = '', ends_at = '2026-03-28 18:00Z'`)
	letter, err := n.compose(n.mail(models.MailMailing, n.expert, "bg", nil))
	require.NoError(t, err)
	soundLetter(t, letter, "bg")
	require.Contains(t, strings.Join(strings.Fields(letter.Text), " "), "Кога: събота, 28 март 2026 г., 18:00 ч. – 20:00 ч. (")
	require.Contains(t, letter.HTML, baseURL+"/published/leaving-care")
	require.Len(t, letter.Attached, 1)
	require.Contains(t, string(letter.Attached[0].Content), baseURL+"/published/leaving-care")
	require.NotContains(t, letter.HTML, i18n.For("bg").T("mail.mailing.event_link"))

	n.exec(`DELETE FROM mailing_events`)
	_, err = n.compose(n.mail(models.MailMailing, n.speaker, "en", nil))
	require.ErrorAs(t, err, new(mail.NotOwed), "nothing leaves that says nothing")
}

func TestTheLinkOfAnEventIsCounted(t *testing.T) {
	n := newNetwork(t)
	n.announces()
	n.exec(`UPDATE mailings SET counts_links = true WHERE id = ?`, n.mailing)
	letter, err := n.compose(n.mail(models.MailMailing, n.speaker, "en", nil))
	require.NoError(t, err)
	require.NotContains(t, letter.HTML, "https://example.org/meet")
	require.Contains(t, letter.HTML, baseURL+"/f/")
	require.Contains(t, strings.ReplaceAll(string(letter.Attached[0].Content), "\r\n ", ""), "https://example.org/meet", "what is kept in a calendar leads there for good")
}
