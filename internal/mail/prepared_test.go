package mail

import (
	"bytes"
	"io"
	netmail "net/mail"
	"strings"
	"testing"

	gomessage "github.com/emersion/go-message/mail"
	"github.com/stretchr/testify/require"
)

// circular is a letter to many with personal fields in every place and at every distance from the end of a line.
func circular(m marks) Letter {
	name := m.of(fieldName)
	var text, page strings.Builder
	for n := range 160 {
		text.WriteString(strings.Repeat("я", n%40) + strings.Repeat("x", n) + name + "." + strings.Repeat("y", n%90) + "\n")
		page.WriteString("<p>" + strings.Repeat("=", n%30) + strings.Repeat("z", n) + "<b>" + name + "</b>" + name + "</p>\n")
	}
	url := "https://tribuna.example/u/" + m.of(fieldUnsubscribe)
	return Letter{Language: "bg", Subject: "За Вас, " + name + ": „Напускане на грижата“", Unsubscribe: url,
		HTML: page.String() + `<a href="` + url + `">x</a>`, Text: text.String() + url + "\n"}
}

func fill(t *testing.T, name string) (Letter, []byte, Fields) {
	t.Helper()
	m := newMarks()
	l := circular(m)
	p, err := prepare(&l, m, netmail.Address{Name: "Трибуна", Address: "post@tribuna.example"})
	require.NoError(t, err)
	f := Fields{oneLine(name), "tu_" + strings.Repeat("Ab-_", 18)}
	raw, err := p.Fill(nil, Copy{ID: "0195b1d2", To: netmail.Address{Name: name, Address: "maria@mail.example"}, Date: sentAt, Fields: f})
	require.NoError(t, err)
	filled := strings.NewReplacer(m.of(fieldName), f[fieldName], m.of(fieldUnsubscribe), f[fieldUnsubscribe])
	l.Text, l.Subject, l.Unsubscribe = filled.Replace(l.Text), filled.Replace(l.Subject), filled.Replace(l.Unsubscribe)
	escaped := strings.NewReplacer(m.of(fieldName), f.value(gap{fieldName, true}), m.of(fieldUnsubscribe), f[fieldUnsubscribe])
	l.HTML = escaped.Replace(l.HTML)
	return l, raw, f
}

var names = []string{"Maria", "Мария Петрова", "Ion Ștefănescu-Dragomirești de la Marginea Câmpului", "Ann =?= O'Neill <b>&amp;",
	".dot", strings.Repeat("Ж", 120), strings.Repeat("w", 200), "=", "", "тест .\t ред", "Ann\r\nBcc: all@mail.example", "\u202eevil", `"a" <x@y.example>, `}

func TestCopiesAreReadAsTheyWereWritten(t *testing.T) {
	for _, name := range names {
		l, raw, _ := fill(t, name)
		requireForm(t, raw)
		r, err := gomessage.CreateReader(bytes.NewReader(raw))
		require.NoError(t, err, name)
		subject, err := r.Header.Subject()
		require.NoError(t, err)
		require.Equal(t, oneLine(l.Subject), subject)
		to, err := r.Header.AddressList("To")
		require.NoError(t, err, name)
		require.Len(t, to, 1)
		require.Equal(t, "maria@mail.example", to[0].Address)
		id, err := r.Header.MessageID()
		require.NoError(t, err)
		require.Equal(t, "0195b1d2@tribuna.example", id)
		date, err := r.Header.Date()
		require.NoError(t, err)
		require.True(t, date.Equal(sentAt))
		require.Equal(t, "<"+l.Unsubscribe+">", strings.TrimSpace(r.Header.Get("List-Unsubscribe")))
		require.Equal(t, []string{"text/plain " + l.Text, "text/html " + l.HTML}, parts(t, r), name)
	}
}

// requireForm looks at a message as RFC 5322 and 2045 want it.
func requireForm(t *testing.T, raw []byte) {
	t.Helper()
	require.Equal(t, bytes.Count(raw, []byte("\n")), bytes.Count(raw, []byte("\r\n")), "every line ends with CRLF")
	require.Equal(t, bytes.Count(raw, []byte("\r")), bytes.Count(raw, []byte("\r\n")), "every line ends with CRLF")
	header, body, found := bytes.Cut(raw, []byte("\r\n\r\n"))
	require.True(t, found)
	for line := range bytes.SplitSeq(header, []byte("\r\n")) {
		require.LessOrEqual(t, len(line), 998)
		require.NotEmpty(t, bytes.TrimSpace(line), "no line of white space alone")
	}
	for line := range bytes.SplitSeq(body, []byte("\r\n")) {
		require.LessOrEqual(t, len(line), 76, string(line))
	}
	for _, b := range raw {
		require.Less(t, b, byte(0x80), "seven bits")
	}
	m, err := netmail.ReadMessage(bytes.NewReader(raw))
	require.NoError(t, err)
	for _, name := range []string{"From", "To", "Subject", "Date", "Message-Id", "Mime-Version", "Content-Type"} {
		require.Len(t, m.Header[name], 1, name)
	}
	require.Empty(t, m.Header["Bcc"])
	for name, values := range m.Header {
		require.Len(t, values, 1, name)
	}
}

func TestOneEncodingServesMany(t *testing.T) {
	m := newMarks()
	l := circular(m)
	p, err := prepare(&l, m, netmail.Address{Address: "post@tribuna.example"})
	require.NoError(t, err)
	copyFor := func(name string) []byte {
		raw, err := p.Fill(nil, Copy{ID: name, To: netmail.Address{Address: name + "@mail.example"}, Date: sentAt, Fields: Fields{name, "tu_" + name}})
		require.NoError(t, err)
		return raw
	}
	a, b := copyFor("ann"), copyFor("bob")
	require.Equal(t, string(b), strings.ReplaceAll(string(a), "ann", "bob"), "nothing of one reader is left for the next")
	require.NotContains(t, string(a), m.secret)
}

func TestDotsAreDoubledAndTheLastOneIsAlone(t *testing.T) {
	for message, wire := range map[string]string{
		"a\r\n":                 "a\r\n.\r\n",
		".a\r\n..\r\n.\r\n":     "..a\r\n...\r\n..\r\n.\r\n",
		"a\r\n.\r\n.\r\n.b":     "a\r\n..\r\n..\r\n..b\r\n.\r\n",
		"a.\r\n\r\n.x.\r\n\r\n": "a.\r\n\r\n..x.\r\n\r\n.\r\n",
	} {
		require.Equal(t, wire, string(stuffed(nil, []byte(message))))
	}
}

func BenchmarkFill(b *testing.B) {
	m := newMarks()
	l := circular(m)
	l.Text, l.HTML = strings.Repeat("Текст на писмото. ", 80)+m.of(fieldName), strings.Repeat("<p>Текст</p>", 200)+m.of(fieldUnsubscribe)
	p, err := prepare(&l, m, netmail.Address{Address: "post@tribuna.example"})
	require.NoError(b, err)
	c := Copy{ID: "0195b1d2", To: netmail.Address{Name: "Мария Петрова", Address: "maria@mail.example"}, Date: sentAt, Fields: Fields{"Мария Петрова", "tu_x"}}
	var to []byte
	for b.Loop() {
		to, err = p.Fill(to[:0], c)
		if err != nil {
			b.Fatal(err)
		}
	}
	b.SetBytes(int64(len(to)))
	_ = io.Discard
}
