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
	"tribuna/models"
)

// comesBack has two mails of a mailing that was sent come back, and reads why on its pages.
func (n *office) comesBack(b *reader, mailing string) {
	t := n.t
	t.Helper()
	var sent []struct {
		ID    uuid.UUID
		Email string
	}
	require.NoError(t, n.db.NewRaw(`SELECT o.id, p.email FROM outbox AS o JOIN people AS p ON p.id = o.person_id
		WHERE o.mailing_id = ? AND o.state = 'delivered' ORDER BY o.id LIMIT 2`, n.mailingsOf()[0].ID).Scan(t.Context(), &sent))
	for i, class := range []models.BounceClass{models.BounceHard, models.BounceSoft} {
		_, err := models.NoteBounce(t.Context(), n.db, models.ReturnedMail{MailID: sent[i].ID, Email: sent[i].Email, Digest: "one", Kind: "delivery",
			Class: class, Diagnostic: "550 said <the server>"}, time.Now())
		require.NoError(t, err)
	}
	l := i18n.For("en")
	outcome := b.get(mailing)
	sound(t, outcome)
	require.Contains(t, outcome.Body, `href="`+mailing+`/recipients?state=bounced">`+l.T("mailing.bounced"))
	list := b.get(mailing + "/recipients?state=bounced")
	sound(t, list)
	require.Equal(t, 2, strings.Count(list.Body, `<th scope="row">`))
	require.Contains(t, list.Body, l.T("bounce.hard"))
	require.Contains(t, list.Body, l.T("bounce.soft"))
	require.Contains(t, list.Body, "550 said &lt;the server&gt;")
	require.Equal(t, 12, strings.Count(b.get(mailing+"/recipients?state=delivered").Body, `<th scope="row">`))
}

// TestAnAddressIsWrittenToAgain: the coordinator sees why nothing is sent, in every language, and can have it sent again.
func TestAnAddressIsWrittenToAgain(t *testing.T) {
	h := newHouse(t)
	reader := h.person("reader")
	path := personPath(reader.ID)
	for _, reason := range models.SuppressionReasons() {
		require.NoError(t, models.Suppress(t.Context(), h.db, reader.Email, reason, time.Now()))
		for _, tag := range i18n.Tags() {
			c := h.as("coordinator", tag)
			page := c.get(path)
			sound(t, page)
			require.Contains(t, page.Body, i18n.For(tag).T("suppressed.lift"), tag)
		}
		c := h.as("coordinator", "en")
		for range 2 { // pressed twice
			lifted := c.post(path+"/write-again", url.Values{})
			require.Equal(t, http.StatusSeeOther, lifted.StatusCode, lifted.Body)
		}
		s, err := models.SuppressionOf(t.Context(), h.db, reader.Email)
		require.NoError(t, err)
		require.Nil(t, s)
		require.NotContains(t, c.get(path).Body, i18n.For("en").T("suppressed.lift"))
	}
	require.Contains(t, h.as("coordinator", "en").get("/administration/journal").Body, "written to again at their address")
}
