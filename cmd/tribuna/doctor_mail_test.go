package main

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"io"
	"log"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
	"github.com/stretchr/testify/require"

	"tribuna/internal/devstack/testdb"
	"tribuna/internal/devstack/testtemporal"
	"tribuna/workflows"
)

// mailServer is one that offers STARTTLS and signing in, as those of providers do.
type mailServer struct {
	addr        string
	certificate string // a file; who trusts it trusts the server
	signedIn    atomic.Int32
	begun       atomic.Int32 // messages
}

func newMailServer(t *testing.T) *mailServer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	require.NoError(t, err)
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	s := &mailServer{addr: l.Addr().String(), certificate: filepath.Join(t.TempDir(), "certificate.pem")}
	require.NoError(t, os.WriteFile(s.certificate, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600))
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return mailSession{s}, nil }))
	server.TLSConfig = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
	server.ErrorLog = log.New(io.Discard, "", 0)
	done := make(chan struct{})
	go func() { defer close(done); _ = server.Serve(l) }()
	t.Cleanup(func() { _ = server.Close(); <-done })
	return s
}

type mailSession struct{ *mailServer }

func (s mailSession) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s mailSession) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != "tribuna" || password != "right" {
			return smtp.ErrAuthFailed
		}
		s.signedIn.Add(1)
		return nil
	}), nil
}

func (s mailSession) Mail(string, *smtp.MailOptions) error { s.begun.Add(1); return nil }
func (s mailSession) Rcpt(string, *smtp.RcptOptions) error { return nil }
func (s mailSession) Data(io.Reader) error                 { return nil }
func (s mailSession) Reset()                               {}
func (s mailSession) Logout() error                        { return nil }

func TestDoctorLooksAtWhatSendsMail(t *testing.T) {
	db, server := testdb.Open(t), newMailServer(t)
	_, private, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	der, err := x509.MarshalPKCS8PrivateKey(private)
	require.NoError(t, err)
	key := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
	good, bad := filepath.Join(t.TempDir(), "good.pem"), filepath.Join(t.TempDir(), "bad.pem")
	require.NoError(t, os.WriteFile(good, key, 0o600))
	require.NoError(t, os.WriteFile(bad, []byte("no key"), 0o600))
	ends := 1 // no worker has come by
	doctor := func(more map[string]string, args ...string) string {
		variables := map[string]string{"DATABASE_URL": db.AppURL, "TEMPORAL_ADDRESS": testtemporal.Server(t).Address(),
			"TRIBUNA_MAIL_FROM": "Tribuna <tribuna@network.example>", "TRIBUNA_LINK_KEY": linkKey, "SSL_CERT_FILE": server.certificate}
		for name, value := range more {
			variables[name] = value
		}
		p := launch(t, variables, append([]string{"doctor"}, args...)...)
		p.ended(ends)
		require.NotContains(t, p.output(), "right@")
		require.NotContains(t, p.output(), "wrong@")
		return p.output()
	}
	signsIn := "smtp://tribuna:right@" + server.addr + "?tls=starttls"
	well := doctor(map[string]string{"SMTP_URL": signsIn, "TRIBUNA_DKIM_KEYS": "one:" + good, "TRIBUNA_BOUNCE_ADDRESS": "bounces@mail.network.example"})
	require.Contains(t, well, "ok        mail_route   "+server.addr+": it answers, by TLS 1.3, signed in")
	require.Contains(t, well, "ok        mail_key     one._domainkey.network.example: its key can be read")
	require.Contains(t, well, "ok        mail_return  mail.network.example: mails come back there")
	require.Equal(t, 1, strings.Count(well, "note"))
	require.Contains(t, well, "note      data_holder  installation: nobody is named who holds people's data: the form for subscribing and its mail name the host alone")
	require.NotContains(t, well, "about sending mail")
	require.EqualValues(t, 1, server.signedIn.Load())

	wrong := doctor(map[string]string{"SMTP_URL": signsIn, "TRIBUNA_SMTP_ROUTES": "smtp://tribuna:wrong@" + server.addr + "?tls=starttls,smtps://127.0.0.1:9",
		"TRIBUNA_DKIM_KEYS": "one:" + bad, "TRIBUNA_DKIM_DOMAIN": "elsewhere.example"})
	require.Contains(t, wrong, "ok        mail_route   "+server.addr+": it answers")
	require.Contains(t, wrong, "found     mail_route   "+server.addr)
	require.Contains(t, wrong, "it does not take user and password")
	require.Contains(t, wrong, "found     mail_route   127.0.0.1:9")
	require.Contains(t, wrong, "found     mail_key     TRIBUNA_DKIM_KEYS: "+bad+": the key is not in PEM")
	require.Contains(t, wrong, "note      mail_return  TRIBUNA_BOUNCE_ADDRESS: it is not set")
	require.Contains(t, wrong, "3 found about sending mail")

	other := doctor(map[string]string{"SMTP_URL": signsIn, "TRIBUNA_DKIM_KEYS": "one:" + good, "TRIBUNA_DKIM_DOMAIN": "elsewhere.example",
		"TRIBUNA_BOUNCE_ADDRESS": "bounces@elsewhere.example"})
	require.Contains(t, other, "note      mail_key     elsewhere.example: it is another domain")
	require.Contains(t, other, "note      mail_return  elsewhere.example: it is another domain")
	letters := doctor(map[string]string{"SMTP_URL": signsIn, "TRIBUNA_DKIM_KEYS": "one:" + good, "TRIBUNA_MAIL_FROM": "Мрежа <tribuna@мрежа.example>",
		"TRIBUNA_BOUNCE_ADDRESS": "bounces@xn--80ajdwu.example"})
	require.Contains(t, letters, "ok        mail_key     one._domainkey.xn--80ajdwu.example: its key can be read")
	require.NotContains(t, letters, "note      mail_", "it is one domain, however it is written")
	require.Contains(t, doctor(map[string]string{"SMTP_URL": signsIn, "TRIBUNA_MAIL_FROM": "мрежа@network.example"}),
		"found     mail_return  TRIBUNA_MAIL_FROM: the part before the @ needs to be in Latin letters")
	require.Contains(t, doctor(nil), "note      mail_route   SMTP_URL: it is not set here")
	require.Zero(t, server.begun.Load(), "nothing is sent")

	var findings []workflows.Finding
	said := doctor(map[string]string{"SMTP_URL": "smtp://tribuna:wrong@" + server.addr + "?tls=starttls"}, "--json")
	require.NoError(t, json.NewDecoder(strings.NewReader(said[strings.Index(said, "["):])).Decode(&findings))
	require.Equal(t, findingRoute, findings[len(findings)-1].Kind)
	ends = 0
	require.NotContains(t, doctor(map[string]string{"SMTP_URL": "smtp://127.0.0.1:9"}, "--repair"), "mail_route", "it repairs no mail server")
}
