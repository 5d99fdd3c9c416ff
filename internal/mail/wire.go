package mail

import (
	"bytes"
	"errors"
	"fmt"
	"net/textproto"
	"strings"

	"github.com/wneessen/go-mail/smtp"
	"golang.org/x/net/idna"
)

// Message is a mail in the form that travels.
type Message struct {
	From, To  string // of the envelope: where it is sent back to, and where it goes
	Signature []byte // header fields that stand before the others; may be empty
	Content   []byte // header and body; lines end with CRLF, dots are not doubled yet
	Tail      Tail   // the rest of the body, where it has one in common with others
}

// smtpConnection carries messages over the connection that go-mail opened.
type smtpConnection struct {
	connection *smtp.Client
	server     string // host and port
	waits      Timeouts
	pipelining bool // the server takes several commands at once (RFC 2920)
	utf8       bool // the server takes addresses that are not ASCII (RFC 6531)
	used       bool // carried a message before
	broken     bool
	buffer     []byte
}

// Send delivers one message.
func (c *smtpConnection) Send(m Message) Delivery {
	commands, err := c.envelope(m)
	if err != nil {
		return Delivery{Outcome: Refused, Reply: err.Error(), Server: c.server, Foreign: errors.Is(err, errForeign)} // it cannot be sent at all; nothing went on the wire
	}
	d := c.carry(commands, m)
	c.broken, c.used, d.Server = d.Broken, true, c.server
	return d
}

// Close says goodbye to a server one is on terms with, and hangs up on others.
func (c *smtpConnection) Close() {
	if !c.broken && c.connection.UpdateDeadline(c.waits.Command) == nil && c.connection.Quit() == nil {
		return
	}
	_ = c.connection.Close()
}

// envelope is what is said before the message itself.
func (c *smtpConnection) envelope(m Message) ([]string, error) {
	if bytes.Count(m.Content, []byte("\n")) != bytes.Count(m.Content, []byte("\r\n")) {
		return nil, errors.New("a line does not end as lines end in mails") // servers differ in what ends a message then
	}
	from, plain, err := path(m.From)
	if err != nil {
		return nil, fmt.Errorf("the sender's address: %w", err)
	}
	to, ascii, err := path(m.To)
	if err != nil {
		return nil, fmt.Errorf("the reader's address: %w", err)
	}
	if plain && ascii {
		return []string{"MAIL FROM:<" + from + ">", "RCPT TO:<" + to + ">", "DATA"}, nil
	}
	if !c.utf8 {
		return nil, errForeign
	}
	return []string{"MAIL FROM:<" + from + "> SMTPUTF8", "RCPT TO:<" + to + ">", "DATA"}, nil
}

// errForeign is about addresses for which a server has to know SMTPUTF8 (RFC 6531).
var errForeign = errors.New("the mail server takes no addresses with other than Latin letters")

// path is an address as SMTP wants it, and whether that is ASCII: the domain always is (RFC 5891). What could end the
// command is refused.
func path(address string) (string, bool, error) {
	at := strings.LastIndexByte(address, '@')
	if at < 1 || strings.ContainsFunc(address, func(r rune) bool { return r <= ' ' || r == 0x7f || r == '<' || r == '>' }) {
		return "", false, errors.New("it cannot be used")
	}
	if ascii(address) {
		return address, true, nil
	}
	host, err := idna.Lookup.ToASCII(address[at+1:])
	if err != nil {
		return "", false, err
	}
	local := address[:at]
	return local + "@" + host, ascii(local), nil
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// carry says the commands, at once where the server allows it, and then the message. How far it came decides the outcome:
// before the message itself nothing can have been delivered.
func (c *smtpConnection) carry(commands []string, m Message) Delivery {
	if c.connection.UpdateDeadline(c.waits.Command) != nil {
		return Delivery{Outcome: Unsent, Reply: "the connection was closed", Broken: true}
	}
	if c.pipelining {
		if err := c.say(commands...); err != nil {
			return c.silent(0, err)
		}
	}
	var refusal *textproto.Error
	for i, command := range commands {
		err := c.answer(command, []int{250, 25, 354}[i])
		answer := new(textproto.Error)
		switch {
		case err == nil && refusal != nil:
			// It wants the message though it refused whom it is for. Hanging up before its end sends none.
			return Delivery{Outcome: refused(refusal, Lost).Outcome, Reply: refusal.Error(), Broken: true}
		case err == nil:
			continue
		case !errors.As(err, &answer) && refusal == nil:
			return c.silent(i, err)
		case refusal == nil:
			refusal = answer
		}
		if refusal.Code == 421 || !c.pipelining || !errors.As(err, &answer) {
			return c.forgotten(refusal, i == 0, err)
		}
	}
	if refusal != nil {
		return c.forgotten(refusal, false, refusal)
	}
	return c.content(m)
}

// answer reads what the server says to a command, which is said now unless it was before.
func (c *smtpConnection) answer(command string, expect int) error {
	if !c.pipelining {
		if err := c.say(command); err != nil {
			return err
		}
	}
	_, _, err := c.connection.Text.ReadResponse(expect)
	return err
}

func (c *smtpConnection) say(lines ...string) error {
	w := c.connection.Text.W
	for _, line := range lines {
		if _, err := w.WriteString(line + "\r\n"); err != nil {
			return err
		}
	}
	return w.Flush()
}

// silent is the end of a connection before the message itself.
func (c *smtpConnection) silent(answers int, err error) Delivery {
	if answers == 0 && c.used {
		return Delivery{Outcome: Unsent, Reply: err.Error(), Broken: true}
	}
	return Delivery{Outcome: Lost, Reply: err.Error(), Broken: true}
}

// forgotten has the server forget a message that it refused, so that the next can follow.
func (c *smtpConnection) forgotten(refusal *textproto.Error, first bool, last error) Delivery {
	d := refused(refusal, Lost)
	switch {
	case refusal.Code == 421 && first && c.used:
		d.Outcome = Unsent // tired of waiting, not of the message
	case !errors.As(last, new(*textproto.Error)):
		d.Broken = true
	case !d.Broken:
		d.Broken = c.connection.Reset() != nil
	}
	return d
}

// content sends the message itself with its final dot. Once the dot may have left, only the server's word tells what came
// of the message.
func (c *smtpConnection) content(m Message) Delivery {
	c.buffer = append(c.buffer[:0], m.Signature...)
	if len(m.Tail.wire) > 0 {
		c.buffer = doubled(c.buffer, m.Content)
	} else {
		c.buffer = stuffed(c.buffer, m.Content)
	}
	w := c.connection.Text.W
	n, err := w.Write(c.buffer)
	if err == nil {
		var more int
		more, err = w.Write(m.Tail.wire) // what is long goes on the wire as it lies in memory
		n += more
	}
	if err == nil {
		err = w.Flush()
		n -= w.Buffered()
	}
	if err != nil && n < len(c.buffer)+len(m.Tail.wire)-len(finalDot) {
		return Delivery{Outcome: Lost, Reply: err.Error(), Broken: true}
	}
	if err != nil {
		return Delivery{Outcome: Doubtful, Reply: err.Error(), Broken: true}
	}
	if err := c.connection.UpdateDeadline(c.waits.Dot); err != nil {
		return Delivery{Outcome: Doubtful, Reply: err.Error(), Broken: true}
	}
	_, reply, err := c.connection.Text.ReadResponse(250)
	answer := new(textproto.Error)
	switch {
	case err == nil:
		return Delivery{Outcome: Accepted, Reply: reply}
	case errors.As(err, &answer):
		return refused(answer, Doubtful) // the end of the message is the end of the transaction (RFC 5321, 4.1.1.4)
	default:
		return Delivery{Outcome: Doubtful, Reply: err.Error(), Broken: true}
	}
}

// refused turns the server's words into an outcome; odd is that of words that cannot be said here.
func refused(e *textproto.Error, odd Outcome) Delivery {
	d := Delivery{Reply: e.Error()}
	switch {
	case e.Code == 421: // the server is closing the channel (RFC 5321, 3.8), whatever it was about
		d.Outcome, d.Broken = Deferred, true
	case e.Code/100 == 4:
		d.Outcome = Deferred
	case e.Code/100 == 5:
		d.Outcome = Refused
	default:
		d.Outcome, d.Broken = odd, true
	}
	return d
}

const finalDot = "\r\n.\r\n"

// stuffed appends a message as it travels: a dot that begins a line is doubled, and a dot alone ends it (RFC 5321, 4.5.2).
func stuffed(to, content []byte) []byte {
	to = bytes.TrimSuffix(doubled(to, content), []byte("\r\n"))
	return append(to, finalDot...)
}

// doubled appends a message with the dots doubled that begin a line.
func doubled(to, content []byte) []byte {
	if bytes.HasPrefix(content, []byte(".")) {
		to = append(to, '.')
	}
	for {
		i := bytes.Index(content, []byte("\r\n."))
		if i < 0 {
			break
		}
		to = append(append(to, content[:i+3]...), '.')
		content = content[i+3:]
	}
	return append(to, content...)
}
