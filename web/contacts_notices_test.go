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

// imported has a coordinator import people who are then owed a notice.
func imported(t *testing.T, c *reader, rows string) {
	t.Helper()
	path := c.postFile(contactsPath, fromAConference, "list.csv", "name,email,language\n"+rows).Header.Get("Location")
	require.Equal(t, http.StatusSeeOther, c.post(path, nil).StatusCode, c.get(path).Body)
}

func (h *house) exec(query string, args ...any) {
	h.t.Helper()
	_, err := h.db.NewRaw(query, args...).Exec(h.t.Context())
	require.NoError(h.t, err)
}

func TestTheNoticeGoesOnceToEverybodyWhomAMailReaches(t *testing.T) {
	h := newHouse(t)
	c := h.as("coordinator", "en")
	imported(t, c, "Ana,ana@list.example,bg\nBen,ben@list.example,en\nCem,cem@list.example,sq\nDea,dea@list.example,en\n")
	require.NoError(t, models.Suppress(t.Context(), h.db, "dea@list.example", "asked", h.server.Now()))
	mails := h.rows("outbox")
	require.Equal(t, http.StatusUnprocessableEntity, c.post(noticesPath+"/send", url.Values{"expected": {"3"}}).StatusCode, "nobody said who holds the data")
	require.Contains(t, c.get(noticesPath).Body, "The notice has to say who holds the data")
	require.Equal(t, http.StatusUnprocessableEntity, c.post(noticesPath+"/holder", url.Values{"data_holder": {"Tdh"}, "data_contact": {"nowhere"}}).StatusCode)
	require.Equal(t, http.StatusSeeOther, c.post(noticesPath+"/holder", url.Values{"data_holder": {"Tdh, Budapest"}, "data_contact": {"privacy@tdh.example"}}).StatusCode)

	for _, tag := range i18n.Tags() {
		reader := h.as("coordinator", tag)
		for _, path := range []string{noticesPath, noticesPath + "/send", noticesPath + "/holder", noticesPath + "/preview?language=bg"} {
			sound(t, reader.get(path))
		}
	}
	c = h.as("coordinator", "en")
	ask := c.get(noticesPath + "/send").Body
	require.Contains(t, ask, "3 people get one mail each")
	require.Contains(t, ask, "ana@list.example")
	require.NotContains(t, ask, "dea@list.example")
	preview := c.get(noticesPath + "/preview?language=bg").Body
	require.Contains(t, preview, "Здравейте, Ana!")
	require.Contains(t, preview, "List of a conference")
	require.Equal(t, http.StatusNotFound, c.get(noticesPath+"/preview?language=ro").StatusCode)
	require.Equal(t, mails, h.rows("outbox"), "looking sends nothing")

	require.Equal(t, http.StatusPreconditionFailed, c.post(noticesPath+"/send", url.Values{"expected": {"2"}}).StatusCode, "others than were seen")
	require.Equal(t, mails, h.rows("outbox"))
	require.Equal(t, http.StatusSeeOther, c.post(noticesPath+"/send", url.Values{"expected": {"3"}}).StatusCode)
	require.Equal(t, mails+3, h.rows("outbox"))
	require.NotEqual(t, http.StatusSeeOther, c.post(noticesPath+"/send", url.Values{"expected": {"3"}}).StatusCode)
	require.Equal(t, mails+3, h.rows("outbox"), "never twice")
	require.Contains(t, c.get(noticesPath+"?list=told").Body, "on its way")
	for _, list := range []string{"", "?list=out_of_reach"} {
		page := c.get(noticesPath + list).Body
		require.Contains(t, page, "this address must not be written to")
		require.NotContains(t, page, "ana@list.example")
	}
	require.Contains(t, c.get(administrationPath+"/journal").Body, "sent the notice about where their data came from; people: 3")
}

func TestANoticeThatCameBackIsOwedAgainAndOneThatIsLateIsShown(t *testing.T) {
	h := newHouse(t)
	c := h.as("coordinator", "en")
	imported(t, c, "Ana,ana@list.example,bg\n")
	h.exec(`UPDATE installation SET data_holder = 'Tdh', data_contact = 'privacy@tdh.example'`)
	require.Equal(t, http.StatusSeeOther, c.post(noticesPath+"/send", url.Values{"expected": {"1"}}).StatusCode)
	require.NotContains(t, c.get(contactsPath).Body, "has not been told yet")
	h.exec(`UPDATE outbox SET state = 'failed' WHERE kind = 'source_notice'`)
	h.exec(`UPDATE contact_notices SET due_at = ?`, h.server.Now().AddDate(0, 0, -1))
	page := c.get(noticesPath).Body
	require.Contains(t, page, "the address does not work")
	require.Contains(t, page, "overdue since")
	require.Contains(t, page, "1 person should have been told by now")
	require.Contains(t, c.get(contactsPath).Body, "1 person should have been told by now")
	mails := h.rows("outbox")
	require.NotEqual(t, http.StatusSeeOther, c.post(noticesPath+"/send", url.Values{"expected": {"1"}}).StatusCode, "not to the same address")
	h.exec(`UPDATE people SET email = 'ana.right@list.example' WHERE email = 'ana@list.example'`)
	require.Equal(t, http.StatusSeeOther, c.post(noticesPath+"/send", url.Values{"expected": {"1"}}).StatusCode, "but to the one that was corrected")
	require.Equal(t, mails+1, h.rows("outbox"))
	h.exec(`UPDATE outbox SET state = 'unknown' WHERE kind = 'source_notice'`)
	require.Contains(t, c.get(noticesPath).Body, "may have arrived or not")
}

func TestWhoGotTheNoticeObjectsByItsLink(t *testing.T) {
	h := newHouse(t)
	c := h.as("coordinator", "en")
	imported(t, c, "Ana,ana@list.example,bg\n")
	ana, err := models.PersonByEmail(t.Context(), h.db, "ana@list.example")
	require.NoError(t, err)
	path := "/o/" + h.server.Links.Mint(links.KindObjection, uuid.New(), ana.ID, 0)
	public := h.public("bg")
	for range 2 {
		sound(t, public.get(path))
	}
	notice, err := models.NoticeOf(t.Context(), h.db, ana.ID)
	require.NoError(t, err)
	require.Nil(t, notice.ObjectedAt, "machines that follow links decide nothing")
	mails := h.rows("outbox")
	for range 2 {
		done := public.post(path, nil)
		sound(t, done)
		require.Contains(t, done.Body, i18n.For("bg").T("notice.objection.done_title"))
		require.NotContains(t, done.Body, ana.Email, "a forwarded mail does not give the address away")
	}
	ana, err = models.PersonByID(t.Context(), h.db, ana.ID)
	require.NoError(t, err)
	require.NotNil(t, ana.UnsubscribedAt)
	coordinators, err := models.Coordinators(t.Context(), h.db)
	require.NoError(t, err)
	require.Equal(t, mails+len(coordinators), h.rows("outbox"), "each coordinator is told once")
	require.Contains(t, c.get(noticesPath).Body, "objected on")
	require.Contains(t, c.get(administrationPath+"/journal").Body, "objected to the use of their data")
	for _, bad := range []string{"/o/to_abc", "/o/" + h.server.Links.Mint(links.KindUnsubscribe, uuid.New(), ana.ID, 0),
		"/o/" + h.server.Links.Mint(links.KindObjection, uuid.New(), h.person("coordinator").ID, 0)} {
		require.Equal(t, http.StatusNotFound, public.post(bad, nil).StatusCode)
	}
}
