package mail

import (
	"errors"
	"fmt"
	"net/mail"
	"strings"
	"time"
	"unicode"

	gomail "github.com/wneessen/go-mail"
	"golang.org/x/net/idna"
)

// Letter is a composed mail, before it is put into the form that travels.
type Letter struct {
	To          mail.Address
	Language    string
	Subject     string
	HTML        string
	Text        string
	Unsubscribe string // the address that ends mailings to this person; empty for other mails
	Attached    []Attached
}

// envelope is what a message needs beyond its letter.
type envelope struct {
	id     string // of the outbox row: the same mail has the same Message-ID whoever sends it
	from   mail.Address
	date   time.Time
	backTo string // the signed address that it comes back to; "" where there is none
}

// message puts a letter into the form that travels. Names and subjects come from people: they are brought to one line
// here, whatever was checked before, so that nobody can add headers or recipients.
func message(l *Letter, e envelope) (*gomail.Msg, error) {
	m := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	from, err := clean(e.from)
	if err != nil {
		return nil, fmt.Errorf("sender's address: %w", err)
	}
	to, err := clean(l.To)
	if err != nil {
		return nil, fmt.Errorf("reader's address: %w", err)
	}
	m.FromMailAddress(from)
	m.ToMailAddress(to)
	m.Subject(oneLine(l.Subject))
	m.SetDateWithValue(e.date)
	m.SetMessageIDWithValue(e.id + "@" + domain(from.Address))
	m.SetGenHeader(gomail.HeaderContentLang, l.Language)
	m.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no out-of-office replies, please
	if l.Unsubscribe != "" {
		// RFC 8058 wants https; over plain http, in demonstrations, the same headers let people try it.
		m.SetGenHeader(gomail.HeaderListUnsubscribe, ListUnsubscribe(l.Unsubscribe, e.backTo))
		m.SetListUnsubscribePost()
		m.SetGenHeader("List-Id", "<mailings."+domain(from.Address)+">") // RFC 2919: what is one list to people's filters
		m.SetGenHeader("Precedence", "bulk")                             // for the servers that knew it before RFC 3834
	}
	m.SetBodyString(gomail.TypeTextPlain, l.Text)
	m.AddAlternativeString(gomail.TypeTextHTML, l.HTML)
	return m, attach(m, l.Attached)
}

// ParseSender reads the address that all mails are sent from, its domain brought to the letters that travel (RFC 5891): Message-IDs, the
// List-Id and signatures take it from there, and hold nothing else. A name before the @ in other letters is refused, for no mail could
// leave then but over servers that know SMTPUTF8 (RFC 6531), to readers whose servers know it too.
func ParseSender(words string) (mail.Address, error) {
	a, err := mail.ParseAddress(words)
	if err != nil {
		return mail.Address{}, err
	}
	a, err = clean(*a)
	if err != nil {
		return mail.Address{}, err
	}
	if !ascii(a.Address) {
		return mail.Address{}, errors.New("the part before the @ needs to be in Latin letters")
	}
	return *a, nil
}

// oneLine replaces control characters, line ends among them, by spaces.
func oneLine(s string) string {
	clean := strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, s)
	return strings.Join(strings.Fields(clean), " ")
}

// clean returns an address that is one address, with a name of one line and its domain in the letters that travel (RFC 5891).
func clean(a mail.Address) (*mail.Address, error) {
	parsed, err := mail.ParseAddress(a.Address)
	if err != nil {
		return nil, err
	}
	if parsed.Address != a.Address || parsed.Name != "" {
		return nil, errors.New("not a bare address")
	}
	address := a.Address
	if at := strings.LastIndexByte(address, '@'); !ascii(address[at:]) {
		host, err := idna.Lookup.ToASCII(address[at+1:])
		if err != nil {
			return nil, err
		}
		address = address[:at+1] + host
	}
	return &mail.Address{Name: oneLine(a.Name), Address: address}, nil
}

func domain(address string) string {
	if _, host, ok := strings.Cut(address, "@"); ok {
		return host
	}
	return "localhost"
}
