// Package catcher is a mail server for demonstrations and tests: it accepts
// every mail over SMTP, keeps each as a file, delivers none, and shows them on
// a page and as JSON. Its ledger, one line per accepted mail, is what tests
// judge deliveries by.
package catcher

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"sync/atomic"
	"time"

	"github.com/emersion/go-smtp"
)

// Limits on what a sender may hand in.
const (
	maxMessageBytes = 25 << 20
	maxRecipients   = 100
	idleTimeout     = 5 * time.Minute
)

// Options say where the mails are kept and where the server listens.
type Options struct {
	Dir  string           // created when missing; what it holds from before is shown again
	Addr string           // host:port; empty: a free port on 127.0.0.1
	Now  func() time.Time // nil: time.Now
}

// Catcher is a running mail catcher.
type Catcher struct {
	store  *store
	server *smtp.Server
	addr   string
	faults atomic.Pointer[Faults]
}

// Start opens the store and begins to accept mails.
func Start(ctx context.Context, opts Options) (*Catcher, error) {
	if opts.Addr == "" {
		opts.Addr = "127.0.0.1:0"
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	kept, err := openStore(opts.Dir, opts.Now)
	if err != nil {
		return nil, fmt.Errorf("mail catcher: %w", err)
	}
	var listen net.ListenConfig
	l, err := listen.Listen(ctx, "tcp", opts.Addr)
	if err != nil {
		kept.close()
		return nil, fmt.Errorf("mail catcher: %w", err)
	}
	c := &Catcher{store: kept, addr: l.Addr().String()}
	c.server = c.newServer()
	go func() { _ = c.server.Serve(l) }()
	return c, nil
}

func (c *Catcher) newServer() *smtp.Server {
	s := smtp.NewServer(smtp.BackendFunc(c.newSession))
	s.Domain = "localhost"
	s.MaxMessageBytes = maxMessageBytes
	s.MaxRecipients = maxRecipients
	s.ReadTimeout = idleTimeout
	s.WriteTimeout = idleTimeout
	s.EnableSMTPUTF8 = true
	// A sender that hangs up is what the fault tests are about, no news.
	s.ErrorLog = log.New(io.Discard, "", 0)
	return s
}

// Stop ends the open transfers and closes the store.
func (c *Catcher) Stop(ctx context.Context) error {
	err := c.server.Shutdown(ctx)
	if errors.Is(err, smtp.ErrServerClosed) {
		err = nil
	}
	if err != nil {
		err = errors.Join(err, c.server.Close())
	}
	return errors.Join(err, c.store.close())
}

// Addr is host:port of the SMTP server.
func (c *Catcher) Addr() string { return c.addr }

// URL is the server as SMTP_URL wants it.
func (c *Catcher) URL() string { return "smtp://" + c.addr }

// Messages are the mails that match, in order of arrival.
func (c *Catcher) Messages(f Filter) []Message {
	found, _ := c.store.find(f)
	return found
}

// Message reads one mail in full; ErrNotFound when there is none of this id.
func (c *Catcher) Message(id string) (Detail, error) { return c.store.read(id) }

// Ledger is every mail ever accepted, in order of arrival.
func (c *Catcher) Ledger() []Message { return c.Messages(Filter{}) }
