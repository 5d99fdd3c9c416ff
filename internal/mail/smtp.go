package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"strconv"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// SMTP is a mail server reached by SMTP.
type SMTP struct {
	client  *gomail.Client
	timeout time.Duration
}

// NewSMTP reads the address of a mail server:
//
//	smtps://user:password@host:465              TLS from the first byte
//	smtp://user:password@host:587               STARTTLS, and nothing is sent without it
//	smtp://127.0.0.1:1025                       in the clear: on loopback
//	smtp://host:1025?tls=none, ?tls=starttls    whatever the host
//
// What else is behind the question mark is not for it to read.
//
// Timeout bounds connecting, and every single message from its first command to the server's last reply.
func NewSMTP(address string, timeout time.Duration) (*SMTP, error) {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" {
		return nil, errors.New("the mail server's address is not of the form smtp://user:password@host:port") // may hold a password
	}
	options, err := smtpOptions(u)
	if err != nil {
		return nil, err
	}
	options = append(options, gomail.WithTimeout(timeout))
	client, err := gomail.NewClient(u.Hostname(), options...)
	if err != nil {
		return nil, fmt.Errorf("set up the mail client: %w", err)
	}
	return &SMTP{client: client, timeout: timeout}, nil
}

func smtpOptions(u *url.URL) ([]gomail.Option, error) {
	wish := u.Query().Get("tls")
	if wish != "" && wish != "none" && wish != "starttls" {
		return nil, fmt.Errorf("the mail server's address asks for tls=%s, it can be none or starttls", wish)
	}
	options, port := []gomail.Option{}, 0
	switch clear := wish == "none" || wish == "" && loopback(u.Hostname()); {
	case u.Scheme == "smtps":
		options, port = append(options, gomail.WithSSL()), gomail.DefaultPortSSL
	case u.Scheme == "smtp" && clear:
		options, port = append(options, gomail.WithTLSPolicy(gomail.NoTLS)), gomail.DefaultPort
	case u.Scheme == "smtp":
		options, port = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory)), gomail.DefaultPortTLS
	default:
		return nil, fmt.Errorf("the mail server's address begins with %q, it needs smtp or smtps", u.Scheme)
	}
	if p := u.Port(); p != "" {
		n, err := strconv.Atoi(p)
		if err != nil {
			return nil, fmt.Errorf("the mail server's port %q is not a number", p)
		}
		port = n
	}
	options = append(options, gomail.WithPort(port),
		gomail.WithTLSConfig(&tls.Config{ServerName: u.Hostname(), MinVersion: tls.VersionTLS12}))
	if u.User != nil {
		password, _ := u.User.Password()
		options = append(options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover),
			gomail.WithUsername(u.User.Username()), gomail.WithPassword(password))
	}
	return options, nil
}

func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	address, err := netip.ParseAddr(host)
	return err == nil && address.IsLoopback()
}

// Dial connects and greets.
func (s *SMTP) Dial(ctx context.Context) (Connection, error) {
	connection, err := s.client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return nil, fmt.Errorf("connect to the mail server: %w", err)
	}
	pipelining, _ := connection.Extension("PIPELINING")
	utf8, _ := connection.Extension("SMTPUTF8")
	return &smtpConnection{connection: connection, timeout: s.timeout, pipelining: pipelining, utf8: utf8}, nil
}
