package mail

import (
	"bytes"
	"io"
	netmail "net/mail"
	"strings"
	"testing"
	"time"

	gomessage "github.com/emersion/go-message/mail"
	"github.com/stretchr/testify/require"
)

var sentAt = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

func wire(t *testing.T, l Letter) []byte {
	t.Helper()
	m, err := message(&l, envelope{id: "0195b1d2", from: netmail.Address{Name: "Трибуна", Address: "post@tribuna.example"}, date: sentAt})
	require.NoError(t, err)
	var out bytes.Buffer
	_, err = m.WriteTo(&out)
	require.NoError(t, err)
	return out.Bytes()
}

func letter() Letter {
	return Letter{To: netmail.Address{Name: "Мария Петрова", Address: "maria@mail.example"}, Language: "bg",
		Subject: "Бихте ли рецензирали „Напускане на грижата не е напускане сам“? " + strings.Repeat("дълга тема ", 20),
		HTML:    "<p>Здравейте</p>", Text: "Здравейте\n.\nточка\n", Unsubscribe: "https://tribuna.example/u/tu_" + strings.Repeat("x", 72)}
}

func TestMessageIsReadAsItWasWritten(t *testing.T) {
	l := letter()
	r, err := gomessage.CreateReader(bytes.NewReader(wire(t, l)))
	require.NoError(t, err)

	subject, err := r.Header.Subject()
	require.NoError(t, err)
	require.Equal(t, strings.TrimSpace(l.Subject), subject)
	to, err := r.Header.AddressList("To")
	require.NoError(t, err)
	require.Len(t, to, 1)
	require.Equal(t, gomessage.Address(l.To), *to[0])
	from, err := r.Header.AddressList("From")
	require.NoError(t, err)
	require.Equal(t, "Трибуна", from[0].Name)
	date, err := r.Header.Date()
	require.NoError(t, err)
	require.True(t, date.Equal(sentAt))
	id, err := r.Header.MessageID()
	require.NoError(t, err)
	require.Equal(t, "0195b1d2@tribuna.example", id)
	require.Equal(t, "auto-generated", r.Header.Get("Auto-Submitted"))
	require.Equal(t, "bg", r.Header.Get("Content-Language"))
	require.Equal(t, "<"+l.Unsubscribe+">", strings.TrimSpace(r.Header.Get("List-Unsubscribe")))
	require.Equal(t, "List-Unsubscribe=One-Click", r.Header.Get("List-Unsubscribe-Post"))

	require.Equal(t, []string{"text/plain " + l.Text, "text/html " + l.HTML}, parts(t, r), "the plain part first (RFC 2046, 5.1.4)")
}

func parts(t *testing.T, r *gomessage.Reader) []string {
	t.Helper()
	var all []string
	for {
		p, err := r.NextPart()
		if err == io.EOF {
			return all
		}
		require.NoError(t, err)
		body, err := io.ReadAll(p.Body)
		require.NoError(t, err)
		kind, _, err := p.Header.(*gomessage.InlineHeader).ContentType()
		require.NoError(t, err)
		all = append(all, kind+" "+strings.ReplaceAll(string(body), "\r\n", "\n"))
	}
}

func TestOtherMailsHaveNoUnsubscribeHeader(t *testing.T) {
	l := letter()
	l.Unsubscribe = ""
	require.NotContains(t, string(wire(t, l)), "List-Unsubscribe")
}

func TestNobodyAddsHeadersThroughNamesAndSubjects(t *testing.T) {
	for _, evil := range []string{
		"Ann\r\nBcc: all@mail.example", "Ann\nBcc: all@mail.example", "Ann\rBcc: all@mail.example",
		"Ann\u2028Bcc: all@mail.example", "Ann\x00\x0bBcc: all@mail.example", "Анна\r\n\r\n<p>body</p>",
		`Ann" <all@mail.example>, "`, "Ann <all@mail.example>,", `Ann\`, "=?utf-8?q?Ann=0D=0ABcc:_all@mail.example?=",
	} {
		l := letter()
		l.Subject, l.To.Name = evil, evil
		raw := wire(t, l)
		m, err := netmail.ReadMessage(bytes.NewReader(raw))
		require.NoError(t, err, "%q", evil)
		require.Empty(t, m.Header["Bcc"], "%q", evil)
		require.Len(t, m.Header["Subject"], 1)
		to, err := m.Header.AddressList("To")
		require.NoError(t, err, "%q", evil)
		require.Len(t, to, 1, "%q", evil)
		require.Equal(t, "maria@mail.example", to[0].Address, "%q", evil)
		body, err := io.ReadAll(m.Body)
		require.NoError(t, err)
		require.True(t, strings.HasPrefix(strings.TrimSpace(string(body)), "--"), "the body begins with its first boundary: %q", evil)
	}
}

func TestAddressesThatAreMoreThanOneAreRefused(t *testing.T) {
	for _, evil := range []string{"", "maria", "a@mail.example, b@mail.example", "a@mail.example\r\nBcc: b@mail.example",
		"<a@mail.example>", "A <a@mail.example>", " a@mail.example"} {
		l := letter()
		l.To.Address = evil
		_, err := message(&l, envelope{id: "1", from: netmail.Address{Address: "post@tribuna.example"}, date: sentAt})
		require.Error(t, err, "%q", evil)
	}
}

func TestAFileGoesAlongBesideBothParts(t *testing.T) {
	l := letter()
	l.Attached = []Attached{{"tribuna.ics", "text/calendar; charset=utf-8; method=PUBLISH", []byte("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"), ""}}
	r, err := gomessage.CreateReader(bytes.NewReader(wire(t, l)))
	require.NoError(t, err)
	var kinds []string
	for {
		p, err := r.NextPart()
		if err == io.EOF {
			break
		}
		require.NoError(t, err)
		body, err := io.ReadAll(p.Body)
		require.NoError(t, err)
		switch h := p.Header.(type) {
		case *gomessage.InlineHeader:
			kind, _, err := h.ContentType()
			require.NoError(t, err)
			kinds = append(kinds, kind)
		case *gomessage.AttachmentHeader:
			name, err := h.Filename()
			require.NoError(t, err)
			kind, params, err := h.ContentType()
			require.NoError(t, err)
			require.Equal(t, "PUBLISH", params["method"])
			require.Equal(t, "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", string(body))
			kinds = append(kinds, name+" "+kind)
		}
	}
	require.Equal(t, []string{"text/plain", "text/html", "tribuna.ics text/calendar"}, kinds)
}
