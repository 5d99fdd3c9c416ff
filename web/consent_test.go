package web

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/demo"
	"tribuna/internal/i18n"
	"tribuna/internal/links"
	"tribuna/models"
)

// subscriber is somebody without a role who gets the mailings.
func (h *house) subscriber(address, language string) models.Person {
	h.t.Helper()
	at := time.Now().AddDate(0, -1, 0)
	p := models.Person{Name: "Somebody", Email: address, Language: language, ConsentAt: &at, ConsentSource: "sign-up form", CreatedAt: at}
	require.NoError(h.t, models.CreatePerson(h.t.Context(), h.db, &p))
	return p
}

func (h *house) mailable(id uuid.UUID) bool {
	h.t.Helper()
	p, err := models.PersonByID(h.t.Context(), h.db, id)
	require.NoError(h.t, err)
	return p.Mailable()
}

// lastAct is how a person's newest act on the record was done.
func (h *house) lastAct(id uuid.UUID) string {
	h.t.Helper()
	var how string
	require.NoError(h.t, h.db.NewRaw(`SELECT act || ' ' || how FROM consents WHERE person_id = ? ORDER BY noted_at DESC, id DESC LIMIT 1`, id).Scan(h.t.Context(), &how))
	return how
}

var (
	someForm  = regexp.MustCompile(`(?s)<form method="post" action="([^"]+)".*?</form>`)
	someInput = regexp.MustCompile(`<input[^>]*name="([^"]+)"[^>]*>`)
	firstPush = regexp.MustCompile(`<button[^>]*type="submit"(?: name="([^"]+)" value="([^"]*)")?`)
	itsValue  = regexp.MustCompile(` value="([^"]*)"`)
)

// scannerSendsEveryForm does what some mail filters do with a page that a link leads to: it sends every form as it stands, once
// without a button and once with the first.
func (h *house) scannerSendsEveryForm(path string) int { return h.public("en").sendsEveryForm(path) }

func (b *reader) sendsEveryForm(path string) (sent int) {
	b.t.Helper()
	for _, f := range someForm.FindAllStringSubmatch(b.get(path).Body, -1) {
		if strings.HasPrefix(f[1], "/language") {
			continue
		}
		values := url.Values{}
		for _, in := range someInput.FindAllStringSubmatch(f[0], -1) {
			value := "on"
			if v := itsValue.FindStringSubmatch(in[0]); v != nil {
				value = v[1]
			}
			if !strings.Contains(in[0], `type="radio"`) && !strings.Contains(in[0], `type="checkbox"`) || strings.Contains(in[0], " checked") {
				values.Add(in[1], value)
			}
		}
		b.post(f[1], values)
		if push := firstPush.FindStringSubmatch(f[0]); push != nil && push[1] != "" {
			values.Set(push[1], push[2])
		}
		b.post(f[1], values)
		sent++
	}
	return sent
}

func TestMachinesUnsubscribeByOneClickAlone(t *testing.T) {
	h := newHouse(t)
	p := h.subscriber("mara@readers.example", "bg")
	path := "/u/" + h.server.Links.Mint(links.KindUnsubscribe, uuid.New(), p.ID, 0)
	require.Equal(t, 1, h.scannerSendsEveryForm(path))
	for _, body := range []url.Values{{}, {"choice": {"no"}}, {"List-Unsubscribe": {"Yes"}}, {"list-unsubscribe": {"one-click"}}} {
		got := h.public("").post(path, body)
		require.Equal(t, http.StatusUnprocessableEntity, got.StatusCode)
		require.Contains(t, got.Body, i18n.For("bg").T("consent.unsaid"))
	}
	require.Equal(t, http.StatusUnprocessableEntity, h.public("").post(path+"?List-Unsubscribe=One-Click", url.Values{}).StatusCode, "the address says nothing")
	require.True(t, h.mailable(p.ID))

	for name, send := range map[string]func(*reader) answer{
		"as the RFC's example": func(b *reader) answer { return b.post(path, url.Values{"List-Unsubscribe": {"One-Click"}}) },
		"as the RFC's multipart form": func(b *reader) answer {
			return b.sendBody(http.MethodPost, path, "multipart/form-data; boundary=---f", strings.NewReader(
				"-----f\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n-----f--\r\n"))
		},
	} {
		for _, origin := range []string{"", "https://mail.example", "null"} {
			h.exec(`UPDATE people SET unsubscribed_at = NULL WHERE id = ?`, p.ID)
			provider := h.public("")
			if origin != "" {
				provider.header.Set("Origin", origin)
				provider.header.Set("Sec-Fetch-Site", "cross-site")
			}
			got := send(provider)
			require.Equal(t, http.StatusOK, got.StatusCode, "%s: no redirect", name)
			require.Empty(t, got.Header.Get("Set-Cookie"))
			require.Equal(t, "no-store", got.Header.Get("Cache-Control"))
			require.False(t, h.mailable(p.ID), name+origin)
			require.Equal(t, "withdrawn one_click", h.lastAct(p.ID))
		}
	}
}

func TestUnsubscribingIsTakenBackByItsOwnButtonAlone(t *testing.T) {
	h := newHouse(t)
	p := h.subscriber("mara@readers.example", "sq")
	path := "/u/" + h.server.Links.Mint(links.KindUnsubscribe, uuid.New(), p.ID, 0)
	done := h.public("").post(path, url.Values{"choice": {"stop"}})
	require.Contains(t, done.Body, i18n.For("sq").T("consent.undo"))
	require.Equal(t, "withdrawn page", h.lastAct(p.ID))
	require.Equal(t, 1, h.scannerSendsEveryForm(path))
	require.False(t, h.mailable(p.ID), "who said stop is not written to because a machine looked")

	elsewhere := h.public("")
	elsewhere.header.Set("Sec-Fetch-Site", "cross-site")
	require.Equal(t, http.StatusForbidden, elsewhere.post(path+"/undo", url.Values{"choice": {"undo"}}).StatusCode)
	back := h.public("").post(path+"/undo", url.Values{"choice": {"undo"}})
	require.Contains(t, back.Body, i18n.For("sq").T("consent.undone_title"))
	require.True(t, h.mailable(p.ID))
	require.Equal(t, "restored page", h.lastAct(p.ID))

	h.exec(`UPDATE people SET unsubscribed_at = now() - interval '8 days' WHERE id = ?`, p.ID)
	late := h.public("").post(path+"/undo", url.Values{"choice": {"undo"}})
	require.Equal(t, http.StatusOK, late.StatusCode)
	require.Contains(t, late.Body, i18n.For("sq").T("consent.come_back"))
	require.NotContains(t, late.Body, i18n.For("sq").T("consent.undo"))
	require.False(t, h.mailable(p.ID))
}

func TestPreferencesByTheLinkOfAMailing(t *testing.T) {
	h := newHouse(t)
	p := h.subscriber("mara@readers.example", "ro")
	path := h.server.preferencesLink(p.ID, uuid.New())
	for _, tag := range i18n.Tags() {
		h.exec(`UPDATE people SET language = ? WHERE id = ?`, tag, p.ID)
		page := h.public("").get(path)
		sound(t, page)
		require.Contains(t, page.Body, i18n.For(tag).T("preference.title"), "in the language they are written to in")
		require.Contains(t, page.Body, "m…@readers.example")
		require.NotContains(t, page.Body, p.Email)
		require.NotContains(t, page.Body, p.Name, "the link is for this alone")
		require.Equal(t, "no-store", page.Header.Get("Cache-Control"))
		require.Contains(t, page.Header.Get("X-Robots-Tag"), "noindex")
	}
	require.Equal(t, http.StatusOK, h.public("").send(http.MethodHead, path, nil).StatusCode)
	require.Equal(t, 3, h.scannerSendsEveryForm(path))
	n, err := h.db.NewSelect().Table("mailing_preferences").Count(t.Context())
	require.NoError(t, err)
	require.Zero(t, n, "looking and sending forms as they stand keeps nothing")
	require.True(t, h.mailable(p.ID))

	h.exec(`UPDATE people SET language = 'en' WHERE id = ?`, p.ID)
	b := h.public("en")
	said := url.Values{"choice": {"save"}, "at_most": {"month"}, "kinds": {"newsletter", "campaign"}, "topics": {"leaving-care"}, "countries": {"BG", "RO"}, "language": {"bg"}, "country": {"AL"}}
	require.Contains(t, b.get(path).Body, `name="country"`)
	got := b.post(path, said)
	require.Equal(t, http.StatusOK, got.StatusCode)
	require.Contains(t, got.Body, i18n.For("bg").T("preference.saved"), "in the language just chosen")
	require.Contains(t, got.Body, `<html lang="bg"`)
	pref, err := models.PreferenceOf(t.Context(), h.db, p.ID)
	require.NoError(t, err)
	require.Equal(t, []any{"month", []string{"event", "representative"}, []string{"leaving-care"}, []string{"BG", "RO"}}, []any{pref.AtMost, pref.Refused, pref.Topics, pref.Countries})
	now, err := models.PersonByID(t.Context(), h.db, p.ID)
	require.NoError(t, err)
	require.Equal(t, [2]string{"bg", "AL"}, [2]string{now.Language, now.CountryCode})
	require.NotContains(t, got.Body, `name="country"`, "it is known, and no link shows what")
	said["country"] = []string{"RO"}
	said["kinds"], said["language"] = nil, []string{"en"}
	require.Contains(t, b.post(path, said).Body, `href="#f-kinds"`)
	said["kinds"], said["language"] = []string{"event"}, []string{"tlh"}
	require.Equal(t, http.StatusUnprocessableEntity, b.post(path, said).StatusCode)
	require.Equal(t, http.StatusUnprocessableEntity, b.post(path, url.Values{"choice": {"agree"}}).StatusCode, "a link gives no consent")

	now, err = models.PersonByID(t.Context(), h.db, p.ID)
	require.NoError(t, err)
	require.Equal(t, "AL", now.CountryCode, "a link changes nothing that is known")

	require.Contains(t, b.post(path, url.Values{"choice": {"stop"}}).Body, i18n.For("bg").T("preference.stopped"), "in their language by now")
	require.Equal(t, "withdrawn preferences", h.lastAct(p.ID))
	require.Equal(t, http.StatusUnprocessableEntity, b.post(path, url.Values{"choice": {"agree"}}).StatusCode)
	require.False(t, h.mailable(p.ID))

	for _, wrong := range []string{"/preferences/" + h.server.Links.Mint(links.KindUnsubscribe, uuid.New(), p.ID, 0), path + "A",
		"/u/" + strings.TrimPrefix(path, "/preferences/"), "/preferences/" + h.server.Links.Mint(links.KindPreferences, uuid.New(), uuid.New(), 0)} {
		require.Equal(t, http.StatusNotFound, b.get(wrong).StatusCode, wrong)
		require.Equal(t, http.StatusNotFound, b.post(wrong, url.Values{"choice": {"stop"}}).StatusCode, wrong)
	}
	require.Equal(t, http.StatusSeeOther, b.get(accountPath).StatusCode, "it signs nobody in")
	left := h.subscriber("gone@readers.example", "en")
	h.exec(`UPDATE people SET left_at = now() WHERE id = ?`, left.ID)
	require.Equal(t, http.StatusNotFound, b.get(h.server.preferencesLink(left.ID, left.ID)).StatusCode)
}

// TestALanguageChosenAmongWhatOneWantsIsFollowedAtOnce, also where this browser was told another one before.
func TestALanguageChosenAmongWhatOneWantsIsFollowedAtOnce(t *testing.T) {
	h := newHouse(t)
	b := h.as("officer-khc", "ro")
	got := b.post(ownPreferencesPath, url.Values{"choice": {"save"}, "at_most": {"each"}, "kinds": {"campaign"}, "language": {"sq"}})
	require.Equal(t, http.StatusOK, got.StatusCode, got.Body)
	require.Contains(t, got.Body, i18n.For("sq").T("preference.saved"))
	require.Contains(t, got.Body, `<html lang="sq"`)
	require.Contains(t, b.get(ownPreferencesPath).Body, `<html lang="sq"`)
}

func TestWhoIsSignedInAgreesAndTakesItBackOnOnePage(t *testing.T) {
	h := newHouse(t)
	p := h.person("officer-khc")
	h.exec(`UPDATE people SET consent_at = NULL WHERE id = ?`, p.ID)
	h.exec(`UPDATE installation SET data_holder = 'Tdh, Budapest'`)
	b := h.as("officer-khc", "ro")
	page := b.get(ownPreferencesPath)
	sound(t, page)
	sentence := i18n.For("ro").T("subscribe.consent", "Holder", "Tdh, Budapest")
	require.Contains(t, page.Body, sentence)
	require.Contains(t, b.post(ownPreferencesPath, url.Values{"choice": {"agree"}}).Body, i18n.For("ro").T("preference.agreed"))
	require.True(t, h.mailable(p.ID))
	require.Equal(t, "given form", h.lastAct(p.ID))
	require.Contains(t, b.get(accountPath).Body, ownPreferencesPath)

	held := b.get(dataHeldPath).Body
	require.Contains(t, held, sentence, "the proof is theirs to see")
	var proofs []consentProof
	require.NoError(t, json.Unmarshal([]byte(b.get(accountPath+"/consents.json").Body), &proofs))
	last := proofs[len(proofs)-1]
	require.Equal(t, [4]string{"given", "form", sentence, "ro"}, [4]string{string(last.Act), last.How, last.Text, last.TextLanguage})
	require.Len(t, last.TextHash, 64)
	csv := b.get(accountPath + "/consents.csv").Body
	require.Contains(t, csv, last.TextHash)
	require.NotContains(t, csv, h.person("reader").Email, "and nobody else's")

	require.Contains(t, b.post(ownPreferencesPath, url.Values{"choice": {"stop"}}).Body, i18n.For("ro").T("preference.stopped"))
	require.False(t, h.mailable(p.ID))
}

func TestCoordinatorsKeepTheRecordOfConsents(t *testing.T) {
	h := newHouse(t)
	p := h.subscriber("mara@readers.example", "bg")
	path := personPath(p.ID) + "/consents"
	for _, tag := range i18n.Tags() {
		page := h.as("coordinator", tag).get(path)
		sound(t, page)
		require.Contains(t, page.Body, i18n.For(tag).T("consent.how.unknown"))
		sound(t, h.as("coordinator", tag).get(personPath(p.ID)+"/erase"))
	}
	b := h.as("coordinator", "en")
	require.Contains(t, b.post(path, url.Values{"act": {"withdrawn"}, "on": {"2020-01-01"}}).Body, `href="#f-source"`)
	require.Equal(t, http.StatusSeeOther, b.post(path, url.Values{"act": {"withdrawn"}, "source": {"=by telephone"}, "on": {time.Now().UTC().Format(time.DateOnly)}}).StatusCode)
	require.False(t, h.mailable(p.ID))
	require.Contains(t, b.get(administrationPath+"/journal").Body, "wants no more mailings")
	csv := b.get(allConsentsPath + ".csv").Body
	require.Contains(t, csv, "mara@readers.example")
	require.Contains(t, csv, "'=by telephone", "no formula")
	require.Equal(t, xlsx, b.get(allConsentsPath+".xlsx").Header.Get("Content-Type"))
	require.NotContains(t, b.get(path+".csv").Body, h.person("reader").Email)
	require.Equal(t, http.StatusForbidden, h.as("officer-khc", "en").get(allConsentsPath+".csv").StatusCode)

	require.Equal(t, http.StatusConflict, b.post(personPath(demo.ID("person", "expert-02"))+"/erase", nil).StatusCode)
	require.Contains(t, b.get(personPath(p.ID)).Body, personPath(p.ID)+"/erase")
	require.Equal(t, http.StatusSeeOther, b.post(personPath(p.ID)+"/erase", nil).StatusCode)
	require.Equal(t, http.StatusNotFound, b.get(personPath(p.ID)).StatusCode)
	require.Equal(t, http.StatusOK, b.get(administrationPath+"/journal").StatusCode, "of somebody nobody knows any more")
}
