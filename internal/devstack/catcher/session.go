package catcher

import (
	"io"

	"github.com/emersion/go-smtp"
)

// session is one SMTP conversation.
type session struct {
	catcher *Catcher
	conn    *smtp.Conn
	from    string
	to      []string
}

func (c *Catcher) newSession(conn *smtp.Conn) (smtp.Session, error) {
	return &session{catcher: c, conn: conn}, nil
}

// Mail begins a mail.
func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	s.from = from
	return nil
}

// Rcpt adds a recipient, unless a fault refuses it.
func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	faults := s.catcher.faultsNow()
	if faults.hangUp(to) {
		return s.conn.Conn().Close()
	}
	if err := faults.refuse(to); err != nil {
		return err
	}
	s.to = append(s.to, to)
	return nil
}

// Data keeps the mail; what is answered after that is up to the faults.
func (s *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	number, err := s.catcher.store.add(s.from, s.to, raw)
	if err != nil {
		return &smtp.SMTPError{Code: 452, EnhancedCode: smtp.EnhancedCode{4, 3, 1}, Message: "The mail could not be stored"}
	}
	if s.catcher.faultsNow().dropAfter(number) {
		return s.conn.Conn().Close()
	}
	return nil
}

// Reset forgets the mail begun.
func (s *session) Reset() { s.from, s.to = "", nil }

// Logout ends the conversation.
func (s *session) Logout() error { return nil }
