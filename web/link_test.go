package web

import (
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/i18n"
	"tribuna/internal/links"
	"tribuna/internal/mail"
	"tribuna/internal/markdown"
	"tribuna/models"
)

// linkFor mints the personal link of a task for somebody.
func (h *house) linkFor(task *models.Task, person uuid.UUID) string {
	return "/l/" + h.server.Links.Mint(links.KindTask, task.ID, person, task.Generation)
}

func TestLinkBecomesACookieForItsTask(t *testing.T) {
	h := newHouse(t)
	expert := h.person("expert-02")
	task := h.ask(models.TaskReview, expert.ID)
	link := h.linkFor(task, expert.ID)
	for _, method := range []string{http.MethodHead, http.MethodGet, http.MethodGet} {
		b := h.public("en")
		got := b.send(method, link, nil)
		require.Equal(t, http.StatusSeeOther, got.StatusCode)
		require.Equal(t, "/tasks/"+task.ID.String(), got.Header.Get("Location"), "the link is gone from the address")
		require.Equal(t, "no-store", got.Header.Get("Cache-Control"))
		require.Contains(t, got.Header.Get("X-Robots-Tag"), "noindex")
		cookie := got.Cookies()[0]
		require.Equal(t, "/tasks/"+task.ID.String(), cookie.Path)
		require.True(t, cookie.HttpOnly)
		require.Equal(t, http.SameSiteLaxMode, cookie.SameSite)
	}
	after, err := models.TaskByID(t.Context(), h.db, task.ID)
	require.NoError(t, err)
	require.Equal(t, task.State, after.State, "opening decides nothing")
	require.Nil(t, after.AcceptedAt)
}

// TestALinkOpensWithWhatAMailProgramAddedToIt: the full stop behind it, the bracket around it. It is the link that was sent, so it opens
// what that does, becomes the same cookie, and can be renewed; it stands whole in no log.
func TestALinkOpensWithWhatAMailProgramAddedToIt(t *testing.T) {
	var log strings.Builder
	h := newHouse(t)
	h.server.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{ReplaceAttr: links.RedactAttr}))
	expert := h.person("expert-02")
	task := h.ask(models.TaskReview, expert.ID)
	link := h.linkFor(task, expert.ID)
	token := strings.TrimPrefix(link, "/l/")
	added := []string{".", ",", ")", "%3E", "%253E", "%20", "%22", "'", "%E2%80%9D", ").", "%3E,", "%C2%A0"}
	for _, addition := range added {
		b := h.public("en")
		got := b.get(link + addition)
		require.Equal(t, http.StatusSeeOther, got.StatusCode, addition)
		require.Equal(t, taskPath(task.ID), got.Header.Get("Location"), addition)
		require.Equal(t, token, got.Cookies()[0].Value, addition)
		require.Equal(t, http.StatusOK, b.get(taskPath(task.ID)).StatusCode, addition)
	}
	after, err := models.TaskByID(t.Context(), h.db, task.ID)
	require.NoError(t, err)
	require.Equal(t, task.State, after.State, "opening decides nothing")
	require.Zero(t, h.newLinks(expert.ID))
	require.NotContains(t, log.String(), token)

	require.Equal(t, http.StatusGone, h.public("en").get(link[:len(link)-1]+".").StatusCode, "what is cut off stays so")
	require.NoError(t, models.RevokeLinks(t.Context(), h.db, task.ID))
	ended := h.public("en").get(link + ")")
	require.Equal(t, http.StatusGone, ended.StatusCode)
	require.NotContains(t, ended.Body, `name="email"`, "whose it was is known")
	require.Equal(t, http.StatusOK, h.public("en").post(link+")", nil).StatusCode)
	require.Equal(t, 1, h.newLinks(expert.ID))
}

func TestVisitorByLink(t *testing.T) {
	h := newHouse(t)
	expert, other := h.person("expert-02"), h.person("expert-03")
	task := h.ask(models.TaskReview, expert.ID)
	token := strings.TrimPrefix(h.linkFor(task, expert.ID), "/l/")
	who := func(path, token string) *visitor {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
		require.NoError(t, err)
		r.AddCookie(&http.Cookie{Name: linkCookie, Value: token})
		v, err := h.server.byLink(r)
		require.NoError(t, err)
		return v
	}
	v := who("/tasks/"+task.ID.String()+"/answer", token)
	require.NotNil(t, v)
	require.Equal(t, expert.ID, v.Person.ID)
	require.Equal(t, task.ID, v.LinkTask)
	require.Nil(t, who("/tasks/"+h.ask(models.TaskReview, expert.ID).ID.String(), token), "another task")
	require.Nil(t, who("/tasks/"+task.ID.String()+"0", token), "no task at all")
	require.Nil(t, who("/dashboard", token))
	require.Nil(t, who("/tasks/"+task.ID.String(), token+"A"), "forged")
	require.Nil(t, who("/tasks/"+task.ID.String(), h.server.Links.Mint(links.KindUnsubscribe, task.ID, other.ID, 1)), "another kind of link")

	require.NoError(t, models.RevokeLinks(t.Context(), h.db, task.ID))
	require.Nil(t, who("/tasks/"+task.ID.String(), token), "revoked")
}

func TestEndedLinkOffersANewOne(t *testing.T) {
	h := newHouse(t)
	expert := h.person("expert-02")
	ended := map[string]func() string{
		"revoked": func() string {
			task := h.ask(models.TaskReview, expert.ID)
			link := h.linkFor(task, expert.ID)
			require.NoError(t, models.RevokeLinks(t.Context(), h.db, task.ID))
			return link
		},
		"over": func() string {
			task := h.ask(models.TaskReview, expert.ID)
			task.Close(models.TaskDone, time.Now())
			task.GraceUntil = time.Now().Add(-time.Minute)
			require.NoError(t, task.Save(t.Context(), h.db))
			return h.linkFor(task, expert.ID)
		},
		"unknown task": func() string { return "/l/" + h.server.Links.Mint(links.KindTask, uuid.New(), expert.ID, 1) },
	}
	for name, link := range ended {
		for _, tag := range i18n.Tags() {
			t.Run(name+" "+tag, func(t *testing.T) {
				b, path := h.public(tag), link()
				got := b.get(path)
				require.Equal(t, http.StatusGone, got.StatusCode)
				require.Contains(t, got.Body, i18n.For(tag).T("error.renew"))
				require.Contains(t, got.Body, `action="`+path+`"`)
				require.NotContains(t, got.Body, `name="email"`, "whose it was is known")
				require.Empty(t, got.Cookies())
				asked := b.post(path, nil)
				require.Equal(t, http.StatusOK, asked.StatusCode)
				require.Contains(t, asked.Body, i18n.For(tag).T("account.link_asked.text"), "the same answer whatever comes of it")
			})
		}
	}
}

// TestADamagedLinkAsksForTheAddress of a question that waits: nothing can be read of whose link it was, so nobody is told that a new one
// left without it. The answer is the same for everybody; a link goes to who is asked, at the address on file.
func TestADamagedLinkAsksForTheAddress(t *testing.T) {
	h := newHouse(t)
	expert, other := h.person("expert-02"), h.person("expert-03")
	task := h.ask(models.TaskReview, expert.ID)
	link := h.linkFor(task, expert.ID)
	changed := func(at int) string {
		letter := "A"
		if link[at] == 'A' {
			letter = "B"
		}
		return link[:at] + letter + link[at+1:]
	}
	const begin = len("/l/tl_")
	damaged := map[string]string{"the signature": changed(begin + 60), "the last letter": changed(len(link) - 1), "the person": changed(begin + 30),
		"the question": changed(begin + 10), "the version": changed(begin), "the kind": "/l/tx_" + link[begin:], "cut off late": link[:len(link)-9], "cut off early": link[:begin+9],
		"another kind": "/l/" + h.server.Links.Mint(links.KindUnsubscribe, uuid.New(), expert.ID, 0), "nonsense": "/l/tl_abc"}
	said := ""
	for name, path := range damaged {
		h.exec(`DELETE FROM rate_limits`)
		b := h.public("en")
		page := b.get(path)
		require.Equal(t, http.StatusGone, page.StatusCode, name)
		sound(t, page)
		require.Contains(t, page.Body, `name="email"`, name)
		require.Empty(t, page.Cookies(), name)
		for _, typed := range []string{"", "  ", "expert", "expert@", "Expert <" + expert.Email + ">", expert.Email + "," + other.Email, strings.Repeat("x", 3000)} {
			h.asksAgain(b.post(path, url.Values{"email": {typed}}), path, typed)
		}
		require.Zero(t, h.newLinks(expert.ID), name)
		for _, address := range []string{other.Email, "nobody@example.org", expert.Email, " " + strings.ToUpper(expert.Email)} {
			asked := b.post(path, url.Values{"email": {address}})
			require.Equal(t, http.StatusOK, asked.StatusCode, name)
			require.Equal(t, "no-store", asked.Header.Get("Cache-Control"))
			answer := strings.ReplaceAll(asked.Body, path, "")
			if said == "" {
				said = answer
			}
			require.Equal(t, said, answer, "%s: the same answer whatever comes of it", name)
		}
		require.Equal(t, 1, h.newLinks(expert.ID), "%s: once", name)
		require.Zero(t, h.newLinks(other.ID), "%s: nobody who is not asked", name)
		h.exec(`DELETE FROM outbox WHERE kind = ?`, models.MailNewLink)
	}
	for _, tag := range i18n.Tags() {
		got := h.public(tag).get(damaged["the signature"])
		sound(t, got)
		require.Contains(t, got.Body, i18n.For(tag).T("error.link_damaged"))
	}
	require.Equal(t, http.StatusSeeOther, h.public("en").get(link).StatusCode, "the whole link still opens it")
}

// TestADamagedLinkOfOneQuestionSendsNoOther where it can still be read which it was; else those that wait, and not without end.
func TestADamagedLinkOfOneQuestionSendsNoOther(t *testing.T) {
	h := newHouse(t)
	expert := h.person("expert-02")
	task := h.ask(models.TaskReview, expert.ID)
	for range 7 {
		h.ask(models.TaskReview, expert.ID)
	}
	link := h.linkFor(task, expert.ID)
	cut, unreadable := link[:len(link)-4], "/l/tl_abc"
	h.public("en").post(cut, url.Values{"email": {expert.Email}})
	require.Equal(t, 1, h.newLinks(expert.ID))
	h.public("en").post(unreadable, url.Values{"email": {expert.Email}})
	require.LessOrEqual(t, h.newLinks(expert.ID), 6)
	require.Greater(t, h.newLinks(expert.ID), 1)
	for range 5 {
		h.exec(`DELETE FROM outbox WHERE kind = ?`, models.MailNewLink)
		h.public("en").post(unreadable, url.Values{"email": {expert.Email}})
	}
	require.Zero(t, h.newLinks(expert.ID), "nobody's mailbox is filled by it")
}

// TestADamagedLinkOfAPartnerSendsOne: a partner is asked in the name of their organisation.
func TestADamagedLinkOfAPartnerSendsOne(t *testing.T) {
	for name, cut := range map[string]func(string) string{"readable": func(l string) string { return l[:len(l)-4] }, "unreadable": func(string) string { return "/l/tl_abc" }} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			partner := h.person("partner-tdh")
			task := h.ask(models.TaskConsult, partner.ID)
			h.exec(`UPDATE tasks SET person_id = NULL, organisation_id = (SELECT organisation_id FROM roles WHERE person_id = ? LIMIT 1) WHERE id = ?`, partner.ID, task.ID)
			h.public("en").post(cut(h.linkFor(task, partner.ID)), url.Values{"email": {partner.Email}})
			require.Equal(t, 1, h.newLinks(partner.ID))
		})
	}
}

// newLinks counts the new links that are on their way to somebody.
func (h *house) newLinks(person uuid.UUID) int {
	h.t.Helper()
	n, err := h.db.NewSelect().Model((*models.OutboxMail)(nil)).Where("kind = ? AND person_id = ?", models.MailNewLink, person).Count(h.t.Context())
	require.NoError(h.t, err)
	return int(n)
}

func TestNewLinkGoesToTheAddressOnFile(t *testing.T) {
	h := newHouse(t)
	expert, other := h.person("expert-02"), h.person("expert-03")
	task := h.ask(models.TaskReview, expert.ID)
	old := h.linkFor(task, expert.ID)
	require.NoError(t, models.RevokeLinks(t.Context(), h.db, task.ID))

	b := h.public("en")
	b.get(old)
	require.Zero(t, h.newLinks(expert.ID), "looking sends nothing")
	b.post(old, nil)
	b.post(old, nil)
	require.Equal(t, 1, h.newLinks(expert.ID), "a second click sends no second mail")

	b.post(h.linkFor(task, other.ID), nil)
	require.Zero(t, h.newLinks(other.ID), "somebody who is not asked gets none")
}

func TestLinkAndSession(t *testing.T) {
	h := newHouse(t)
	expert := h.person("expert-01")
	task := h.ask(models.TaskReview, expert.ID)
	var seen *visitor
	probe := h.server.personal(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { seen = visitorFrom(r.Context()) }))
	same, another := h.as("expert-01", "en"), h.as("coordinator", "en")
	for name, c := range map[string]struct {
		b      *reader
		byLink bool
	}{"the same person": {same, false}, "somebody else": {another, true}} {
		t.Run(name, func(t *testing.T) {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "/tasks/"+task.ID.String(), nil)
			require.NoError(t, err)
			r.AddCookie(&http.Cookie{Name: "session", Value: c.b.cookie("session")})
			r.AddCookie(&http.Cookie{Name: linkCookie, Value: strings.TrimPrefix(h.linkFor(task, expert.ID), "/l/")})
			probe.ServeHTTP(discard{http.Header{}}, r)
			require.Equal(t, expert.ID, seen.Person.ID)
			require.Equal(t, c.byLink, seen.LinkTask != uuid.Nil)
		})
	}
}

// discard is a response nobody reads.
type discard struct{ header http.Header }

func (d discard) Header() http.Header       { return d.header }
func (discard) Write(b []byte) (int, error) { return len(b), nil }
func (discard) WriteHeader(int)             {}

func TestLeavingForgetsTheLink(t *testing.T) {
	h := newHouse(t)
	task := h.ask(models.TaskReview, h.person("expert-02").ID)
	got := h.public("en").post("/tasks/"+task.ID.String()+"/leave", nil)
	require.Equal(t, http.StatusSeeOther, got.StatusCode)
	require.Equal(t, "/tasks/"+task.ID.String(), got.Cookies()[0].Path)
	require.Negative(t, got.Cookies()[0].MaxAge)
}

func TestWhoHasNoAccountChoosesTheLanguageOfTheirMails(t *testing.T) {
	h := newHouse(t)
	expert := h.person("expert-02")
	require.Equal(t, "en", expert.Language)
	task := h.ask(models.TaskReview, expert.ID)
	b, path := h.public("en"), "/tasks/"+task.ID.String()
	require.Equal(t, http.StatusSeeOther, b.get(h.linkFor(task, expert.ID)).StatusCode)
	require.NotContains(t, b.get(path).Body, path+"/language", "mails come in the page's language")

	require.Equal(t, http.StatusSeeOther, b.post("/language", url.Values{"language": {"ro"}, "next": {path}}).StatusCode)
	page := b.get(path) // where a question is over too: a copy of the answer is still to come
	sound(t, page)
	require.Contains(t, page.Body, i18n.For("ro").T("asked.mails.now", "Language", "engleză"))
	require.Equal(t, "en", h.person("expert-02").Language, "a look changes nothing")
	require.Equal(t, http.StatusUnprocessableEntity, b.post(path+"/language", url.Values{"language": {"xx"}}).StatusCode)
	require.Equal(t, http.StatusSeeOther, b.post(path+"/language", filled(t, page.Body, path+"/language")).StatusCode)
	require.Contains(t, b.get(path).Body, i18n.For("ro").T("asked.tick", "Box", i18n.For("ro").T("asked.mails.change", "Language", "română")))
	require.Equal(t, "en", h.person("expert-02").Language, "the form says nothing as it stands: a machine may have changed the page's language")
	require.Equal(t, http.StatusSeeOther, b.post(path+"/language", url.Values{"language": {"ro"}}).StatusCode)
	require.Equal(t, "ro", h.person("expert-02").Language)
	after := b.get(path).Body
	require.Contains(t, after, i18n.For("ro").T("asked.mails.changed"))
	require.NotContains(t, after, path+"/language", "there is nothing left to choose")
	stranger := h.public("ro").post(path+"/language", url.Values{"language": {"sq"}})
	require.Equal(t, http.StatusUnauthorized, stranger.StatusCode)
	require.Equal(t, "ro", h.person("expert-02").Language)
}

// TestCleanAddressOffersALink: whoever has only the address of a page, from a calendar or on another device, types where the mail went.
// The answer is the same for everybody; a link goes to who was asked, and once.
func TestCleanAddressOffersALink(t *testing.T) {
	h := newHouse(t)
	expert, other := h.person("expert-02"), h.person("expert-03")
	task := h.ask(models.TaskReview, expert.ID)
	first := h.linkFor(task, expert.ID)
	b := h.public("en")
	away := b.get(taskPath(task.ID))
	require.Equal(t, http.StatusSeeOther, away.StatusCode)
	page := b.get(away.Header.Get("Location"))
	sound(t, page)
	action := taskPath(task.ID) + "/new-link"
	require.Contains(t, page.Body, `action="`+action+`"`)
	require.NotContains(t, b.get("/sign-in?next=/dashboard").Body, "/new-link")
	var said string
	for i, address := range []string{expert.Email, " " + strings.ToUpper(expert.Email), other.Email, "nobody@example.org"} {
		got := b.post(action, url.Values{"email": {address}})
		require.Equal(t, http.StatusOK, got.StatusCode)
		require.Equal(t, "no-store", got.Header.Get("Cache-Control"))
		if i == 0 {
			said = withoutIDs(got.Body)
		}
		require.Equal(t, said, withoutIDs(got.Body), address)
	}
	require.Equal(t, said, withoutIDs(b.post(taskPath(uuid.New())+"/new-link", url.Values{"email": {expert.Email}}).Body))
	for _, tag := range i18n.Tags() {
		b := h.public(tag)
		for _, typed := range []string{"", "expert", strings.Repeat("x", 3000)} {
			again := b.post(action, url.Values{"email": {typed}})
			h.asksAgain(again, action, typed)
			require.Contains(t, again.Body, `value="`+taskPath(task.ID)+`"`, "and signing in leads to the same page")
		}
	}
	require.Equal(t, 1, h.newLinks(expert.ID))
	require.Zero(t, h.newLinks(other.ID))
	require.Equal(t, http.StatusSeeOther, h.public("en").get(first).StatusCode, "a new link does not end the one before")
}

// asksAgain is the page that asks for a new link, after an address to which no mail can go: it says so above and at the field, keeps what
// was typed, and tells nobody that something was sent.
func (h *house) asksAgain(got answer, action, typed string) {
	h.t.Helper()
	require.Equal(h.t, http.StatusUnprocessableEntity, got.StatusCode, typed)
	require.Equal(h.t, "no-store", got.Header.Get("Cache-Control"))
	sound(h.t, got)
	require.Contains(h.t, got.Body, `href="#f-link-email"`, "the summary leads to the field")
	require.Contains(h.t, got.Body, `id="f-link-email-error"`)
	require.Contains(h.t, got.Body, `aria-invalid="true"`)
	require.Equal(h.t, typed, filled(h.t, got.Body, action).Get("email"))
	for _, tag := range i18n.Tags() {
		require.NotContains(h.t, got.Body, i18n.For(tag).T("account.link_asked.text"), "nothing was sent")
	}
}

var anyID = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f-]{27}`)

// withoutIDs is a page but for the ids in it: of the page itself, which the choice of a language leads back to.
func withoutIDs(body string) string { return anyID.ReplaceAllString(body, "") }

func TestGuessersOfLinksAreSlowedDown(t *testing.T) {
	h := newHouse(t)
	b := h.public("en")
	for range 100 {
		require.Equal(t, http.StatusGone, b.get("/l/tl_guess").StatusCode)
	}
	slowed := b.get("/l/tl_guess")
	require.Equal(t, http.StatusTooManyRequests, slowed.StatusCode)
	sound(t, slowed)
	expert := h.person("expert-02")
	task := h.ask(models.TaskReview, expert.ID)
	require.Equal(t, http.StatusSeeOther, b.get(h.linkFor(task, expert.ID)).StatusCode, "who has a link gets in all the same")
}

// TestALinkSentAnewWorksBesideTheOlderOne: who asked for another finds both mails, and either leads to the question.
func TestALinkSentAnewWorksBesideTheOlderOne(t *testing.T) {
	h := newHouse(t)
	expert := h.person("expert-02")
	task := h.reviewing("expert-02")
	older := h.linkFor(task, expert.ID)
	desk := recommendationPath(h.brief.ID) + "/round"
	require.Equal(t, http.StatusSeeOther, h.as("officer-khc", "en").post(desk, url.Values{"task": {task.ID.String()}, "do": {"send_link"}}).StatusCode)
	var sent models.OutboxMail
	require.NoError(t, h.db.NewSelect().Model(&sent).Where("kind = ? AND person_id = ?", models.MailNewLink, expert.ID).Scan(t.Context()))
	letter, err := mail.NewComposer(h.db, h.server.Links, "https://tribuna.example").Compose(t.Context(), sent, time.Now())
	require.NoError(t, err)
	newer := regexp.MustCompile(`/l/[\w.-]+`).FindString(letter.Text)
	require.NotEmpty(t, newer, letter.Text)
	for name, link := range map[string]string{"older": older, "newer": newer, "older again": older} {
		b := h.public("en")
		got := b.get(link)
		require.Equal(t, http.StatusSeeOther, got.StatusCode, name)
		require.Equal(t, taskPath(task.ID), got.Header.Get("Location"), name)
		page := b.get(taskPath(task.ID))
		require.Equal(t, http.StatusOK, page.StatusCode, name)
		require.Contains(t, page.Body, `action="`+taskPath(task.ID)+`/review"`, name)
	}
}

// TestTheLinkOfAnInvitationTakenBackShowsNothingOfTheText: it says that nothing is asked any more, of which text, and who is in charge.
func TestTheLinkOfAnInvitationTakenBackShowsNothingOfTheText(t *testing.T) {
	n := newOffice(t)
	n.patient(nil)
	n.review(2, "expert-02", "expert-03")
	expert, task, text := n.person("expert-02"), n.taskOf("expert-02"), n.current()
	opened, _ := n.byLink(task, expert, "en") // before, and stays open on a device
	n.say(n.brief.ID, n.officer, models.DecideWithdrawInvitation, task, models.WithdrawInvitationPayload{Reason: "Asked elsewhere."})
	fresh, path := n.byLink(n.task(task.ID), expert, "en")
	for name, b := range map[string]*reader{"opened before": opened, "opened now": fresh} {
		got := b.get(path)
		require.Equal(t, http.StatusOK, got.StatusCode, name)
		sound(t, got)
		require.Contains(t, got.Body, i18n.For("en").T("asked.over.cancelled.title"), name)
		require.Contains(t, got.Body, text.Title, name)
		require.Contains(t, got.Body, n.officer.Name, name)
		for _, block := range markdown.Blocks(text.Body) {
			if len(block.Text) > 40 {
				require.NotContains(t, got.Body, block.Text[:40], name)
			}
		}
		for _, m := range text.Measures {
			require.NotContains(t, got.Body, m.Text, name)
		}
		for _, other := range []string{"expert-03", "expert-04", "partner-cyi"} {
			require.NotContains(t, got.Body, n.person(other).Name, name)
		}
		for _, file := range []string{"/attachments/", "/text/docx", "/text/pdf", "/word", "/certificate.pdf"} {
			require.NotContains(t, got.Body, file, name)
		}
		for _, below := range []string{"/text/docx", "/text/pdf", "/word", "/summary", "/thanks", "/certificate.pdf"} {
			there := b.get(path + below)
			require.NotEqual(t, http.StatusOK, there.StatusCode, "%s: %s", name, below)
			require.NotContains(t, there.Body, text.Title, "%s: %s", name, below)
		}
	}
}
