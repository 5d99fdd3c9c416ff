package mail_test

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"net"
	netmail "net/mail"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tribuna/internal/mail"
	"tribuna/models"
)

// TestAMailingKeepsTheRulesForBulkSenders goes through what Gmail, Yahoo and Outlook ask of who writes to many, as far as a mail shows it;
// the rest is the operator's (docs/operations.md).
func TestAMailingKeepsTheRulesForBulkSenders(t *testing.T) {
	n, s := newNetwork(t), newServer(t, nil)
	n.launch(2)
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	der, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	sender := newSender(t, n, s, newClock())
	signer, err := mail.NewSigner("tribuna.example", "rsa1", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	require.NoError(t, err)
	sender.Sign = mail.Signers{signer}
	sender.Return, err = mail.NewReturnPath("bounces@tribuna.example", linkKey)
	require.NoError(t, err)
	drain(t, sender, mail.Batch{MailingID: &n.mailing})
	require.Equal(t, models.MailCounts{Delivered: 2}, n.counts())

	ids := map[string]bool{}
	for i, raw := range s.whole {
		read, err := netmail.ReadMessage(bytes.NewReader(raw))
		require.NoError(t, err)
		header, plain, html := readByTheStandards(t, strings.ReplaceAll(string(raw), "\r\n", "\n"))
		tags, wrong := mail.Verified(raw, key.Public())
		signed := strings.Split(strings.ToLower(tags["h"]), ":")

		for rule, kept := range map[string]func(t *testing.T){
			"DKIM: the signature holds, of 2048 bits": func(t *testing.T) {
				require.Empty(t, wrong)
				require.Equal(t, "rsa-sha256", tags["a"])
			},
			"DMARC: who signs is who sends": func(t *testing.T) {
				from, err := read.Header.AddressList("From")
				require.NoError(t, err)
				require.Equal(t, []*netmail.Address{&sender.From}, from, "one sender, never a person's address at their provider")
				require.True(t, strings.HasSuffix(from[0].Address, "@"+tags["d"]))
			},
			"SPF: it comes back to the domain that sends": func(t *testing.T) {
				require.True(t, strings.HasSuffix(s.returns[i], "@tribuna.example"), s.returns[i])
			},
			"one click (RFC 8058), and signed": func(t *testing.T) {
				require.Equal(t, "List-Unsubscribe=One-Click", header["list-unsubscribe-post"])
				require.Regexp(t, `<https://[^<>]+>$`, header["list-unsubscribe"])
				require.Subset(t, signed, []string{"list-unsubscribe", "list-unsubscribe-post"})
			},
			"the way out is seen in the letter": func(t *testing.T) {
				_, click, _ := strings.Cut(header["list-unsubscribe"], "<https://")
				link := "https://" + strings.Trim(click, "<>")
				require.Contains(t, plain, link)
				require.Contains(t, html, `href="`+link+`"`)
			},
			"RFC 5322: each field once, those there have to be": func(t *testing.T) {
				for name, values := range read.Header {
					require.Len(t, values, 1, name)
				}
				for _, name := range []string{"From", "To", "Date", "Message-Id", "Subject", "Mime-Version"} {
					require.Len(t, read.Header[name], 1, name)
				}
				_, err := read.Header.Date()
				require.NoError(t, err)
			},
			"a Message-ID of ours, of this mail alone": func(t *testing.T) {
				id := header["message-id"]
				require.Regexp(t, `^<[0-9a-f-]{36}@tribuna\.example>$`, id)
				require.False(t, ids[id])
				ids[id] = true
			},
			"to one reader, openly": func(t *testing.T) {
				to, err := read.Header.AddressList("To")
				require.NoError(t, err)
				require.Len(t, to, 1)
				require.Empty(t, read.Header["Bcc"])
			},
			"says what it is: no answer to anything": func(t *testing.T) {
				require.NotRegexp(t, `(?i)^\s*(re|fwd?)\s*:`, header["subject"])
				require.Equal(t, "bulk", header["precedence"])
			},
		} {
			t.Run(rule, kept)
		}
	}
}

// TestNothingTravelsInTheClearToAnotherMachine: TLS is what large receivers ask of everybody. What does not read as
// this machine is another one, and the server here offers none.
func TestNothingTravelsInTheClearToAnotherMachine(t *testing.T) {
	s := newServer(t, nil)
	_, port, err := net.SplitHostPort(s.addr)
	require.NoError(t, err)
	for address, taken := range map[string]bool{"smtp://127.0.0.1:" + port: true, "smtp://0.0.0.0:" + port: false, "smtp://0.0.0.0:" + port + "?tls=none": true} {
		transport, err := mail.NewSMTP(address, mail.Timeouts{Command: 5 * time.Second})
		require.NoError(t, err)
		c, err := transport.Dial(t.Context())
		require.Equal(t, taken, err == nil, "%s: %v", address, err)
		if err == nil {
			c.Close()
		} else {
			require.ErrorContains(t, err, "STARTTLS")
		}
	}
}
