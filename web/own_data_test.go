package web

import (
	"encoding/json"
	"net/http"
	"net/url"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/i18n"
	"tribuna/internal/links"
	"tribuna/models"
)

// ownDataLink is the address in the mail that was written last to somebody who asked what is kept about them; "" where none was.
func (h *house) ownDataLink(p models.Person) string {
	h.t.Helper()
	var mails []uuid.UUID
	require.NoError(h.t, h.db.NewRaw(`SELECT id FROM outbox WHERE kind = 'own_data' AND person_id = ? ORDER BY id DESC`, p.ID).Scan(h.t.Context(), &mails))
	if len(mails) == 0 {
		return ""
	}
	return ownDataPath + "/" + h.server.Links.Mint(links.KindOwnData, mails[0], p.ID, 0)
}

// shownOwnData follows a link to what is kept, which leads to a clean address.
func shownOwnData(t *testing.T, b *reader, link string) answer {
	t.Helper()
	got := b.get(link)
	require.Equal(t, http.StatusSeeOther, got.StatusCode)
	require.Equal(t, ownDataShown, got.Header.Get("Location"))
	require.Equal(t, "no-store", got.Header.Get("Cache-Control"))
	return b.get(ownDataShown)
}

func TestSubscribersSeeWhatIsKeptAndAreErased(t *testing.T) {
	h := newHouse(t)
	for _, tag := range i18n.Tags() {
		l, b := i18n.For(tag), h.public(tag)
		p := h.subscriber("mara-"+tag+"@readers.example", tag)
		sound(t, b.get(ownDataPath))
		wrong := b.post(ownDataPath, url.Values{"email": {"mara"}})
		sound(t, wrong)
		require.Equal(t, http.StatusUnprocessableEntity, wrong.StatusCode)
		require.Contains(t, wrong.Body, `href="#f-email"`)
		require.Empty(t, h.ownDataLink(p))
		asked := b.post(ownDataPath, url.Values{"email": {p.Email}})
		sound(t, asked)
		require.Contains(t, asked.Body, l.T("own_data.asked", "Email", p.Email))

		require.Equal(t, http.StatusGone, b.get(ownDataShown).StatusCode, "whoever knows the clean address alone")
		link, path := h.ownDataLink(p), ownDataShown
		page := shownOwnData(t, h.public(""), link)
		sound(t, page)
		for _, kept := range []string{p.Email, p.Name, l.T("profile.data"), l.T("consent.act.given"), "sign-up form", l.T("operations.mail.own_data"), l.T("preference.kind.newsletter")} {
			require.Contains(t, page.Body, kept)
		}
		require.Regexp(t, `<p class="fine print-only">[^<]+ · https://tribuna\.example/data</p>`, page.Body, "on paper it says of when it is, and from where")
		require.Equal(t, "no-store", page.Header.Get("Cache-Control"))
		require.Contains(t, page.Header.Get("X-Robots-Tag"), "noindex")
		var file map[string]any
		shownOwnData(t, b, link)
		got := b.get(path + "/data.json")
		require.NoError(t, json.Unmarshal([]byte(got.Body), &file))
		require.Equal(t, p.Email, file["email"])
		require.Len(t, file["consents"], 1)
		require.Len(t, file["mails"], 1)

		sound(t, b.get(path+"/erase"))
		require.Equal(t, 1, b.sendsEveryForm(path+"/erase"))
		for _, unsure := range []url.Values{{}, {"choice": {"erase"}}, {"sure": {"yes"}}} {
			unsaid := b.post(path+"/erase", unsure)
			sound(t, unsaid)
			require.Equal(t, http.StatusUnprocessableEntity, unsaid.StatusCode)
			require.Contains(t, unsaid.Body, l.T("own_data.erase_unsure"))
		}
		require.True(t, h.mailable(p.ID), "looking, and sending the form as it stands, erases nobody")
		done := b.post(path+"/erase", url.Values{"choice": {"erase"}, "sure": {"yes"}})
		sound(t, done)
		require.Contains(t, done.Body, l.T("own_data.erased", "Address", p.Email))
		_, err := models.PersonByID(t.Context(), h.db, p.ID)
		require.Error(t, err)
		suppressed, err := models.Suppressed(t.Context(), h.db, p.Email)
		require.NoError(t, err)
		require.True(t, suppressed)
		for _, at := range []string{path, link} {
			over := b.get(at)
			sound(t, over)
			require.Equal(t, http.StatusGone, over.StatusCode)
		}
	}
}

func TestAskingWhatIsKeptTellsStrangersNothing(t *testing.T) {
	t.Parallel() // each answer takes its time, so that nobody learns by how long it took
	h := newHouse(t)
	p := h.subscriber("here@readers.example", "en")
	for _, address := range []string{p.Email, "nobody@readers.example"} {
		got := h.public("en").post(ownDataPath, url.Values{"email": {address}})
		require.Equal(t, http.StatusOK, got.StatusCode)
		require.Contains(t, got.Body, i18n.For("en").T("own_data.asked", "Email", address))
	}
	for range 5 {
		require.Equal(t, http.StatusOK, h.public("en").post(ownDataPath, url.Values{"email": {p.Email}}).StatusCode)
	}
	n, err := h.db.NewSelect().Table("outbox").Where("kind = 'own_data'").Count(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 3, n, "nobody's mailbox is filled by somebody else")
}

func TestALinkInAMailingShowsNothingOfWhatIsKeptAndSendsALink(t *testing.T) {
	h := newHouse(t)
	p := h.subscriber("mara@readers.example", "en")
	preferences := h.server.preferencesLink(p.ID, p.ID)
	b := h.public("en")
	require.NotContains(t, b.get(preferences).Body, p.Email)
	sent := b.post(preferences, url.Values{"choice": {"data"}})
	sound(t, sent)
	require.Contains(t, sent.Body, i18n.For("en").T("own_data.sent", "Address", "m…@readers.example"))
	path := h.ownDataLink(p)
	require.Equal(t, http.StatusOK, shownOwnData(t, b, path).StatusCode)
	other := h.subscriber("other@readers.example", "en")
	mail, err := h.server.Links.Check(path[len(ownDataPath)+1:])
	require.NoError(t, err)
	for name, wrong := range map[string]string{"another kind": h.server.Links.Mint(links.KindPreferences, mail.ID, p.ID, 0),
		"another person": h.server.Links.Mint(links.KindOwnData, mail.ID, other.ID, 0), "no mail": h.server.Links.Mint(links.KindOwnData, uuid.New(), p.ID, 0)} {
		require.Equal(t, http.StatusGone, b.get(ownDataPath+"/"+wrong).StatusCode, name)
		forger := h.public("en")
		forger.header.Set("Cookie", ownDataCookie+"="+wrong)
		for _, page := range []string{"", "/data.json", "/erase"} {
			require.Equal(t, http.StatusGone, forger.get(ownDataShown+page).StatusCode, name)
		}
		require.Equal(t, http.StatusGone, forger.post(ownDataShown+"/erase", url.Values{"choice": {"erase"}, "sure": {"yes"}}).StatusCode, name)
	}
	h.exec(`UPDATE outbox SET created_at = created_at - interval '8 days' WHERE id = ?`, mail.ID)
	for _, at := range []string{path, ownDataShown} {
		require.Equal(t, http.StatusGone, b.get(at).StatusCode, "it has ended")
	}
}

func TestWhoSubscribedReadsThatTheyDid(t *testing.T) {
	h := newHouse(t)
	b := h.public("en")
	b.post(subscribePath, url.Values{"email": {"mara@readers.example"}, "language": {"en"}, "agreed": {"yes"}})
	b.post(h.confirmation(), url.Values{"choice": {"confirm"}})
	p, err := models.PersonByEmail(t.Context(), h.db, "mara@readers.example")
	require.NoError(t, err)
	require.NoError(t, models.AskOwnData(t.Context(), h.db, p.Email, h.server.Now()))
	require.Contains(t, shownOwnData(t, b, h.ownDataLink(p)).Body, i18n.For("en").T("own_data.by_subscribing"))
}

func TestWhoTookPartIsNotErasedByALink(t *testing.T) {
	n := newOffice(t)
	require.NoError(t, models.AskOwnData(t.Context(), n.db, n.officer.Email, n.server.Now()))
	b := n.public("en")
	sound(t, shownOwnData(t, b, n.ownDataLink(n.officer)))
	refused := b.post(ownDataShown+"/erase", url.Values{"choice": {"erase"}, "sure": {"yes"}})
	sound(t, refused)
	require.Equal(t, http.StatusConflict, refused.StatusCode)
	require.Contains(t, refused.Body, i18n.For(n.officer.Language).T("own_data.erase_used"))
	_, err := models.PersonByID(t.Context(), n.db, n.officer.ID)
	require.NoError(t, err)
}

func TestAllThatIsWrongIsToldAtOnce(t *testing.T) {
	n := newOffice(t)
	n.publish()
	told := func(got answer, fields ...string) {
		t.Helper()
		require.Equal(t, http.StatusUnprocessableEntity, got.StatusCode, got.Body)
		sound(t, got)
		for _, field := range fields {
			require.Contains(t, got.Body, `href="#`+fieldID(field)+`"`)
		}
	}
	told(n.public("en").post(subscribePath, url.Values{"email": {"mara"}, "language": {"tlh"}, "country": {"QQ"}, "topics": {"no-such"}}),
		"email", "language", "country", "topics", "agreed")
	b := n.as("officer-khc", "en")
	path := recommendationPath(n.brief.ID) + "/mailings/new?kind=event"
	f := filled(t, b.get(path).Body, path)
	f.Set("event.end_time", "25:00")
	f.Set("event.zone", "Nowhere")
	f.Set("event.link", "no address")
	f.Set("fallback_language", "")
	f.Set(inForm(t, f, "texts[", "en")+".subject", "Spring {nobody}")
	told(b.post(path, f), "event.day", "event.time", "event.end_time", "event.zone", "event.link", "fallback_language")
}

func TestThePublicTextLeadsToTheLetterToRepresentatives(t *testing.T) {
	n := newOffice(t)
	n.publish()
	m := n.asksToWrite()
	path := publishedPath + n.brief.Slug + "/en"
	require.NotContains(t, n.public("en").get(path).Body, "/write/", "a draft is nobody's to send")
	n.launchedNow(m)
	page := n.public("en").get(path)
	sound(t, page)
	require.Contains(t, page.Body, `href="/write/`+m.ID.String()+`?language=en"`)
	for _, name := range []string{"Office hr", "Office bg", "Office eu"} {
		require.Contains(t, page.Body, name)
	}
	n.exec(`UPDATE authorities SET email = '', postal_address = '' WHERE slug = 'hr'`)
	n.exec(`UPDATE authorities SET retired_at = now() WHERE slug = 'eu'`)
	for _, tag := range i18n.Tags() {
		letter := n.public(tag).get("/write/" + m.ID.String())
		sound(t, letter)
		require.Contains(t, letter.Body, i18n.For(tag).T("write.no_address"))
		require.Contains(t, letter.Body, i18n.For(tag).T("write.by_post"))
		require.NotContains(t, letter.Body, "Office eu")
		require.NotContains(t, letter.Body, "mailto:?")
	}
	n.exec(`UPDATE authorities SET retired_at = now()`)
	require.NotContains(t, n.public("en").get(path).Body, "/write/", "there is nobody to write to")
	require.Contains(t, n.public("en").get("/write/"+m.ID.String()).Body, i18n.For("en").T("write.nobody"))
}
