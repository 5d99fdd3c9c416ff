package bounce

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/mail"
	"strings"
)

// Read reads a message that came back, at most MaxSize bytes of it. Its error is the reader's; a message that is malformed
// or says nothing is a report like another, of KindNone at worst.
func Read(r io.Reader) (Report, error) {
	l, err := open(r)
	if err != nil {
		return Report{}, err
	}
	report := l.read()
	if report.MessageID == "" {
		report.MessageID = l.originalID()
	}
	report.To, report.Sender, report.Subject = l.sentTo(), l.sentBy(), l.field("Subject")
	if report.Kind == KindFeedback {
		report.Readers, report.Endings = l.readers(), l.endings()
	}
	report.Digest = l.digest(report)
	return report, nil
}

func (l letter) read() Report {
	words := l.words()
	if p := l.find("message/delivery-status", "message/global-delivery-status"); p != nil {
		if list := readDelivery(p.body, words); len(list) > 0 {
			return Report{Kind: KindDelivery, Found: FoundPart, Recipients: list, MessageID: statedID(p.body)}
		}
	}
	if p := l.find("message/feedback-report"); p != nil {
		return readFeedback(p.body)
	}
	if l.report == "disposition-notification" || l.find("message/disposition-notification", "message/global-disposition-notification") != nil {
		return Report{Kind: KindAutoReply, Found: FoundPart, Class: AutoReply} // what a reader's programme did with it (RFC 8098)
	}
	switch failed := l.header.Get("X-Failed-Recipients"); {
	case failed != "" && !l.awaySubject():
		return byText(words, failed)
	case l.fromServer() && !l.awaySubject() && l.returned(words):
		return byText(words, "")
	case l.automatic():
		return Report{Kind: KindAutoReply, Found: FoundHeaders, Class: AutoReply}
	case begins(plainSubject(l.field("Subject")), serverSubjects) && l.returned(words):
		return byText(words, "")
	}
	return Report{Kind: KindNone, Class: Unknown}
}

// returned reports whether a text says that something did not arrive.
func (l letter) returned(words string) bool {
	return says(plainWords(beforeCopy(words)), undelivered) || begins(plainSubject(l.field("Subject")), serverSubjects) && codeIn(words) != (code{})
}

// byText is a report by words for people. failed is what the header says of who did not get it: addresses with commas
// between them.
func byText(words, failed string) Report {
	list := readText(words)
	if len(list) == 1 && list[0].Address == "" && !strings.Contains(failed, ",") {
		list[0].Address = addressIn(failed)
	}
	return Report{Kind: KindDelivery, Found: FoundText, Recipients: list, MessageID: copiedID(words)}
}

// readFeedback reads what a provider tells about its reader (RFC 5965). Only that it is spam, or that they want no more, is a
// complaint; a reader who says that it is none has not complained, and of a failed authentication (RFC 6591) no reader knows.
func readFeedback(body string) Report {
	r := Report{Kind: KindFeedback, Found: FoundPart, Class: Unknown}
	for _, g := range groupsOf(body) {
		if said := strings.ToLower(g["feedback-type"]); said != "" && r.Feedback == "" {
			r.Feedback = said
		}
	}
	switch r.Feedback {
	case "abuse", "fraud", "opt-out", "opt-out-list", "complaint", "miscategorized":
		r.Class = Complaint
	case "auth-failure", "virus":
		r.Class = Policy
	}
	return r
}

// statedID is the Message-ID of the mail that was sent, where a report says it itself.
func statedID(body string) string {
	for _, g := range groupsOf(body) {
		for _, name := range []string{"x-original-message-id", "original-message-id", "x-original-messageid"} {
			if id := bare(g[name]); id != "" {
				return id
			}
		}
	}
	return ""
}

func bare(id string) string {
	id = strings.Trim(strings.TrimSpace(id), "<>")
	if len(id) > 400 || strings.ContainsAny(id, " \t<>") {
		return ""
	}
	return id
}

// copies are the parts that hold the mail that was sent, or its header.
var copies = []string{"message/rfc822", "message/global", "text/rfc822-headers", "message/rfc822-headers", "message/global-headers", "text/rfc822"}

// originalID is the Message-ID in the copy that was returned.
func (l letter) originalID() string {
	p := l.find(copies...)
	if p == nil {
		return ""
	}
	groups := groupsOf(p.body)
	if len(groups) == 0 {
		return ""
	}
	return bare(groups[0]["message-id"]) // the first group is its header
}

// sentTo lists the addresses a message was sent to, those that mail servers noted first.
func (l letter) sentTo() (list []string) {
	for _, name := range []string{"Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "X-Rcpt-To", "To", "Cc"} {
		for f := l.header.FieldsByKey(name); f.Next(); {
			parsed, err := mail.ParseAddressList(f.Value())
			if err != nil {
				if address := addressIn(f.Value()); address != "" {
					list = append(list, address)
				}
				continue
			}
			for _, a := range parsed {
				list = append(list, a.Address)
			}
		}
		if len(list) >= maxParts {
			return list[:maxParts]
		}
	}
	return list
}

// sentBy lists the return addresses that the mail had, as the report or the copy in it says: a feedback report goes to another
// address than that.
func (l letter) sentBy() (list []string) {
	for _, of := range []struct {
		field string
		media []string
	}{
		{"original-mail-from", []string{"message/feedback-report"}},
		{"x-postfix-sender", []string{"message/delivery-status", "message/global-delivery-status"}},
		{"return-path", copies},
	} {
		p := l.find(of.media...)
		if p == nil {
			continue
		}
		if groups := groupsOf(p.body); len(groups) > 0 {
			if address := addressIn(groups[0][of.field]); address != "" {
				list = append(list, address)
			}
		}
	}
	return list
}

// digest names a report by what it says, not by how it came: the same one is known again by another way. Two that a server sends
// about one mail (delayed, then failed) are different.
func (l letter) digest(r Report) string {
	h := sha256.New()
	fmt.Fprintf(h, "%s\n%s\n%s\n%s\n%s\n", bare(l.field("Message-Id")), r.Kind, r.Feedback, r.Class, r.MessageID)
	for _, a := range r.Recipients {
		fmt.Fprintf(h, "%s %s %s %s\n", canonical(a.Address), a.Action, a.Status, a.Class)
	}
	if l.field("Message-Id") == "" {
		fmt.Fprintf(h, "%s\n", l.field("Date"))
	}
	return hex.EncodeToString(h.Sum(nil))
}
