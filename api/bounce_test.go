package api

import (
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/bounce/intake"
	"tribuna/internal/demo"
	"tribuna/models"
)

const bounceSecret = "a secret that mail servers share with us"

// takesReturned is a house that takes mails that came back, and a mail to its reader.
func takesReturned(t *testing.T) (*house, models.Person, uuid.UUID) {
	t.Helper()
	h := newHouse(t)
	reader, err := models.PersonByID(t.Context(), h.db, demo.ID("person", "reader"))
	require.NoError(t, err)
	m := &models.OutboxMail{Kind: models.MailDigest, DedupeKey: "one", PersonID: reader.ID, CreatedAt: noon}
	require.NoError(t, models.Enqueue(t.Context(), h.db, m))
	_, err = h.db.NewRaw(`UPDATE outbox SET state = 'delivered', finished_at = ? WHERE id = ?`, noon, m.ID).Exec(t.Context())
	require.NoError(t, err)
	mailOf := func(address string) (uuid.UUID, bool) { return m.ID, address == "returned+3f9a@tribuna.example" }
	h.server.Bounces = &intake.Intake{DB: h.db, Mail: mailOf, Now: h.now, Log: slog.Default()}
	h.server.BounceSecret = bounceSecret
	return h, reader, m.ID
}

func returnedMail(t *testing.T, name, email string) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("..", "internal", "bounce", "testdata", "returned", name+".eml"))
	require.NoError(t, err)
	return strings.ReplaceAll(string(raw), "ana@posta.example", email)
}

var asMail = map[string]string{"Content-Type": "message/rfc822"}

func TestAMailThatCameBackIsBroughtToTheAPI(t *testing.T) {
	h, reader, mail := takesReturned(t)
	bring := func(body, outcome string) {
		res := h.do(t, request{method: http.MethodPost, path: "/bounces", token: bounceSecret, body: body, header: asMail})
		require.Equal(t, http.StatusOK, res.status, string(res.body))
		require.JSONEq(t, `{"outcome":"`+outcome+`"}`, string(res.body))
	}
	bring(returnedMail(t, "exchange-full", reader.Email), "soft")
	bring(returnedMail(t, "exchange-full", reader.Email), "repeated")
	bring(strings.ReplaceAll(returnedMail(t, "exchange-not-found", reader.Email), "returned+3f9a", "returned+0000"), "forged")
	s, err := models.SuppressionOf(t.Context(), h.db, reader.Email)
	require.NoError(t, err)
	require.Nil(t, s)
	bring(returnedMail(t, "exchange-not-found", reader.Email), "hard")
	s, err = models.SuppressionOf(t.Context(), h.db, reader.Email)
	require.NoError(t, err)
	require.Equal(t, models.SuppressedHardBounce, s.Reason)
	require.Equal(t, &mail, s.MailID)
	require.Equal(t, &reader.ID, s.PersonID)

	bare := "From: MAILER-DAEMON@posta.example\nSubject: failure notice\n\n<" + reader.Email + ">:\nmailbox full (#5.2.2)\n"
	res := h.do(t, request{method: http.MethodPost, path: "/bounces?to=returned%2B3f9a@tribuna.example", token: bounceSecret, body: bare, header: asMail})
	require.JSONEq(t, `{"outcome":"soft"}`, string(res.body))
}

func TestNobodyBringsMailsWithoutTheSecret(t *testing.T) {
	h, reader, _ := takesReturned(t)
	body := returnedMail(t, "exchange-not-found", reader.Email)
	for _, token := range []string{"", "wrong", bounceSecret + "x", h.token(t, "coordinator")} {
		res := h.do(t, request{method: http.MethodPost, path: "/bounces", token: token, body: body, header: asMail})
		require.Equal(t, http.StatusUnauthorized, res.status)
	}
	h.server.BounceSecret = ""
	require.Equal(t, http.StatusUnauthorized, h.do(t, request{method: http.MethodPost, path: "/bounces", body: body, header: asMail}).status, "no secret lets nobody in")
	count, err := h.db.NewSelect().Table("bounces").Count(t.Context())
	require.NoError(t, err)
	require.Zero(t, count)
}

func TestWhatIsNoMailIsNotTaken(t *testing.T) {
	h, _, _ := takesReturned(t)
	for _, c := range []struct {
		path, body, kind string
		want             int
	}{
		{"/bounces", "{}", "application/json", http.StatusUnsupportedMediaType},
		{"/bounces", "x", "", http.StatusUnsupportedMediaType},
		{"/bounces?to=nobody", "x", "message/rfc822", http.StatusUnprocessableEntity},
		{"/bounces", strings.Repeat("x", returnedLimit+1), "message/rfc822", http.StatusRequestEntityTooLarge},
	} {
		res := h.do(t, request{method: http.MethodPost, path: c.path, token: bounceSecret, body: c.body, header: map[string]string{"Content-Type": c.kind}})
		require.Equal(t, c.want, res.status, "%s as %q", c.path, c.kind)
	}
}
