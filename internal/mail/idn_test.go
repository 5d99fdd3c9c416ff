package mail_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	netmail "net/mail"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/internal/mail"
	"tribuna/models"
)

// TestADomainInOtherLettersTravelsInLatinOnes in the header as in the envelope, in a mail to one person and in a mailing.
func TestADomainInOtherLettersTravelsInLatinOnes(t *testing.T) {
	n, s := newNetwork(t), newServer(t, nil)
	n.launch(1)
	n.exec(`UPDATE people SET email = 'ivan@пример.example' WHERE name LIKE 'Reader %'`)
	n.exec(`UPDATE people SET email = 'maria@пример.example' WHERE id = ?`, n.expert)
	m, sender := n.invite(), newSender(t, n, s, newClock())
	drain(t, sender, mail.Batch{Transactional: true})
	drain(t, sender, mail.Batch{MailingID: &n.mailing})
	require.Equal(t, models.MailDelivered, n.stored(m.ID).State)
	require.Equal(t, 1, n.counts().Delivered)
	require.Len(t, s.whole, 2)
	for i, local := range []string{"maria", "ivan"} {
		header, _, _ := bytes.Cut(s.whole[i], []byte("\r\n\r\n"))
		require.Contains(t, string(header), "<"+local+"@xn--e1afmkfd.example>")
		for _, b := range header {
			require.Less(t, b, byte(0x80), "%s", header)
		}
	}
}

// TestASendersDomainInOtherLettersTravelsInLatinOnes wherever a mail names it: as the sender, in Message-ID and List-Id, where it comes
// back to, and in whose name it is signed.
func TestASendersDomainInOtherLettersTravelsInLatinOnes(t *testing.T) {
	n, s := newNetwork(t), newServer(t, nil)
	n.launch(1)
	m, sender := n.invite(), newSender(t, n, s, newClock())
	var err error
	sender.From, err = mail.ParseSender("Мрежа <post@мрежа.example>")
	require.NoError(t, err)
	const host = "xn--80ajdwu.example"
	require.Equal(t, netmail.Address{Name: "Мрежа", Address: "post@" + host}, sender.From)
	_, key, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	der, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	signer, err := mail.NewSigner(strings.TrimPrefix(sender.From.Address, "post@"), "s1", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	require.NoError(t, err)
	sender.Sign = mail.Signers{signer}
	drain(t, sender, mail.Batch{Transactional: true})
	drain(t, sender, mail.Batch{MailingID: &n.mailing})
	require.Equal(t, models.MailDelivered, n.stored(m.ID).State)
	require.Equal(t, 1, n.counts().Delivered)
	require.Len(t, s.whole, 2)
	for i, raw := range s.whole {
		require.Equal(t, "post@"+host, s.returns[i])
		header, _, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
		for _, b := range header {
			require.Less(t, b, byte(0x80), "%s", header)
		}
		read, err := netmail.ReadMessage(bytes.NewReader(raw))
		require.NoError(t, err)
		from, err := read.Header.AddressList("From")
		require.NoError(t, err)
		require.Equal(t, []*netmail.Address{&sender.From}, from, "its name stays readable")
		require.Regexp(t, "^<[0-9a-f-]{36}@"+host+">$", read.Header.Get("Message-ID"))
		require.Contains(t, read.Header.Get("DKIM-Signature"), "d="+host+";")
		if list := read.Header.Get("List-Id"); list != "" {
			require.Equal(t, "<mailings."+host+">", list)
		}
	}

	for _, words := range []string{"", "post", "пост@мрежа.example", "post@мре_жа.example"} {
		_, err := mail.ParseSender(words)
		require.Error(t, err, words)
	}
}

// TestANameInOtherLettersGoesOverAServerThatTakesIt, whichever route had the turn, and fails only where none does.
func TestANameInOtherLettersGoesOverAServerThatTakesIt(t *testing.T) {
	n, c, plain := newNetwork(t), newClock(), newServer(t, nil)
	knows := newServer(t, func(s *server) { s.utf8 = true })
	n.exec(`UPDATE people SET email = 'мария@пример.example' WHERE id = ?`, n.expert)
	single := mail.Batch{Transactional: true}
	m, sender := n.invite(), newSender(t, n, plain, c)
	sender.Transport = newRoutes(t, c, plain.url()+"?weight=100", knows.url())
	drain(t, sender, single)
	require.Equal(t, models.MailDelivered, n.stored(m.ID).State, n.stored(m.ID).Reply)
	require.Equal(t, map[string]int{m.ID.String(): 1}, knows.ledger())
	require.Zero(t, plain.mails())
	require.Contains(t, string(knows.whole[0]), "<мария@xn--e1afmkfd.example>")

	away := n.invite()
	sender.Transport = newRoutes(t, c, plain.url()+"?weight=100", nobodyListens)
	drain(t, sender, single)
	require.Equal(t, models.MailQueued, n.stored(away.ID).State, "one that might take it cannot be reached")
	sender.Transport = newRoutes(t, c, plain.url())
	n.exec(`UPDATE outbox SET not_before = ?`, c.Now())
	drain(t, sender, single)
	require.Equal(t, models.MailFailed, n.stored(away.ID).State)
	require.Contains(t, n.stored(away.ID).Reply, "Latin letters")
}
