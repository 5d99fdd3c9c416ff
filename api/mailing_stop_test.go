package api

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tribuna/models"
)

func TestAMailingSaysWhyItStoppedAndWhatItWaitsFor(t *testing.T) {
	h := newHouse(t)
	rec, _ := h.publish(t)
	officer := h.token(t, "officer-khc")
	in := models.MailingInput{Audience: models.Audience{Roles: []string{"reader"}}, FallbackLanguage: "en",
		Texts: []models.MailingText{{Language: "en", Subject: "News", Body: "Read it."}}}
	var v Mailing
	h.send(t, request{method: "POST", path: "/recommendations/" + rec.ID.String() + "/mailings", token: officer, body: in, header: key()}, http.StatusCreated, &v)
	require.Nil(t, v.Stopped)
	path := "/mailings/" + v.ID.String()
	m, err := models.MailingByID(t.Context(), h.db, v.ID)
	require.NoError(t, err)

	m.State = models.MailingSending
	require.NoError(t, m.SaveState(t.Context(), h.db))
	_, err = h.db.NewInsert().Model(&models.MailingWait{MailingID: m.ID, Why: models.WaitDomain, Domain: "ministry.example", Most: 20, Until: h.now().Add(time.Minute)}).Exec(t.Context())
	require.NoError(t, err)
	h.read(t, officer, path, &v)
	require.Len(t, v.Waits, 1)
	require.Equal(t, models.WaitDomain, v.Waits[0].Why)
	require.Equal(t, 20, v.Waits[0].Most)
	require.NoError(t, models.ServerSilent(t.Context(), h.db, m.ID, []string{"mail.example:25"}, h.now().Add(-time.Hour)))
	h.read(t, officer, path, &v)
	require.Len(t, v.Waits, 2)
	server := v.Waits[slices.IndexFunc(v.Waits, func(w MailingWait) bool { return w.Why == models.WaitServer })]
	require.Equal(t, "mail.example:25", server.Server)
	require.WithinDuration(t, h.now().Add(-time.Hour), *server.Since, time.Minute)
	require.Zero(t, v.Progress.PerMinute, "nothing has left")

	people, err := models.EnqueueMailing(t.Context(), h.db, models.MailingRecipients{MailingID: m.ID, RecommendationID: rec.ID, Audience: m.Audience,
		Texts: []string{"en"}, Fallback: "en"}, h.now())
	require.NoError(t, err)
	_, err = h.db.NewRaw(`UPDATE outbox SET state = 'delivered', finished_at = ? WHERE id = (SELECT id FROM outbox WHERE mailing_id = ? LIMIT 1)`,
		h.now().Add(30*time.Second), m.ID).Exec(t.Context())
	require.NoError(t, err)
	v = Mailing{}
	h.read(t, officer, path, &v)
	require.Equal(t, []int{people, people - 1, 1}, []int{v.Progress.Total, v.Progress.Pending, v.Progress.Delivered})
	require.Equal(t, 60, v.Progress.PerMinute, "whatever the others wait for")
	require.Zero(t, v.Progress.SecondsLeft, "nobody knows when the server is back")
	_, err = h.db.NewRaw(`UPDATE mailing_waits SET why = 'minute', domain = '' WHERE why = 'domain'`).Exec(t.Context())
	require.NoError(t, err)
	require.NoError(t, models.ServerAnswers(t.Context(), h.db, m.ID))
	h.read(t, officer, path, &v)
	require.Equal(t, []int{20, 3 * (people - 1)}, []int{v.Progress.PerMinute, v.Progress.SecondsLeft}, "as the limit lets them go")

	require.NoError(t, m.Stop(t.Context(), h.db, models.MailingStop{Reason: models.StopPolicy, Domain: "ministry.example", Reply: "550 5.7.26 no", At: h.now()}))
	require.NoError(t, m.SaveState(t.Context(), h.db))
	v = Mailing{}
	h.read(t, officer, path, &v)
	require.Equal(t, models.StopPolicy, v.Stopped.Reason)
	require.Equal(t, "550 5.7.26 no", v.Stopped.Reply)
	require.Empty(t, v.Waits, "it waits for a person")
}
