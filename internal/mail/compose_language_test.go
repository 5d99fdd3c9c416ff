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

// TestAMailingInALanguageWithoutACatalogIsMarkedAsWhatItIs: the letter is in the language of its text, and what we say in it ourselves, in
// the nearest language that we have, is marked as that.
func TestAMailingInALanguageWithoutACatalogIsMarkedAsWhatItIs(t *testing.T) {
	for language, catalog := range map[string]string{"hr": "sr-Latn", "mk": "bg", "de": "en"} {
		n := newNetwork(t)
		n.exec(`INSERT INTO languages (tag, endonym) VALUES (?, ?) ON CONFLICT DO NOTHING`, language, language)
		n.exec(`UPDATE countries SET names = jsonb_build_object('en', 'Bulgaria', ?::text, 'Its own name') WHERE code = 'BG'`, language)
		n.exec(`INSERT INTO recommendation_countries VALUES (?, 'BG')`, n.recommendation)
		n.exec(`INSERT INTO mailing_texts (mailing_id, language, subject, body) VALUES (?, ?, 'A subject', 'What was **written** in {country}.')`, n.mailing, language)
		letter, err := n.compose(n.mail(models.MailMailing, n.expert, language, nil))
		require.NoError(t, err)
		require.Equal(t, language, letter.Language)
		ours := ` lang="` + catalog + `"`
		require.Contains(t, letter.HTML, `<html lang="`+language+`">`)
		require.Contains(t, letter.HTML, "<strong>written</strong> in Its own name.")
		require.Contains(t, letter.HTML, `<div`+ours+`><table role="presentation" class="button"`)
		require.Contains(t, letter.HTML, `<div class="line quiet"`+ours, "why, and how to end it")
		require.Regexp(t, `<p class="quiet"`+ours+`[^>]*>[^<]+<span lang="`+language+`">Its own name</span>`, letter.HTML, "the countries")
		require.Equal(t, 3, strings.Count(letter.HTML, ours), "the rest is the text's")

		from := netmail.Address{Address: "office@tribuna.example"}
		prepared, err := n.composer().Prepare(t.Context(), n.mailing, language, from, monday)
		require.NoError(t, err)
		reader := models.MailReader{ID: uuid.New(), Name: "Ann"}
		fields := n.composer().Fields(n.mailing, language, reader, models.PersonalFields{Country: models.Names{"en": "Bulgaria", language: "Its own name"}})
		raw, err := prepared.Fill(nil, mail.Copy{ID: uuid.NewString(), To: netmail.Address{Name: "Ann", Address: "ann@mail.example"}, Date: monday, Fields: fields})
		require.NoError(t, err)
		require.Contains(t, string(raw), "\r\nContent-Language: "+language+"\r\n", "RFC 3282")
		require.Contains(t, string(raw), "Its own name")

		preview, err := n.composer().PreviewMailing(t.Context(), &models.Mailing{ID: n.mailing}, language, models.MailReader{Name: "Ann"}, monday)
		require.NoError(t, err)
		require.Contains(t, preview.HTML, `<html lang="`+language+`">`)
	}
}

// TestItemsAndEventsAreMarkedWhereThereIsNoCatalog: what we say of them is ours, what was written is the text's.
func TestItemsAndEventsAreMarkedWhereThereIsNoCatalog(t *testing.T) {
	n := newNetwork(t)
	n.exec(`INSERT INTO languages (tag, endonym) VALUES ('hr', 'hrvatski') ON CONFLICT DO NOTHING`)
	n.exec(`INSERT INTO mailing_texts (mailing_id, language, subject, body) VALUES (?, 'hr', 'Novosti', 'Ovdje.')`, n.mailing)
	english, own := n.another("english", "Only English", ""), models.NewID()
	n.exec(`UPDATE mailings SET kind = 'newsletter' WHERE id = ?`, n.mailing)
	n.exec(`INSERT INTO mailing_items (id, mailing_id, position, recommendation_id, link) VALUES (?, ?, 0, ?, ''), (?, ?, 1, NULL, 'https://example.org/meeting')`,
		models.NewID(), n.mailing, english, own, n.mailing)
	n.exec(`INSERT INTO mailing_item_texts VALUES (?, 'hr', 'Sastanak', 'Dođite.')`, own)
	letter, err := n.compose(n.mail(models.MailMailing, n.expert, "hr", nil))
	require.NoError(t, err)
	require.Contains(t, letter.HTML, `<html lang="hr">`)
	require.Regexp(t, `<h2 lang="en"[^>]*>Only English</h2>`, letter.HTML)
	require.Regexp(t, `<p class="quiet" lang="sr-Latn"[^>]*>Child &amp; Family Network`, letter.HTML)
	require.Regexp(t, `<h2 style[^>]*>Sastanak</h2>`, letter.HTML, "it is the letter's language")
	require.Regexp(t, `<p lang="sr-Latn"[^>]*><a href="https://example.org/meeting"`, letter.HTML)

	n.exec(`DELETE FROM mailing_items`)
	n.announces()
	n.exec(`INSERT INTO mailing_texts (mailing_id, language, subject, body) VALUES (?, 'hr', 'Sastanak', 'Dođite.')`, n.mailing)
	letter, err = n.compose(n.mail(models.MailMailing, n.expert, "hr", nil))
	require.NoError(t, err)
	require.Regexp(t, `<tr lang="sr-Latn"><td[^>]*>[^<]+</td><td[^>]*><span lang="hr">Hall &lt;3&gt;; Sofia, &#34;centre&#34;</span></td>`, letter.HTML)
	require.Contains(t, letter.Text, `Hall <3>; Sofia, "centre"`)
}
