package intake

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"tribuna/internal/bounce"
)

// Limits on one look into a mailbox.
const (
	dialTimeout = 30 * time.Second
	lookTimeout = 5 * time.Minute
	perLook     = 500 // messages; the others wait for the next look
)

// Mailbox is a folder on an IMAP server (RFC 9051) in which mails that came back lie. Those that were read are marked as
// seen and left there.
type Mailbox struct {
	Intake *Intake
	TLS    *tls.Config // nil: the system's

	addr, user, password, folder string
}

// NewMailbox returns the mailbox of an address like imaps://user:password@host:993/INBOX. Without a folder it is INBOX; it is
// always reached by TLS.
func NewMailbox(i *Intake, address string) (*Mailbox, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "imaps" || u.Hostname() == "" || u.User.Username() == "" {
		return nil, errors.New("not an address of a mailbox") // that one holds a password, so it is not repeated
	}
	password, _ := u.User.Password()
	return &Mailbox{Intake: i, addr: net.JoinHostPort(u.Hostname(), cmp.Or(u.Port(), "993")), user: u.User.Username(), password: password,
		folder: cmp.Or(strings.Trim(u.Path, "/"), "INBOX")}, nil
}

// Run looks into the mailbox until its context ends. What fails is logged and tried again at the next look.
func (m *Mailbox) Run(ctx context.Context, every time.Duration) error {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		if _, err := m.Look(ctx); err != nil && ctx.Err() == nil {
			m.Intake.Log.ErrorContext(ctx, "the mailbox of returned mails could not be read", "error", err.Error())
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}

// Look notes what nobody has seen yet and returns how many messages that were. One that cannot be noted ends the look and
// stays unseen.
func (m *Mailbox) Look(ctx context.Context) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, lookTimeout)
	defer cancel()
	c, err := imapclient.DialTLS(m.addr, &imapclient.Options{TLSConfig: m.TLS, Dialer: &net.Dialer{Timeout: dialTimeout}})
	if err != nil {
		return 0, err
	}
	stop := context.AfterFunc(ctx, func() { _ = c.Close() }) // whatever waits for an answer ends with it
	defer stop()
	defer c.Close()
	if err := c.Login(m.user, m.password).Wait(); err != nil {
		return 0, fmt.Errorf("sign in: %w", err)
	}
	if _, err := c.Select(m.folder, nil).Wait(); err != nil {
		return 0, fmt.Errorf("open the folder: %w", err)
	}
	found, err := c.UIDSearch(&imap.SearchCriteria{NotFlag: []imap.Flag{imap.FlagSeen}}, nil).Wait()
	if err != nil {
		return 0, fmt.Errorf("look for unseen messages: %w", err)
	}
	unseen := found.AllUIDs()
	unseen = unseen[:min(len(unseen), perLook)]
	for n, uid := range unseen {
		if err := m.note(ctx, c, uid); err != nil {
			return n, err
		}
	}
	return len(unseen), c.Logout().Wait()
}

// note reads one message, notes it, and marks it as seen only then: in doubt it is brought again.
func (m *Mailbox) note(ctx context.Context, c *imapclient.Client, uid imap.UID) error {
	whole := &imap.FetchItemBodySection{Peek: true, Partial: &imap.SectionPartial{Size: bounce.MaxSize}}
	got, err := c.Fetch(imap.UIDSetNum(uid), &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{whole}}).Collect()
	if err != nil {
		return fmt.Errorf("read a message: %w", err)
	}
	if len(got) == 0 { // somebody took it away meanwhile
		return nil
	}
	if _, err := m.Intake.Take(ctx, nil, bytes.NewReader(got[0].FindBodySection(whole))); err != nil {
		return fmt.Errorf("note a message: %w", err)
	}
	seen := &imap.StoreFlags{Op: imap.StoreFlagsAdd, Flags: []imap.Flag{imap.FlagSeen}, Silent: true}
	return c.Store(imap.UIDSetNum(uid), seen, nil).Close()
}
