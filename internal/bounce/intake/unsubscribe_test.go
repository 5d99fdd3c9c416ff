package intake_test

import (
	"bytes"
	"net/smtp"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/bounce/intake"
	"tribuna/internal/links"
	"tribuna/internal/mail"
	"tribuna/models"
)

// ending has the office take unsubscribing mails in; it returns the minter of the links.
func (o *office) ending(t *testing.T) *links.Minter {
	t.Helper()
	minter, err := links.New(bytes.Repeat([]byte{7}, 32))
	require.NoError(t, err)
	o.Links = minter
	return minter
}

func (o *office) unsubscribedAt(t *testing.T, id uuid.UUID) *time.Time {
	t.Helper()
	p, err := models.PersonByID(t.Context(), o.db, id)
	require.NoError(t, err)
	return p.UnsubscribedAt
}

// written is the mail that a programme writes for its reader by the address of List-Unsubscribe.
func written(t *testing.T, header, from string, more ...string) (to string, raw []byte) {
	t.Helper()
	first, _, _ := strings.Cut(header, ", ")
	u, err := url.Parse(strings.Trim(first, "<>"))
	require.NoError(t, err)
	require.Equal(t, "mailto", u.Scheme)
	lines := append([]string{"From: " + from, "To: " + u.Opaque, "Subject: " + u.Query().Get("subject"), "Message-ID: <" + uuid.NewString() + "@posta.example>",
		"Date: Thu, 12 Mar 2026 09:00:00 +0000"}, more...)
	return u.Opaque, []byte(strings.Join(lines, "\r\n") + "\r\n\r\nThis mail was written by a programme.\r\n")
}

func TestAMailToTheAddressInListUnsubscribeEndsMailings(t *testing.T) {
	o := newOffice(t)
	minter, mailing := o.ending(t), uuid.New()
	back, err := mail.NewReturnPath("returned@tribuna.example", bytes.Repeat([]byte{9}, 32))
	require.NoError(t, err)
	o.Mail = back.Mail
	addr := o.receive(t)
	header := mail.ListUnsubscribe("https://tribuna.example/u/"+minter.Mint(links.KindUnsubscribe, mailing, o.ana, 0), back.For(o.sent(t, models.MailDelivered)))
	to, raw := written(t, header, "Somebody Else <x@evil.example>")
	require.NoError(t, smtp.SendMail(addr, nil, "", []string{to}, raw))
	at := o.unsubscribedAt(t, o.ana)
	require.NotNil(t, at)
	require.Empty(t, o.suppressed(t), "other mails still reach her")
	require.NoError(t, smtp.SendMail(addr, nil, "", []string{to}, raw), "said twice")
	require.True(t, at.Equal(*o.unsubscribedAt(t, o.ana)))
	var how []string
	require.NoError(t, o.db.NewRaw(`SELECT how FROM consents WHERE person_id = ? AND act = 'withdrawn'`, o.ana).Scan(t.Context(), &how))
	require.Equal(t, []string{string(models.ConsentByMail)}, how, "once, and how")
	require.NotContains(t, o.log.String(), "tu_")
}

// TestNobodyElseIsUnsubscribed: a token is believed where it is genuine and of the kind, and a machine's answer ends nothing.
func TestNobodyElseIsUnsubscribed(t *testing.T) {
	o := newOffice(t)
	minter, id := o.ending(t), o.sent(t, models.MailDelivered)
	other, err := links.New(bytes.Repeat([]byte{8}, 32))
	require.NoError(t, err)
	page := "https://tribuna.example/u/"
	token := minter.Mint(links.KindUnsubscribe, id, o.ana, 0)
	for name, try := range map[string]struct {
		page string
		more []string
		want intake.Outcome
	}{
		"made up":            {page + other.Mint(links.KindUnsubscribe, id, o.ana, 0), nil, intake.NoReport},
		"changed":            {page + token[:len(token)-2] + "AA", nil, intake.NoReport},
		"of another kind":    {page + minter.Mint(links.KindPreferences, id, o.ana, 0), nil, intake.NoReport},
		"kind renamed":       {page + "tu_" + strings.TrimPrefix(minter.Mint(links.KindPreferences, id, o.ana, 0), "tp_"), nil, intake.NoReport},
		"nobody's":           {page + minter.Mint(links.KindUnsubscribe, id, uuid.New(), 0), nil, intake.Gone},
		"out of office":      {page + token, []string{"Auto-Submitted: auto-replied"}, intake.Outcome("auto_reply")},
		"an older answer":    {page + token, []string{"X-Autoreply: yes"}, intake.Outcome("auto_reply")},
		"no word of it":      {page, nil, intake.NoReport},
		"name in the middle": {page + "x" + token, nil, intake.NoReport},
	} {
		to, raw := written(t, mail.ListUnsubscribe(try.page, addressOf(id)), "Ana <ana@posta.example>", try.more...)
		require.Equal(t, try.want, o.take(t, []string{to}, raw), name)
		require.Nil(t, o.unsubscribedAt(t, o.ana), name)
	}
	require.Equal(t, intake.Unsubscribed, o.take(t, nil, func() []byte {
		_, raw := written(t, mail.ListUnsubscribe(page+token, addressOf(id)), "x@y.example")
		return raw
	}()))
	require.NotNil(t, o.unsubscribedAt(t, o.ana))
}

// TestAServerThatReturnsTheWishEndsNothing: what comes back quotes it, and nobody wished it.
func TestAServerThatReturnsTheWishEndsNothing(t *testing.T) {
	o := newOffice(t)
	minter, id := o.ending(t), o.sent(t, models.MailDelivered)
	raw := returned(t, "exchange-full", id)
	token := minter.Mint(links.KindUnsubscribe, id, o.ana, 0)
	raw = bytes.Replace(raw, []byte("Subject: "), []byte("Subject: unsubscribe "+token+" "), 1)
	require.Equal(t, intake.Outcome("soft"), o.take(t, nil, raw))
	require.Nil(t, o.unsubscribedAt(t, o.ana))
}
