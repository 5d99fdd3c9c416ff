package mail

import (
	"cmp"
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
	client *gomail.Client
	name   string // host and port: never the password
	waits  Timeouts
}

// Timeouts are how long a mail server is waited for.
type Timeouts struct {
	Command time.Duration // for connecting, and for every single message from its first command to its final dot
	Dot     time.Duration // for the server's word after that, in which it looks through the message; zero: DotTimeout
}

// DotTimeout is how long RFC 5321 (4.5.3.2.6) has one wait for a server's word after the final dot: who hangs up before that has a
// message delivered of which they do not know.
const DotTimeout = 10 * time.Minute

// NewSMTP reads the address of a mail server:
//
//	smtps://user:password@host:465              TLS from the first byte
//	smtp://user:password@host:587               STARTTLS, and nothing is sent without it
//	smtp://127.0.0.1:1025                       in the clear: on loopback
//	smtp://host:1025?tls=none, ?tls=starttls    whatever the host
//
// What else is behind the question mark is not for it to read.
func NewSMTP(address string, waits Timeouts) (*SMTP, error) {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" {
		return nil, errors.New("the mail server's address is not of the form smtp://user:password@host:port") // may hold a password
	}
	options, err := smtpOptions(u)
	if err != nil {
		return nil, err
	}
	options = append(options, gomail.WithTimeout(waits.Command))
	waits.Dot = cmp.Or(waits.Dot, DotTimeout)
	client, err := gomail.NewClient(u.Hostname(), options...)
	if err != nil {
		return nil, fmt.Errorf("set up the mail client: %w", err)
	}
	return &SMTP{client: client, name: u.Host, waits: waits}, nil
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
		return nil, &unreachable{s.name, err}
	}
	pipelining, _ := connection.Extension("PIPELINING")
	utf8, _ := connection.Extension("SMTPUTF8")
	return &smtpConnection{connection: connection, server: s.name, waits: s.waits, pipelining: pipelining, utf8: utf8}, nil
}

// unreachable says that no connection to a mail server could be opened.
type unreachable struct {
	server string
	err    error
}

func (u *unreachable) Error() string {
	return "connect to the mail server " + u.server + ": " + u.err.Error()
}
func (u *unreachable) Unwrap() error { return u.err }
