package web

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/i18n"
	"tribuna/internal/links"
	"tribuna/models"
)

// confirmation is the address in the mail to whoever typed an address last.
func (h *house) confirmation() string {
	h.t.Helper()
	var id uuid.UUID
	require.NoError(h.t, h.db.NewRaw(`SELECT (data->>'request')::uuid FROM outbox WHERE kind = 'subscription' ORDER BY created_at DESC LIMIT 1`).Scan(h.t.Context(), &id))
	return subscribePath + "/" + h.server.Links.Mint(links.KindSubscription, id, uuid.Nil, 0)
}

func TestEverybodySubscribesInTheirLanguage(t *testing.T) {
	h := newHouse(t)
	for _, tag := range i18n.Tags() {
		b, l := h.public(tag), i18n.For(tag)
		page := b.get(subscribePath)
		sound(t, page)
		require.Contains(t, page.Body, l.T("subscribe.lead"))
		require.Contains(t, b.get("/published").Body, subscribePath)
		address := "mara-" + tag + "@readers.example"
		form := url.Values{"email": {address}, "language": {tag}, "country": {"HR"}}
		again := b.post(subscribePath, form)
		require.Equal(t, http.StatusUnprocessableEntity, again.StatusCode)
		require.Contains(t, again.Body, `href="#f-agreed"`, "nobody agrees by leaving a form as it is")
		form.Set("agreed", "yes")
		asked := b.post(subscribePath, form)
		sound(t, asked)
		require.Contains(t, asked.Body, l.T("subscribe.asked", "Email", address))

		path := h.confirmation()
		sound(t, b.get(path))
		require.Equal(t, http.StatusOK, b.send(http.MethodHead, path, nil).StatusCode)
		require.Equal(t, 1, h.scannerSendsEveryForm(path))
		_, err := models.PersonByEmail(t.Context(), h.db, address)
		require.Error(t, err, "looking, and sending the form as it stands, subscribes nobody")
		done := h.public("").post(path, url.Values{"choice": {"confirm"}})
		sound(t, done)
		require.Contains(t, done.Body, l.T("subscribe.confirmed_title"), "in the language they chose")
		p, err := models.PersonByEmail(t.Context(), h.db, address)
		require.NoError(t, err)
		require.True(t, p.Mailable())
		require.Equal(t, [2]string{tag, "HR"}, [2]string{p.Language, p.CountryCode})
		list, err := models.ConsentsOf(t.Context(), h.db, models.ConsentFilter{Person: p.ID})
		require.NoError(t, err)
		require.Contains(t, page.Body, list[0].Text, "exactly what they read")
		again = h.public("").get(path)
		sound(t, again)
		require.Equal(t, http.StatusOK, again.StatusCode)
		require.Contains(t, again.Body, l.T("subscribe.already_title"), "in their language")
		require.Contains(t, again.Body, `href="`+h.server.preferencesLink(p.ID, p.ID))
		require.NoError(t, models.Unsubscribe(t.Context(), h.db, p.ID, h.server.Now()))
		over := b.get(path)
		sound(t, over)
		require.Equal(t, http.StatusGone, over.StatusCode)
		require.Contains(t, over.Body, l.T("subscribe.over_title"))
	}
}

func TestSubscribingTellsStrangersNothing(t *testing.T) {
	t.Parallel() // each answer takes its time, so that nobody learns by how long it took
	h := newHouse(t)
	h.subscriber("here@readers.example", "en")
	require.NoError(t, models.Suppress(t.Context(), h.db, "never@readers.example", "objection", h.server.Now()))
	answers := map[string]string{}
	for _, name := range []string{"here", "never", "new-1"} {
		got := h.public("en").post(subscribePath, url.Values{"email": {name + "@readers.example"}, "language": {"en"}, "agreed": {"yes"}})
		require.Equal(t, http.StatusOK, got.StatusCode)
		answers[i18n.For("en").T("subscribe.asked", "Email", name+"@readers.example")] = name
		require.Contains(t, got.Body, i18n.For("en").T("account.link_asked.title"))
	}
	require.Len(t, answers, 3)
	for range models.SubscribeLimit.ByHost {
		h.public("en").post(subscribePath, url.Values{"email": {"x"}, "language": {"en"}})
	}
	got := h.public("en").post(subscribePath, url.Values{"email": {"new-2@readers.example"}, "language": {"en"}, "agreed": {"yes"}})
	require.Equal(t, http.StatusTooManyRequests, got.StatusCode)
	require.NotEmpty(t, got.Header.Get("Retry-After"))
}

func TestLinksOfOtherKindsSubscribeNobody(t *testing.T) {
	h := newHouse(t)
	p := h.subscriber("mara@readers.example", "en")
	for _, wrong := range []string{"ts_abc", h.server.Links.Mint(links.KindUnsubscribe, uuid.New(), p.ID, 0), h.server.Links.Mint(links.KindSubscription, uuid.New(), uuid.Nil, 0)} {
		require.Equal(t, http.StatusGone, h.public("en").get(subscribePath+"/"+wrong).StatusCode)
		require.Equal(t, http.StatusGone, h.public("en").post(subscribePath+"/"+wrong, url.Values{"choice": {"confirm"}}).StatusCode)
	}
}
