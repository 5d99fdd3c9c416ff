package mail_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"io"
	"math/big"
	"net"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/stretchr/testify/require"

	"tribuna/internal/mail"
)

// greeter says one thing to whoever connects, and nothing more.
func greeter(t *testing.T, words string) string {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = io.WriteString(c, words)
			go func() { _, _ = io.Copy(io.Discard, c); _ = c.Close() }()
		}
	}()
	return l.Addr().String()
}

// selfSigned is a certificate that nobody vouches for.
func selfSigned(t *testing.T) *tls.Config {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	require.NoError(t, err)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
}

func TestWhatIsWrongWithAMailServerIsSaidWithWhatToDo(t *testing.T) {
	plain := newServer(t, nil)
	closed, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, closed.Close())
	encrypted, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	tlsServer := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return nil, smtp.ErrAuthUnsupported }))
	go func() { _ = tlsServer.Serve(tls.NewListener(encrypted, selfSigned(t))) }()
	t.Cleanup(func() { _ = tlsServer.Close() })
	for name, c := range map[string]struct{ address, name, says string }{
		"well":           {plain.url(), plain.addr, ""},
		"not there":      {"smtp://u:secret@" + closed.Addr().String(), closed.Addr().String(), "it takes no connection"},
		"no STARTTLS":    {"smtp://u:secret@" + plain.addr + "?tls=starttls", plain.addr, "it offers no STARTTLS"},
		"no TLS":         {"smtps://u:secret@" + plain.addr, plain.addr, "it does not begin with TLS"},
		"no sign-in":     {"smtp://u:secret@" + plain.addr, plain.addr, "it offers no way to sign in"},
		"not trusted":    {"smtps://" + encrypted.Addr().String(), encrypted.Addr().String(), "its certificate is not trusted"},
		"silent":         {"smtp://" + greeter(t, ""), "", "it does not answer"},
		"turned away":    {"smtp://" + greeter(t, "554 5.7.1 you are on a list\r\n"), "", "turns this machine away (554)"},
		"busy":           {"smtp://" + greeter(t, "421 4.3.2 not now\r\n"), "", "it takes nothing for now"},
		"no password":    {"smtp://" + greeter(t, "535 5.7.8 no\r\n"), "", "it does not take user and password"},
		"unknown name":   {"smtp://u:secret@no-such-host.invalid:25?tls=none", "no-such-host.invalid:25", "its name is not known"},
		"unknown scheme": {"http://u:secret@" + plain.addr, "a mail server", ""},
		"weight":         {plain.url() + "?weight=many", "a mail server", ""},
	} {
		t.Run(name, func(t *testing.T) {
			all := mail.Examine(context.Background(), []string{c.address}, time.Second)
			require.Len(t, all, 1)
			if e := all[0]; name == "well" {
				require.Equal(t, mail.Examined{Name: c.name}, e)
				return
			} else if c.says == "" {
				require.Error(t, e.Err)
			} else {
				require.Contains(t, e.Advice, c.says, "%v", e.Err)
			}
			require.NotContains(t, all[0].Err.Error()+all[0].Advice+all[0].Name, "secret")
			if c.name != "" {
				require.Equal(t, c.name, all[0].Name)
			}
		})
	}
	require.Zero(t, plain.begun(), "nothing is sent")
	require.Positive(t, plain.connections())
}
