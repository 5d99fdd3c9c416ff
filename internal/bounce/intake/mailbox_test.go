package intake_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"math/big"
	"net"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"
	"github.com/stretchr/testify/require"

	"tribuna/internal/bounce/intake"
	"tribuna/models"
)

// mailServer is an IMAP server on this machine with one mailbox.
type mailServer struct {
	addr    string
	user    *imapmemserver.User
	trusted *x509.CertPool
}

func newMailServer(t *testing.T) *mailServer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	cert := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, cert, cert, &key.PublicKey, key)
	require.NoError(t, err)
	parsed, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	m := &mailServer{user: imapmemserver.NewUser("returned", "secret"), trusted: x509.NewCertPool()}
	m.trusted.AddCert(parsed)
	require.NoError(t, m.user.Create("INBOX", nil))
	mem := imapmemserver.New()
	mem.AddUser(m.user)
	server := imapserver.New(&imapserver.Options{InsecureAuth: true, Logger: log.New(io.Discard, "", 0),
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return mem.NewSession(), nil, nil
		}})
	l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}})
	require.NoError(t, err)
	go func() { _ = server.Serve(l) }()
	t.Cleanup(func() { _ = server.Close() })
	m.addr = l.Addr().String()
	return m
}

type literal struct{ *bytes.Reader }

func (l literal) Size() int64 { return l.Reader.Size() }

func (m *mailServer) deliver(t *testing.T, raw []byte) {
	t.Helper()
	_, err := m.user.Append("INBOX", literal{bytes.NewReader(raw)}, &imap.AppendOptions{})
	require.NoError(t, err)
}

func (m *mailServer) unseen(t *testing.T) int {
	t.Helper()
	status, err := m.user.Status("INBOX", &imap.StatusOptions{NumUnseen: true})
	require.NoError(t, err)
	return int(*status.NumUnseen)
}

func TestAMailboxIsReadOnce(t *testing.T) {
	o, server := newOffice(t), newMailServer(t)
	box, err := intake.NewMailbox(o.Intake, "imaps://returned:secret@"+server.addr+"/INBOX")
	require.NoError(t, err)
	_, err = box.Look(t.Context())
	require.ErrorContains(t, err, "certificate", "a server nobody vouches for is told no password")
	box.TLS = &tls.Config{RootCAs: server.trusted}

	hard, soft := o.sent(t, models.MailDelivered), o.sent(t, models.MailUnknown)
	large := append(returned(t, "qmail-full", soft), bytes.Repeat([]byte("x\r\n"), 1<<20)...)
	server.deliver(t, returned(t, "postfix-unknown", hard))
	server.deliver(t, large)
	server.deliver(t, []byte("From: somebody@elsewhere.example\r\n\r\nnothing of the kind\r\n"))
	n, err := box.Look(t.Context())
	require.NoError(t, err)
	require.Equal(t, 3, n)
	require.Equal(t, models.MailBounced, o.state(t, hard).State)
	require.Equal(t, models.MailBounced, o.state(t, soft).State)
	require.Zero(t, server.unseen(t))
	n, err = box.Look(t.Context())
	require.NoError(t, err)
	require.Zero(t, n)
}

// TestWhatCannotBeNotedStaysUnseen: the database is away; the next look brings it again.
func TestWhatCannotBeNotedStaysUnseen(t *testing.T) {
	o, server := newOffice(t), newMailServer(t)
	box, err := intake.NewMailbox(o.Intake, "imaps://returned:secret@"+server.addr)
	require.NoError(t, err)
	box.TLS = &tls.Config{RootCAs: server.trusted}
	mail := o.sent(t, models.MailDelivered)
	server.deliver(t, returned(t, "postfix-unknown", mail))
	_, err = o.own.NewRaw(`ALTER TABLE bounces RENAME TO away`).Exec(t.Context())
	require.NoError(t, err)
	_, err = box.Look(t.Context())
	require.ErrorContains(t, err, "note a message")
	require.Equal(t, 1, server.unseen(t))
	_, err = o.own.NewRaw(`ALTER TABLE away RENAME TO bounces`).Exec(t.Context())
	require.NoError(t, err)

	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- box.Run(ctx, 10*time.Millisecond) }()
	require.Eventually(t, func() bool { return server.unseen(t) == 0 }, 20*time.Second, 10*time.Millisecond)
	cancel()
	require.NoError(t, <-ended)
	require.Equal(t, models.MailBounced, o.state(t, mail).State)
}

func TestAMailboxHasAnAddress(t *testing.T) {
	for _, address := range []string{"", "imap://a:b@host", "imaps://host", "imaps://a:b@", "://"} {
		_, err := intake.NewMailbox(&intake.Intake{}, address)
		require.Error(t, err, address)
	}
}
