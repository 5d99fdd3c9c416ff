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
	"github.com/wneessen/go-mail/smtp"
)

// SMTP is a mail server reached by SMTP.
type SMTP struct {
	client *gomail.Client
}

// NewSMTP reads the address of a mail server:
//
//	smtps://user:password@host:465              TLS from the first byte
//	smtp://user:password@host:587               STARTTLS, and nothing is sent without it
//	smtp://127.0.0.1:1025                       in the clear: on loopback
//	smtp://host:1025?tls=none, ?tls=starttls    whatever the host
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
	// Without RSET after each message, the server's word on the message is the last one, and one round trip is saved.
	options = append(options, gomail.WithTimeout(timeout), gomail.WithoutRset())
	client, err := gomail.NewClient(u.Hostname(), options...)
	if err != nil {
		return nil, fmt.Errorf("set up the mail client: %w", err)
	}
	return &SMTP{client: client}, nil
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
	return &smtpConnection{client: s.client, connection: connection}, nil
}

type smtpConnection struct {
	client     *gomail.Client
	connection *smtp.Client
	broken     bool
}

// Send delivers one message.
func (c *smtpConnection) Send(msg *gomail.Msg) Delivery {
	err := c.client.SendWithSMTPClient(c.connection, msg)
	d := classify(msg, err)
	c.broken = d.Broken
	return d
}

// Close says goodbye to a server one is on terms with, and hangs up on others. A goodbye over a broken connection
// could complete a message: the text protocol ends an unfinished DATA with the dot before the next command.
func (c *smtpConnection) Close() {
	if !c.broken && c.client.CloseWithSMTPClient(c.connection) == nil {
		return
	}
	_ = c.connection.Close()
}

// classify turns what go-mail reports into an outcome. Whether the server took the message is asked first: an error can
// come after it did.
func classify(msg *gomail.Msg, err error) Delivery {
	if msg.IsDelivered() {
		return Delivery{Outcome: Accepted, Reply: msg.ServerResponse(), Broken: err != nil}
	}
	if err == nil {
		return Delivery{Outcome: Doubtful, Reply: "the mail client reports neither delivery nor error", Broken: true}
	}
	var failure *gomail.SendError
	if !errors.As(err, &failure) {
		return Delivery{Outcome: Lost, Reply: err.Error(), Broken: true}
	}
	d := Delivery{Reply: err.Error(), Broken: true}
	switch code := failure.ErrorCode(); {
	case code == 421: // the server is closing the channel (RFC 5321, 3.8), whatever it was about
		d.Outcome = Deferred
	case code/100 == 4:
		d.Outcome, d.Broken = Deferred, !resets(failure.Reason)
	case code/100 == 5:
		d.Outcome, d.Broken = Refused, !resets(failure.Reason)
	case failure.Reason == gomail.ErrConnCheck:
		d.Outcome = Unsent
	case failure.Reason == gomail.ErrSMTPDataClose:
		d.Outcome = Doubtful
	case failure.Reason == gomail.ErrGetSender, failure.Reason == gomail.ErrGetRcpts, failure.Reason == gomail.ErrNoUnencoded:
		d.Outcome, d.Broken = Refused, false // our own message cannot be sent at all; nothing went on the wire
	default:
		d.Outcome = Lost
	}
	return d
}

// resets reports whether go-mail has already told the server to forget the message, so that the next can follow.
func resets(reason gomail.SendErrReason) bool {
	return reason == gomail.ErrSMTPMailFrom || reason == gomail.ErrSMTPRcptTo
}
