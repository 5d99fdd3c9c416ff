package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"net/url"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// Examined is what connecting to a mail server came to, as a sender would.
type Examined struct {
	Name     string // host and port: never the password
	TLS      string // its version; "" where the way to the server is in the clear
	SignedIn bool   // the server took user and password
	Err      error  // why it cannot be used; nil where it can
	Advice   string // what to do then; "" where the error says it all
}

// Examine connects to mail servers one after the other as a sender would, with TLS where their addresses demand it and signing in where
// they name a user, and hangs up. Nothing is sent. Addresses are those of NewRoutes; timeout bounds each.
func Examine(ctx context.Context, addresses []string, timeout time.Duration) []Examined {
	all := make([]Examined, len(addresses))
	for i, address := range addresses {
		all[i] = examine(ctx, address, timeout)
	}
	return all
}

func examine(ctx context.Context, address string, timeout time.Duration) Examined {
	e := Examined{Name: "a mail server"}
	routes, err := NewRoutes([]string{address}, Timeouts{Command: timeout})
	if err != nil {
		e.Err = err
		return e
	}
	way := routes.routes[0]
	e.Name = way.name
	c, err := way.Dial(ctx)
	if err != nil {
		e.Err, e.Advice = errors.New(withoutAddresses(err.Error())), adviceOn(err)
		return e
	}
	defer c.Close()
	if smtp, is := c.(*smtpConnection); is {
		if state, err := smtp.connection.GetTLSConnectionState(); err == nil {
			e.TLS = tls.VersionName(state.Version)
		}
	}
	u, err := url.Parse(address)
	e.SignedIn = err == nil && u.User != nil
	return e
}

// adviceOn says what to do about a mail server that cannot be used.
func adviceOn(err error) string {
	var (
		unknown     *net.DNSError
		certificate *tls.CertificateVerificationError
		noTLS       tls.RecordHeaderError
		said        *textproto.Error
		timeout     net.Error
		refused     *net.OpError
	)
	switch {
	case errors.As(err, &unknown):
		return "its name is not known to the DNS: check it"
	case errors.As(err, &certificate):
		return "its certificate is not trusted, or is for another name: use the name that stands in it, or have it renewed"
	case errors.As(err, &noTLS):
		return "it does not begin with TLS at this port: use smtp:// for STARTTLS, at port 587 with most servers"
	case errors.As(err, &said):
		return adviceOnReply(said.Code)
	case strings.Contains(err.Error(), "STARTTLS"):
		return "it offers no STARTTLS: use smtps:// where it takes TLS from the first byte, or ?tls=none where the way to it is safe"
	case errors.Is(err, gomail.ErrNoSupportedAuthDiscovered), strings.Contains(err.Error(), "AUTH"):
		return "it offers no way to sign in that is safe over this connection: use TLS, or leave out user and password"
	case errors.As(err, &timeout) && timeout.Timeout():
		return "it does not answer: check host, port and the firewalls between"
	case errors.As(err, &refused):
		return "it takes no connection: check that it runs, its port, and the firewalls between"
	}
	return ""
}

// adviceOnReply is for a server that answers with an error before anything is to be sent (RFC 4954, section 6, for 53x).
func adviceOnReply(code int) string {
	switch {
	case code/10 == 53:
		return "it does not take user and password: check both (what is no letter or digit stands in an address as %XX)"
	case code/100 == 4:
		return "it takes nothing for now: look again later, and ask who runs it if that lasts"
	}
	return fmt.Sprintf("it turns this machine away (%d): ask who runs it", code)
}
