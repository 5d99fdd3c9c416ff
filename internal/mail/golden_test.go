package mail_test

import (
	"bytes"
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	netmail "net/mail"
	"net/url"
	"strings"
	"testing"
	"unicode"

	"github.com/emersion/go-smtp"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/mail"
	"tribuna/models"
)

// said is what a mailing says in each language, with letters that ASCII lacks and a line that begins with a dot.
var said = map[string][2]string{
	"en":      {"Care leavers need mentors — now", "We published “a recommendation”.\n\n.dot at the beginning of a line"},
	"sq":      {"Të rinjtë kanë nevojë për mentorë", "Publikuam një rekomandim për fëmijët që lënë përkujdesjen."},
	"bg":      {"Младежите имат нужда от наставници", "Публикувахме препоръка за напускащите грижа."},
	"ro":      {"Tinerii au nevoie de mentori, și acum", "Am publicat o recomandare pentru tinerii care părăsesc îngrijirea."},
	"sr-Latn": {"Mladima su potrebni mentori, više nego ikad", "Objavili smo preporuku za mlade koji napuštaju zaštitu."},
}

func TestAMailingInFiveLanguagesIsReadByAnotherLibraryAsItWasWritten(t *testing.T) {
	n, s := newNetwork(t), newServer(t, nil)
	n.exec(`DELETE FROM mailing_texts`)
	people := map[string]string{} // by address: the name
	texts := []string{}
	for language, words := range said {
		texts = append(texts, language)
		n.exec(`INSERT INTO languages (tag, endonym) VALUES (?, ?) ON CONFLICT DO NOTHING`, language, language)
		n.exec(`INSERT INTO mailing_texts (mailing_id, language, subject, body) VALUES (?, ?, ?, ?)`, n.mailing, language, words[0], words[1])
		for _, name := range []string{"Ana", "Žana Đorđević-Șerban Мария", "Eve\r\nBcc: all@mail.example", `"Q" <x@evil.example>`, strings.Repeat("Дълго име ", 20)} {
			id := n.person(name, language, "BG", "reader", n.owner)
			people[id.String()+"@mail.example"] = name
		}
	}
	added, err := models.EnqueueMailing(t.Context(), n.db, models.MailingRecipients{MailingID: n.mailing, RecommendationID: n.recommendation,
		Audience: models.Audience{Roles: []string{"reader"}}, Texts: texts, Fallback: "en"}, monday)
	require.NoError(t, err)
	require.Equal(t, len(people), added)
	sender := newSender(t, n, s, newClock())
	sender.Return, err = mail.NewReturnPath("bounces@tribuna.example", linkKey)
	require.NoError(t, err)
	drain(t, sender, mail.Batch{MailingID: &n.mailing})
	require.Equal(t, models.MailCounts{Delivered: len(people)}, n.counts())

	require.Len(t, s.whole, len(people))
	for _, raw := range s.whole {
		requireGolden(t, n, raw, people)
	}
	for _, from := range s.returns {
		id, ours := sender.Return.Mail(from)
		require.True(t, ours, from)
		require.Equal(t, models.MailDelivered, n.stored(id).State)
	}
}

func requireGolden(t *testing.T, n *network, raw []byte, people map[string]string) {
	t.Helper()
	for line := range bytes.SplitSeq(raw, []byte("\r\n")) {
		require.LessOrEqual(t, len(line), 998)
		require.NotContains(t, string(line), "\n")
	}
	m, err := netmail.ReadMessage(bytes.NewReader(raw))
	require.NoError(t, err)
	for name, values := range m.Header {
		require.Len(t, values, 1, name)
	}
	require.Empty(t, m.Header["Bcc"])
	to, err := m.Header.AddressList("To")
	require.NoError(t, err)
	require.Len(t, to, 1)
	require.Contains(t, people, to[0].Address, "nobody else")
	language := m.Header.Get("Content-Language")
	require.Contains(t, said, language)
	decoder := new(mime.WordDecoder)
	subject, err := decoder.DecodeHeader(m.Header.Get("Subject"))
	require.NoError(t, err)
	require.Equal(t, said[language][0], subject)

	require.Equal(t, "auto-generated", m.Header.Get("Auto-Submitted"), "RFC 3834")
	require.Equal(t, "bulk", m.Header.Get("Precedence"))
	require.Equal(t, "<mailings.tribuna.example>", m.Header.Get("List-Id"), "RFC 2919")
	require.Equal(t, "List-Unsubscribe=One-Click", m.Header.Get("List-Unsubscribe-Post"), "RFC 8058")
	write, click, _ := strings.Cut(m.Header.Get("List-Unsubscribe"), ", ")
	unsubscribe := strings.Trim(click, "<>")
	token, ours := strings.CutPrefix(unsubscribe, baseURL+"/u/")
	require.True(t, ours, unsubscribe)
	claims, err := n.minter.Check(token)
	require.NoError(t, err)
	require.Equal(t, claims.PersonID.String()+"@mail.example", to[0].Address, "one's own link and nobody else's")
	address, err := url.Parse(strings.Trim(write, "<>"))
	require.NoError(t, err)
	require.Equal(t, "mailto", address.Scheme, "RFC 2369")
	require.Equal(t, "unsubscribe "+token, address.Query().Get("subject"), "RFC 6068")
	require.True(t, strings.HasPrefix(address.Opaque, "bounces+"), address.Opaque)
	_, err = m.Header.Date()
	require.NoError(t, err)

	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	require.NoError(t, err)
	require.Equal(t, "multipart/alternative", kind)
	parts := multipart.NewReader(m.Body, params["boundary"])
	for _, want := range []string{"text/plain", "text/html"} {
		p, err := parts.NextRawPart()
		require.NoError(t, err)
		require.True(t, strings.HasPrefix(p.Header.Get("Content-Type"), want))
		words := decoded(t, p)
		for _, sentence := range strings.Split(said[language][1], "\n\n") {
			require.Contains(t, words, sentence)
		}
		require.Contains(t, words, unsubscribe)
	}
	_, err = parts.NextRawPart()
	require.ErrorIs(t, err, io.EOF)
}

func decoded(t *testing.T, p *multipart.Part) string {
	t.Helper()
	var r io.Reader = p
	switch p.Header.Get("Content-Transfer-Encoding") {
	case "quoted-printable":
		r = quotedprintable.NewReader(p)
	case "base64":
		r = base64.NewDecoder(base64.StdEncoding, p)
	}
	words, err := io.ReadAll(r)
	require.NoError(t, err)
	return string(words)
}

// TestFieldsAreFilledIntoEveryCopy: a letter that was encoded once says to each reader what a letter written for them alone says.
func TestFieldsAreFilledIntoEveryCopy(t *testing.T) {
	n, s := newNetwork(t), newServer(t, nil)
	n.exec(`DELETE FROM mailing_texts`)
	n.exec(`INSERT INTO mailing_texts (mailing_id, language, subject, body) VALUES (?, 'en', 'For {name}', ?)`, n.mailing,
		"Dear {name} of *{organisation}* in {country},\n\nplease read {title}: {link}")
	known := n.person(`<b>Ann</b> & "Co" =20`, "en", "BG", "reader", n.owner)
	unknown := n.person("", "en", "BG", "reader", n.owner)
	added, err := models.EnqueueMailing(t.Context(), n.db, models.MailingRecipients{MailingID: n.mailing, RecommendationID: n.recommendation,
		Audience: models.Audience{Roles: []string{"reader"}}, Texts: []string{"en"}, Fallback: "en"}, monday)
	require.NoError(t, err)
	require.Equal(t, 2, added)
	n.exec(`DELETE FROM roles WHERE person_id = ?`, unknown)
	n.exec(`UPDATE people SET country_code = NULL WHERE id = ?`, unknown)
	sender := newSender(t, n, s, newClock())
	drain(t, sender, mail.Batch{MailingID: &n.mailing})
	require.Equal(t, models.MailCounts{Delivered: 2}, n.counts())

	owner, err := models.OrganisationByID(t.Context(), n.db, n.owner)
	require.NoError(t, err)
	got := map[string][2]string{}
	for _, raw := range s.whole {
		m, err := netmail.ReadMessage(bytes.NewReader(raw))
		require.NoError(t, err)
		to, err := m.Header.AddressList("To")
		require.NoError(t, err)
		subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
		require.NoError(t, err)
		_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
		require.NoError(t, err)
		p, err := multipart.NewReader(m.Body, params["boundary"]).NextRawPart()
		require.NoError(t, err)
		got[to[0].Address] = [2]string{subject, strings.Join(strings.Fields(decoded(t, p)), " ")}
	}
	of := func(id uuid.UUID) [2]string { return got[id.String()+"@mail.example"] }
	require.Equal(t, `For <b>Ann</b> & "Co" =20`, of(known)[0])
	require.Contains(t, of(known)[1], `Dear <b>Ann</b> & "Co" =20 of `+owner.Name+" in Bulgaria,")
	require.Equal(t, "For dear reader", of(unknown)[0])
	require.Contains(t, of(unknown)[1], "Dear dear reader of your organisation in your country,")
	for _, each := range got {
		require.NotContains(t, each[1], "{", "every field is filled in")
	}
}

// TestAnOrganisationsNameInASubjectAddsNoHeader, whatever it is called: neither in the copies of many readers nor in a letter to one.
func TestAnOrganisationsNameInASubjectAddsNoHeader(t *testing.T) {
	for _, name := range []string{"Care\r\nBcc: all@mail.example", "Care\nX-Added: 1\n\nA body", "Care\rBcc: all@mail.example", "Care\u2028Bcc: all@mail.example",
		"=?utf-8?q?Care=0D=0ABcc:_all@mail.example?=", "Грижа\r\n Bcc: all@mail.example " + strings.Repeat("дълго ", 40)} {
		to := make(chan string, 10)
		n, s := newNetwork(t), newServer(t, func(s *server) { s.onRcpt = func(address string, _ *smtp.Conn) error { to <- address; return nil } })
		n.exec(`UPDATE organisations SET name = ? WHERE id = ?`, name, n.owner)
		n.exec(`UPDATE mailing_texts SET subject = 'News of {organisation}' WHERE mailing_id = ?`, n.mailing)
		reader := n.person("Ana", "en", "BG", "reader", n.owner)
		_, err := models.EnqueueMailing(t.Context(), n.db, models.MailingRecipients{MailingID: n.mailing, RecommendationID: n.recommendation,
			Audience: models.Audience{Roles: []string{"reader"}}, Texts: []string{"en"}, Fallback: "en"}, monday)
		require.NoError(t, err)
		drain(t, newSender(t, n, s, newClock()), mail.Batch{MailingID: &n.mailing})
		want := "News of " + strings.Join(strings.FieldsFunc(name, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
		require.Len(t, s.whole, 1)
		head, _, found := strings.Cut(string(s.whole[0]), "\r\n\r\n")
		require.True(t, found)
		header := fieldsOf(t, strings.ReplaceAll(head, "\r\n", "\n"))
		require.NotContains(t, header, "bcc")
		require.NotContains(t, header, "x-added")
		m, err := netmail.ReadMessage(bytes.NewReader(s.whole[0]))
		require.NoError(t, err)
		subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
		require.NoError(t, err)
		if !strings.Contains(name, "=?") { // what looks encoded is read as that, by whoever shows it
			require.Equal(t, want, subject)
		}
		require.Len(t, to, 1)
		require.Equal(t, reader.String()+"@mail.example", <-to)

		letter, err := n.compose(n.mail(models.MailMailing, reader, "en", nil))
		require.NoError(t, err)
		require.Equal(t, want, letter.Subject)
	}
}
