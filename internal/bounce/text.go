package bounce

import (
	"regexp"
	"strings"
)

// copyBegins are the lines after which servers put what was sent to them: its words are not the server's.
var copyBegins = []string{
	"--- below this line is a copy of the message", "------ this is a copy of", "----- original message follows", "----- original message -----",
	"-----original message-----", "----- unsent message follows", "----- message header follows", "----- header of the original message", "original message headers:",
	"--- the header of the original message", "original message follows", "the original message follows", "--- original message", "------ forwarded message", "--- original mail",
	"--- undelivered message follows", "----- returned message", "the following is a copy", "message headers follow", "--- header of",
	"--- bounced message", "a copy of the message", "----- transcript of message", "this is a copy of your message",
	"content-type: message/rfc822", "return-path: <",
}

// beforeCopy is a text up to the copy of the mail that was sent.
func beforeCopy(text string) string {
	lines := strings.SplitAfter(text, "\n")
	for i, line := range lines {
		plain := strings.ToLower(strings.TrimSpace(line))
		for _, begin := range copyBegins {
			if strings.HasPrefix(plain, begin) {
				return strings.Join(lines[:i], "")
			}
		}
	}
	return text
}

var afterID = regexp.MustCompile(`(?im)^[ \t>]*message-id:[ \t]*(?:\r?\n[ \t]+)?<([^<>\s]{3,400})>`)

// copiedID is the Message-ID in the copy within a text.
func copiedID(text string) string {
	if m := afterID.FindStringSubmatch(text[len(beforeCopy(text)):]); m != nil {
		return m[1]
	}
	return ""
}

// undelivered are words in which servers say that something did not arrive. Each is enough, from a server.
var undelivered = []string{
	"i wasn't able to deliver your message", "i'm afraid i wasn't able to deliver", "could not be delivered", "couldn't be delivered", "cannot be delivered", "can't be delivered",
	"not be delivered", "unable to deliver", "undeliverable", "undelivered", "delivery failed", "delivery failure", "failed to deliver", "delivery to the following", "did not reach the following",
	"permanent fatal errors", "transient non-fatal errors", "was not delivered", "wasn't delivered", "has not yet been delivered", "not yet been delivered", "delivery has failed", "returned to sender",
	"transcript of session follows", "an error has occurred while attempting to deliver", "there was an error delivering", "failure notice", "mail delivery failed", "message not delivered", "delivery status", "error while delivering", "rejected your message", "delivery is delayed", "delayed",
	"не може да бъде доставено", "не беше доставено", "не бе доставено", "не е доставено", "nu a putut fi livrat", "nu a fost livrat", "nije isporučen", "nije mogla biti isporučena", "није испоруч",
	"nije dostavljen", "ne mogu da isporuč", "nuk mund të dorëzohet", "nuk u dorëzua", "nicht zugestellt", "unzustellbar", "n'a pas pu être", "impossibile recapitare", "no se pudo entregar",
}

// stillTrying are words in which servers say that they have not given up.
var stillTrying = []string{
	"has not yet been delivered", "not yet been delivered", "will continue to be made", "will keep trying", "will continue to try", "continue to attempt", "still trying", "will be retried",
	"this is a warning message only", "warning message only", "you do not need to resend", "no action is required", "message delayed", "delivery is delayed", "delivery delayed",
	"ще продължи да опитва", "va continua să încerce", "pokušaji će se nastaviti", "do të vazhdojë të përpiqet", "nastaviti da pokušava",
}

// givenUp are words that end it, whatever was said of trying before.
var givenUp = []string{"giving up", "i'm not going to try again", "given up", "no further attempts", "permanent error", "retry timeout exceeded", "will not be retried", "could not be delivered for"}

// addressLine is a line that begins what is said about one address: alone in it, or followed by a colon, or by the day.
var addressLine = regexp.MustCompile(`^[ \t>]*<?([^\s<>"(),;:@]+@[^\s<>"(),;:@]+)>?(?:[:.]*[ \t]*$|:[ \t]|\.\.\.[ \t]| on \w)`)

// readText guesses what a server that sends no other form says, address by address.
func readText(text string) (list []Recipient) {
	text = beforeCopy(text)
	heading, sections := bySection(text)
	if len(sections) == 0 {
		return []Recipient{guess("", text, text)}
	}
	for _, s := range sections {
		words := s.words.String()
		list = append(list, guess(s.address, words, heading+words))
	}
	return list
}

type section struct {
	address string
	words   strings.Builder
}

// bySection divides a text at the lines that name an address. An address that is named again goes on where it was; what is said
// about more than maxParts of them is left with the last.
func bySection(text string) (heading string, sections []*section) {
	var head strings.Builder
	at := &head
	for line := range strings.Lines(text) {
		if m := addressLine.FindStringSubmatch(strings.TrimRight(line, "\r\n")); m != nil && len(sections) < maxParts {
			s := sectionOf(sections, strings.TrimRight(m[1], "."))
			if s.words.Len() == 0 {
				sections = append(sections, s)
			}
			at = &s.words
		}
		at.WriteString(line)
	}
	return head.String(), sections
}

func sectionOf(sections []*section, address string) *section {
	for _, s := range sections {
		if SameAddress(s.address, address) {
			return s
		}
	}
	return &section{address: address}
}

// guess judges the words about one address; all are those with the ones at the head of the message.
func guess(address, words, all string) Recipient {
	class, shown, reply := judgeText(words)
	if class == Hard && saysPolicy(plainWords(all)) {
		class = Policy
	}
	r := Recipient{Address: addressIn(address), Action: "failed", Status: shown.String(), Reply: reply, Diagnostic: withoutAddresses(words), Class: class}
	plain := plainWords(all)
	if says(plain, stillTrying) && !says(plain, givenUp) {
		r.Action, r.Class = "delayed", Delayed
	}
	return r
}
