package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/i18n"
	"tribuna/internal/links"
	"tribuna/models"
)

// authority is one that can be written to.
func (n *office) authority(slug, country, level, email, address string) uuid.UUID {
	n.t.Helper()
	id := models.NewID()
	n.exec(`INSERT INTO authorities (id, slug, country_code, level, names, email, postal_address) VALUES (?, ?, NULLIF(?, ''), ?, jsonb_build_object('en', ?), ?, ?)`,
		id, slug, country, level, "Office "+slug, email, address)
	return id
}

// asksToWrite is a launched mailing whose readers write to one authority in Croatia, one in Bulgaria and one above both.
func (n *office) asksToWrite() *models.Mailing {
	n.t.Helper()
	m, err := models.CreateMailing(n.t.Context(), n.db, n.brief, models.MailingInput{Kind: models.MailingKindRepresentative, FallbackLanguage: "en",
		Audience: models.Audience{Roles: []string{models.RoleReader}}, Texts: []models.MailingText{{Language: "en", Subject: "S", Body: "B"}},
		MailingContent: models.MailingContent{
			Authorities: []uuid.UUID{n.authority("hr", "HR", models.LevelState, "sabor@authority.example", ""),
				n.authority("bg", "BG", models.LevelState, "", "2 Square\n1169 Sofia"), n.authority("eu", "", models.LevelEuropean, "eu@authority.example", "")},
			Letters: []models.PreparedLetter{{Language: "en", Subject: "Mentors & more", Body: "Dear Minister,\n\nfund them. <b>"},
				{Language: "bg", Subject: "Наставници", Body: strings.Repeat("Дълго писмо. ", 100)}}}}, n.officer.ID, time.Now())
	require.NoError(n.t, err)
	return m
}

func (n *office) launchedNow(m *models.Mailing) {
	n.t.Helper()
	n.exec(`UPDATE mailings SET state = 'sent', launched_at = now() WHERE id = ?`, m.ID)
}

func (n *office) readerIn(country, language string) models.Person {
	n.t.Helper()
	var p models.Person
	require.NoError(n.t, n.db.NewSelect().Model(&p).Where("country_code = ? AND language = ? AND consent_at IS NOT NULL AND left_at IS NULL", country, language).
		OrderExpr("id").Limit(1).Scan(n.t.Context()))
	return p
}

func TestAnybodyReadsTheLetterToRepresentatives(t *testing.T) {
	n := newOffice(t)
	n.publish()
	m := n.asksToWrite()
	path := "/write/" + m.ID.String()
	require.Equal(t, http.StatusNotFound, n.public("en").get(path).StatusCode, "a draft is nobody's to read")
	n.launchedNow(m)
	for _, tag := range i18n.Tags() {
		page := n.public(tag).get(path)
		require.Equal(t, http.StatusOK, page.StatusCode, page.Body)
		sound(t, page)
		require.Contains(t, page.Body, i18n.For(tag).T("write.nothing_kept"))
		for _, name := range []string{"Office hr", "Office bg", "Office eu", "1169 Sofia"} {
			require.Contains(t, page.Body, name)
		}
		for _, office := range []string{"hr", "bg"} {
			require.Regexp(t, "Office "+office+`</span>, <span lang="[^"]+">[^<]+</span></h3>`, page.Body, "offices of two countries are called alike")
		}
		require.Contains(t, page.Body, "Office eu</span></h3>", "it is above all countries")
		require.NotContains(t, page.Body, `name="choice"`, "there is nothing to press")
		require.Equal(t, http.StatusMethodNotAllowed, n.public(tag).post(path, url.Values{"choice": {"written"}}).StatusCode)
	}
	english := n.public("en").get(path)
	require.Contains(t, english.Body, `Office hr</span>, <span lang="en">Croatia</span>`)
	require.Contains(t, n.public("en").get("/published/"+n.brief.Slug+"/en").Body, "Office bg (Bulgaria), Office hr (Croatia) and Office eu.")
	require.Contains(t, english.Body, "fund them. &lt;b&gt;")
	require.Contains(t, english.Body, "mailto:sabor@authority.example?subject=Mentors%20%26%20more&amp;body=Dear%20Minister%2C%0D%0A%0D%0Afund%20them.%20%3Cb%3E")
	bulgarian := n.public("en").get(path + "?language=bg")
	sound(t, bulgarian)
	require.Contains(t, bulgarian.Body, "Дълго писмо.")
	require.NotContains(t, bulgarian.Body, "&amp;body=", "too long for a mail program to open")
	require.Contains(t, bulgarian.Body, i18n.For("en").T("write.paste"))

	n.exec(`UPDATE recommendations SET quarantined_at = now() WHERE id = ?`, n.brief.ID)
	require.Equal(t, http.StatusNotFound, n.public("en").get(path).StatusCode, "what is hidden is hidden here too")
}

func TestAfterItsLastDayTheLetterIsNotPreparedAnyMore(t *testing.T) {
	n := newOffice(t)
	n.publish()
	m := n.asksToWrite()
	n.launchedNow(m)
	p := n.readerIn("HR", "en")
	public, own, text := "/write/"+m.ID.String(), "/w/"+n.server.Links.Mint(links.KindWritten, m.ID, p.ID, 0), "/published/"+n.brief.Slug+"/en"
	until := func(day int) {
		n.exec(`UPDATE mailings SET write_until = ? WHERE id = ?`, time.Now().AddDate(0, 0, day).Format(time.DateOnly), m.ID)
	}
	for _, tag := range i18n.Tags() {
		l := i18n.For(tag)
		n.exec(`UPDATE people SET language = ? WHERE id = ?`, tag, p.ID)
		until(2)
		day := l.Date(time.Now().AddDate(0, 0, 2), time.UTC)
		require.Contains(t, n.public(tag).get(public).Body, l.T("write.until", "Date", day))
		require.Contains(t, n.public(tag).get(text).Body, public, "the recommendation offers the letter")

		until(-2)
		for _, path := range []string{public, own, public + "?language=bg"} {
			page := n.public(tag).get(path)
			require.Equal(t, http.StatusOK, page.StatusCode)
			sound(t, page)
			require.Contains(t, page.Body, "<h1>"+l.T("write.over_title")+"</h1>")
			require.Contains(t, page.Body, l.T("write.over_became"))
			require.Contains(t, page.Body, `href="/published/`+n.brief.Slug)
			require.NotContains(t, page.Body, "mailto:")
			require.NotContains(t, page.Body, `id="letter"`)
		}
		require.NotContains(t, n.public(tag).get(text).Body, public)
		said := n.public(tag).post(own, url.Values{"choice": {"written"}})
		sound(t, said)
		require.Contains(t, said.Body, l.T("write.thanks"), "who wrote in time may say so")
		require.Contains(t, said.Body, l.N("write.count", 1))
		n.public(tag).post(own, url.Values{"choice": {"not_written"}})
	}
}

func TestAReaderSaysOnceThatTheyWroteAndMayTakeItBack(t *testing.T) {
	n := newOffice(t)
	n.publish()
	m := n.asksToWrite()
	p := n.readerIn("HR", "en")
	path := "/w/" + n.server.Links.Mint(links.KindWritten, m.ID, p.ID, 0)
	draft := n.public("en").get(path)
	require.Equal(t, http.StatusNotFound, draft.StatusCode)
	sound(t, draft)
	n.launchedNow(m)
	written := func() int {
		people, _, err := models.WrittenCount(t.Context(), n.db, m.ID, p.ID)
		require.NoError(t, err)
		return people
	}
	for _, tag := range i18n.Tags() {
		n.exec(`UPDATE people SET language = ? WHERE id = ?`, tag, p.ID)
		l, b := i18n.For(tag), n.public(tag)
		page := b.get(path)
		sound(t, page)
		require.Contains(t, page.Body, "Office hr", "of their own country")
		require.Contains(t, page.Body, "Office eu", "and above all countries")
		require.NotContains(t, page.Body, "Office bg")
		require.NotContains(t, page.Body, p.Email)
		require.Zero(t, written(), "looking says nothing")
		require.Positive(t, n.scannerSendsEveryForm(path))
		require.Zero(t, written(), "nor does a machine that sends every form")
		unsaid := b.post(path, url.Values{"choice": {""}})
		require.Equal(t, http.StatusUnprocessableEntity, unsaid.StatusCode)
		sound(t, unsaid)
		for range 2 {
			said := b.post(path, url.Values{"choice": {"written"}})
			require.Equal(t, http.StatusOK, said.StatusCode)
			sound(t, said)
			require.Contains(t, said.Body, l.T("write.thanks"))
			require.Contains(t, said.Body, l.N("write.count", 1))
		}
		require.Equal(t, 1, written())
		back := b.post(path, url.Values{"choice": {"not_written"}})
		sound(t, back)
		require.Contains(t, back.Body, l.T("write.taken_back"))
		require.Zero(t, written())
	}
	for name, link := range map[string]string{"another kind": n.server.Links.Mint(links.KindPreferences, m.ID, p.ID, 0),
		"no mailing": n.server.Links.Mint(links.KindWritten, models.NewID(), p.ID, 0), "nobody": n.server.Links.Mint(links.KindWritten, m.ID, models.NewID(), 0)} {
		require.Equal(t, http.StatusNotFound, n.public("en").post("/w/"+link, url.Values{"choice": {"written"}}).StatusCode, name)
	}
	n.exec(`UPDATE mailings SET state = 'cancelled' WHERE id = ?`, m.ID)
	require.Equal(t, http.StatusNotFound, n.public("en").post(path, url.Values{"choice": {"written"}}).StatusCode)
	require.Zero(t, written())
}
