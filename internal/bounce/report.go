// Package bounce reads what comes back when a mail was sent: delivery status notifications (RFC 3464, and RFC 6533 in
// their internationalised form), the texts that servers send which know no such form, feedback reports (RFC 5965) and
// automatic answers (RFC 3834).
//
// It reads and judges, and does nothing about it. The error that matters is to call an address dead that is not: somebody
// would never be written to again for a full mailbox or for a mistake of ours. So everything that could be said against
// "hard" counts, and guesses are never hard.
package bounce

import (
	"slices"
	"strings"

	"golang.org/x/net/idna"
)

// Kind is what sort of message came back.
type Kind string

// The kinds of messages that come back.
const (
	KindNone      Kind = "none"       // somebody wrote, or nobody can say what it is
	KindDelivery  Kind = "delivery"   // says what became of a mail
	KindFeedback  Kind = "feedback"   // says what its reader did with it
	KindAutoReply Kind = "auto_reply" // a machine answered for its reader
)

// Class is what a message means for the address that was written to.
type Class string

// The classes. Only Hard and Complaint are reasons never to write to an address again.
const (
	Unknown   Class = "unknown"    // it does not say
	Hard      Class = "hard"       // nobody has that address
	Soft      Class = "soft"       // it did not arrive, and the next one may: mailbox full, server away, mail too large
	Policy    Class = "policy"     // it was not wanted: our own fault, or at least not the reader's
	AutoReply Class = "auto_reply" // it arrived where a machine answers
	Delayed   Class = "delayed"    // the server goes on trying
	Delivered Class = "delivered"  // it arrived
	Complaint Class = "complaint"  // its reader called it spam
)

// Where a report was found.
const (
	FoundPart    = "part"    // in the part of the message that programmes read
	FoundText    = "text"    // in words for people: a guess
	FoundHeaders = "headers" // in the header of the message
)

// Recipient is what a report says about one address.
type Recipient struct {
	Address    string // the final recipient; "" where it is not said
	Original   string // the one written to, where it is another or was said as well
	Action     string // RFC 3464, section 2.3.3: failed, delayed, delivered, relayed, expanded; "" where it is not said
	Status     string // enhanced status code (RFC 3463) that it was judged by; "" where there is none
	Reply      int    // SMTP reply code; 0 where there is none
	Diagnostic string // the server's words, on one line; addresses in them are taken out
	Class      Class
}

// Report is what a message that came back says.
type Report struct {
	Kind       Kind
	Found      string      // one of the places; "" of KindNone
	Recipients []Recipient // of KindDelivery, at least one
	Feedback   string      // of KindFeedback: abuse, fraud, not-spam … (RFC 5965, section 7.3)
	MessageID  string      // of the mail that was sent, without angle brackets; "" where it is not said
	To         []string    // the addresses that the message itself was sent to, as its header says
	Sender     []string    // the addresses that the mail was sent in the name of, as the report says
	Subject    string      // of the message itself
	Readers    []string    // of KindFeedback: whom the mail went to, as the report or the copy in it says
	Endings    []string    // of KindFeedback: links in the copy that end mailings (List-Unsubscribe)
	Digest     string      // the same for the same report, however it came; hexadecimal SHA-256
	Class      Class       // of KindFeedback, KindAutoReply and KindNone
}

// For says what a report means for a mail to an address: what it says about exactly that one. About another, to which
// the mail may have been passed on, it is never hard: the reader may have got it as well.
func (r Report) For(address string) Recipient {
	if r.Kind != KindDelivery {
		return Recipient{Class: r.Class}
	}
	exact := r.about(func(a Recipient) bool { return a.Address != "" && SameAddress(a.Address, address) })
	if len(exact) > 0 {
		return kindest(exact)
	}
	others := r.about(func(a Recipient) bool { return a.Original != "" && SameAddress(a.Original, address) })
	if len(others) == 0 {
		others = r.Recipients
	}
	said := kindest(others)
	if said.Class == Hard {
		said.Class = Soft
	}
	return said
}

func (r Report) about(is func(Recipient) bool) (found []Recipient) {
	for _, a := range r.Recipients {
		if is(a) {
			found = append(found, a)
		}
	}
	return found
}

// gravity orders the classes: of several that are said about one mail the first counts.
var gravity = []Class{Delivered, AutoReply, Delayed, Unknown, Policy, Soft, Complaint, Hard}

func kindest(list []Recipient) Recipient {
	if len(list) == 0 {
		return Recipient{Class: Unknown}
	}
	return slices.MinFunc(list, func(a, b Recipient) int {
		return slices.Index(gravity, a.Class) - slices.Index(gravity, b.Class)
	})
}

// SameAddress compares addresses as people mean them: without regard to case, and a domain is the same in letters and in
// the form that programmes write (RFC 5891).
func SameAddress(a, b string) bool { return canonical(a) == canonical(b) }

func canonical(address string) string {
	address = strings.ToLower(strings.TrimSpace(address))
	at := strings.LastIndexByte(address, '@')
	if at < 0 {
		return address
	}
	domain := strings.TrimSuffix(address[at+1:], ".")
	if ascii, err := idna.Lookup.ToASCII(domain); err == nil {
		domain = ascii
	}
	return address[:at+1] + domain
}
