package mail_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/mail"
	"tribuna/models"
)

func (n *network) mailingSays(subject, body, plain string) {
	n.t.Helper()
	n.exec(`UPDATE mailing_texts SET subject = ?, body = ?, plain = ? WHERE mailing_id = ? AND language = 'en'`, subject, body, plain, n.mailing)
}

func TestPersonalFieldsAreTextAndNothingElse(t *testing.T) {
	n := newNetwork(t)
	for _, name := range []string{"Maria", `<b>Ann</b> & "Co"`, "**Bold** [x](https://evil.example)", "Ann\r\nBcc: all@mail.example", "javascript:alert(1)", "{title}", `\`} {
		n.exec(`UPDATE people SET name = ? WHERE id = ?`, name, n.speaker)
		n.mailingSays("For {name}", "Dear {name}, *{organisation}* {before_fields}\n\n# {title}\n\n[open]({name}) <{link}> \\{name}", "")
		letter, err := n.compose(n.mail(models.MailMailing, n.speaker, "en", nil))
		require.NoError(t, err)
		one := strings.Join(strings.Fields(name), " ")
		require.Equal(t, "For "+one, letter.Subject, name)
		require.NotContains(t, letter.Subject, "\n")
		require.Contains(t, letter.Text, "Dear "+one+",", name)
		require.Contains(t, letter.Text, "{before_fields}", "what was written before there were fields stays, too")
		require.Contains(t, letter.Text, "{name}", "what is marked as literal stays")
		require.NotContains(t, letter.HTML, "<b>Ann")
		require.NotContains(t, letter.HTML, "<strong>Bold")
		require.NotContains(t, letter.HTML, `href="javascript`)
		require.NotContains(t, letter.HTML, `href="https://evil`)
		require.Contains(t, letter.HTML, `href="`+baseURL+"/published/")
	}
}

func TestAFieldThatNobodyKnowsIsSaidInGeneral(t *testing.T) {
	n := newNetwork(t)
	n.mailingSays("S", "{name} / {organisation} / {country}", "")
	n.exec(`UPDATE people SET country_code = NULL WHERE id = ?`, n.speaker)
	n.exec(`DELETE FROM roles WHERE person_id = ?`, n.speaker)
	letter, err := n.compose(n.mail(models.MailMailing, n.speaker, "en", nil))
	require.NoError(t, err)
	require.Contains(t, letter.Text, "/ your organisation / your country")
	n.exec(`UPDATE people SET country_code = 'BG' WHERE id = ?`, n.speaker)
	n.exec(`INSERT INTO roles (person_id, organisation_id, role) VALUES (?, ?, 'partner')`, n.speaker, n.partner)
	letter, err = n.compose(n.mail(models.MailMailing, n.speaker, "en", nil))
	require.NoError(t, err)
	require.NotContains(t, letter.Text, "your organisation")
	require.Contains(t, letter.Text, "Bulgaria")
}

func TestThePlainHalfIsWrittenOrMade(t *testing.T) {
	n := newNetwork(t)
	n.mailingSays("S", "**Made** for {name}", "")
	letter, err := n.compose(n.mail(models.MailMailing, n.speaker, "en", nil))
	require.NoError(t, err)
	require.Contains(t, letter.Text, "Made for ")
	require.NotContains(t, letter.Text, "**")
	n.mailingSays("S", "**Made** for {name}", "Written by hand for {name}.\n\n{link}")
	letter, err = n.compose(n.mail(models.MailMailing, n.speaker, "en", nil))
	require.NoError(t, err)
	require.Contains(t, letter.Text, "Written by hand for ")
	require.NotContains(t, letter.Text, "Made for")
	require.Contains(t, letter.HTML, "<strong>Made</strong>")
}

func TestATestGoesToItsWriterAndCountsAsNoRecipient(t *testing.T) {
	n := newNetwork(t)
	n.exec(`UPDATE mailings SET state = 'draft' WHERE id = ?`, n.mailing)
	n.exec(`UPDATE people SET consent_at = NULL WHERE id = ?`, n.officer)
	m, err := models.MailingByID(t.Context(), n.db, n.mailing)
	require.NoError(t, err)
	for range 2 {
		require.NoError(t, models.SendMailingTest(t.Context(), n.db, m, "en", n.officer, "one press", monday))
	}
	var queued []models.OutboxMail
	require.NoError(t, n.db.NewSelect().Model(&queued).Where("o.kind = ?", models.MailMailingTest).Scan(t.Context()))
	require.Len(t, queued, 1, "one press is one mail")
	letter, err := n.compose(queued[0])
	require.NoError(t, err)
	soundLetter(t, letter, "en")
	require.Equal(t, "[Test] Care leavers need mentors", letter.Subject)
	counts, err := models.MailingCounts(t.Context(), n.db, n.mailing)
	require.NoError(t, err)
	require.Zero(t, counts.Total())
}

func TestAPreviewOpensNobodysMailings(t *testing.T) {
	n := newNetwork(t)
	m, err := models.MailingByID(t.Context(), n.db, n.mailing)
	require.NoError(t, err)
	for _, reader := range []models.MailReader{{Name: "Somebody"}, {ID: n.speaker, Name: "Speaker"}} {
		p, err := n.composer().PreviewMailing(t.Context(), m, "bg", reader, monday)
		require.NoError(t, err)
		require.NotContains(t, p.HTML+p.Text, baseURL+"/u/")
		require.Contains(t, p.HTML, "<strong>препоръка</strong>")
	}
	require.Contains(t, mail.InLook("@media (prefers-color-scheme: dark) {", true), "@media all {")
	_, err = n.composer().PreviewMailing(t.Context(), m, "ro", models.MailReader{ID: uuid.New()}, monday)
	require.Error(t, err, "there is no text in it")
}

func TestTheAddressOfThePageCanBeFollowedWhereverItStands(t *testing.T) {
	n := newNetwork(t)
	n.mailingSays("S", "Read it: {link}\n\n[the page]({link})\n\nnot "+baseURL+"/published/leaving-care-later", "")
	letter, err := n.compose(n.mail(models.MailMailing, n.speaker, "en", nil))
	require.NoError(t, err)
	link := regexp.MustCompile(`Read it: <a [^>]*href="(` + baseURL + `/published/[^"]+)"[^>]*>([^<]+)</a>`).FindStringSubmatch(letter.HTML)
	require.Len(t, link, 3, letter.HTML)
	require.Equal(t, link[1], link[2])
	require.Contains(t, letter.HTML, `>the page</a>`, "no link within a link")
	require.NotContains(t, letter.HTML, `</a>-later`, "another address stays whole")
	require.Equal(t, baseURL+"/published/leaving-care", link[1])
	require.Contains(t, letter.Text, "Read it: "+link[1])
}

// TestAMailNamesTheEditionOfItsLanguage: title, summary and address are those of what was published in the language of the mail; where it
// was not, the address chooses, and the words are marked as what they are.
func TestAMailNamesTheEditionOfItsLanguage(t *testing.T) {
	n := newNetwork(t)
	n.exec(`INSERT INTO languages (tag, endonym) VALUES ('ro', 'română') ON CONFLICT DO NOTHING`)
	n.exec(`UPDATE recommendations SET title = 'As published' WHERE id = ?`, n.recommendation)
	n.published("en", "mk")
	n.exec(`UPDATE recommendations SET title = 'A newer title' WHERE id = ?`, n.recommendation)
	n.exec(`INSERT INTO mailing_texts (mailing_id, language, subject, body) VALUES (?, 'ro', 'S', 'B'), (?, 'mk', 'S', 'B')`, n.mailing, n.mailing)
	n.exec(`UPDATE mailing_texts SET subject = '{title}', body = '*{title}* {summary} [{title}]({link}) {link}'`)
	for language, want := range map[string]struct{ title, summary, link, marked string }{
		"en": {"As published (en)", "B &amp; B.", "/published/leaving-care/en", ""},
		"mk": {"As published (mk)", "B &amp; B.", "/published/leaving-care/mk", ""},
		"ro": {"As published (en)", "B &amp; B.", "/published/leaving-care", "en"},
		"bg": {"As published (en)", "B &amp; B.", "/published/leaving-care", "en"},
	} {
		letter, err := n.compose(n.mail(models.MailMailing, n.speaker, language, nil))
		require.NoError(t, err)
		require.Equal(t, want.title, letter.Subject, language)
		said := func(words string) string {
			if want.marked == "" {
				return words
			}
			return `<span lang="` + want.marked + `">` + words + `</span>`
		}
		require.Contains(t, letter.HTML, "<em>"+said(want.title)+"</em> "+said(want.summary), language)
		require.Contains(t, letter.HTML, `href="`+baseURL+want.link+`"`, language)
		require.Contains(t, letter.HTML, ">"+baseURL+want.link+"</a>", language)
		require.Contains(t, letter.Text, "("+baseURL+want.link+")", language)
		require.NotContains(t, letter.Text, "span", language)
	}
}
