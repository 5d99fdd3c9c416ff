package main

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	"github.com/emersion/go-msgauth/dkim"
	gomail "github.com/wneessen/go-mail"
)

const from = "tribuna@network.example"

func reader(n int) (name, address string) {
	return fmt.Sprintf("Reader %d", n), fmt.Sprintf("reader%d@d%d.example", n, n%200)
}

func unsubscribe(n int) string { return fmt.Sprintf("https://tribuna.example/u/tu_%072d", n) }

// runComposing is the bare loop that has go-mail compose every message, and send it as it comes: it asks before each whether
// the server is there, and resets after.
func runComposing(t task) (outcome, error) {
	c, err := client(t)
	if err != nil {
		return outcome{}, err
	}
	return each(t, func() (func(int) error, error) {
		connection, err := c.DialToSMTPClientWithContext(context.Background())
		if err != nil {
			return nil, err
		}
		return func(n int) error {
			m, err := compose(t, n)
			if err != nil {
				return err
			}
			return c.SendWithSMTPClient(connection, m)
		}, nil
	})
}

func compose(t task, n int) (*gomail.Msg, error) {
	l := t.Letters[n%len(t.Letters)]
	name, address := reader(n)
	m := gomail.NewMsg()
	if err := m.FromFormat("Tribuna", from); err != nil {
		return nil, err
	}
	if err := m.AddToFormat(name, address); err != nil {
		return nil, err
	}
	m.Subject(l.Subject)
	m.SetDate()
	m.SetMessageIDWithValue(fmt.Sprintf("%d@network.example", n))
	m.SetListUnsubscribe(unsubscribe(n))
	m.SetListUnsubscribePost()
	m.SetBodyString(gomail.TypeTextPlain, l.Text)
	m.AddAlternativeString(gomail.TypeTextHTML, l.HTML)
	return m, nil
}

// runEncoded is the bare loop that sends messages encoded before, and signs them where it is asked to. Recipient, Message-ID
// and the address that ends mailings are put in front.
func runEncoded(t task) (outcome, error) {
	c, err := client(t)
	if err != nil {
		return outcome{}, err
	}
	var encoded [][]byte
	for n := range t.Letters {
		m, err := compose(t, n)
		if err != nil {
			return outcome{}, err
		}
		var whole bytes.Buffer
		if _, err := m.WriteTo(&whole); err != nil {
			return outcome{}, err
		}
		encoded = append(encoded, withoutFields(whole.Bytes(), "To:", "Message-ID:", "List-Unsubscribe:"))
	}
	signer, err := signerFor(t.Sign)
	if err != nil {
		return outcome{}, err
	}
	return each(t, func() (func(int) error, error) {
		connection, err := c.DialToSMTPClientWithContext(context.Background())
		if err != nil {
			return nil, err
		}
		var raw []byte
		return func(n int) error {
			name, address := reader(n)
			raw = append(raw[:0], "To: "+name+" <"+address+">\r\nMessage-ID: <"+fmt.Sprint(n)+"@network.example>\r\nList-Unsubscribe: <"+unsubscribe(n)+">\r\n"...)
			raw = append(raw, encoded[n%len(encoded)]...)
			var signature []byte
			if signer != nil {
				s, err := dkim.NewSigner(signer)
				if err != nil {
					return err
				}
				if _, err := s.Write(raw); err != nil {
					return err
				}
				if err := s.Close(); err != nil {
					return err
				}
				signature = []byte(s.Signature())
			}
			if err := connection.UpdateDeadline(limit); err != nil {
				return err
			}
			if err := connection.Mail("<" + from + ">"); err != nil {
				return err
			}
			if err := connection.Rcpt("<" + address + ">"); err != nil {
				return err
			}
			w, err := connection.Data()
			if err != nil {
				return err
			}
			if _, err := w.Write(append(signature, raw...)); err != nil {
				return err
			}
			return w.Close()
		}, nil
	})
}

// withoutFields leaves fields out of a message's header.
func withoutFields(raw []byte, names ...string) []byte {
	header, body, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
	var kept []string
	drop := false
	for line := range strings.SplitSeq(string(header), "\r\n") {
		if line[0] != ' ' {
			drop = false
			for _, name := range names {
				drop = drop || strings.HasPrefix(line, name)
			}
		}
		if !drop {
			kept = append(kept, line)
		}
	}
	return append([]byte(strings.Join(kept, "\r\n")+"\r\n\r\n"), body...)
}
