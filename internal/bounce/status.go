package bounce

import (
	"regexp"
	"strconv"
	"strings"
)

// code is an enhanced status code: class.subject.detail (RFC 3463, section 2).
type code struct{ class, subject, detail int }

func (c code) String() string {
	if c == (code{}) {
		return ""
	}
	return strconv.Itoa(c.class) + "." + strconv.Itoa(c.subject) + "." + strconv.Itoa(c.detail)
}

// generic reports whether a code says no more than that it failed.
func (c code) generic() bool { return c.subject == 0 }

var codeShape = regexp.MustCompile(`[245]\.\d{1,3}\.\d{1,3}`)

// codeIn finds the first enhanced code of a failure in a text. What is part of a network address, a version or a date is none.
func codeIn(text string) code {
	for _, at := range codeShape.FindAllStringIndex(text, -1) {
		if at[0] > 0 && isWordByte(text[at[0]-1]) {
			continue
		}
		if rest := text[at[1]:]; rest != "" && (isWordByte(rest[0]) && rest[0] != '.' || len(rest) > 1 && rest[0] == '.' && isDigit(rest[1])) {
			continue
		}
		if c := parseCode(text[at[0]:at[1]]); c.class != 2 {
			return c
		}
	}
	return code{}
}

func isDigit(b byte) bool { return b >= '0' && b <= '9' }

func isWordByte(b byte) bool {
	return isDigit(b) || b == '.' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z'
}

// parseCode reads a code that stands alone; anything else is the zero code.
func parseCode(s string) code {
	fields := strings.Split(strings.TrimSpace(s), ".")
	if len(fields) != 3 {
		return code{}
	}
	var n [3]int
	for i, f := range fields {
		v, err := strconv.Atoi(f)
		if err != nil || v < 0 || v > 999 {
			return code{}
		}
		n[i] = v
	}
	if n[0] != 2 && n[0] != 4 && n[0] != 5 {
		return code{}
	}
	return code{n[0], n[1], n[2]}
}

var replyShape = regexp.MustCompile(`(?:^|[\s:;#(<])([245][0-5]\d)(?:[\s-]|$)`)

// replyIn finds the first SMTP reply code (RFC 5321, section 4.2) in a server's words; 0 where there is none.
func replyIn(text string) int {
	m := replyShape.FindStringSubmatch(text)
	if m == nil {
		return 0
	}
	n, _ := strconv.Atoi(m[1])
	return n
}

// byCode is what permanent codes mean whose subject alone does not say it. The codes are those of RFC 3463, of the IANA
// registry "Simple Mail Transfer Protocol (SMTP) Enhanced Status Codes", and two of Microsoft's that everybody meets.
//
// Hard are only those that speak about the mailbox itself. That a domain is not found (5.1.2, 5.4.4) is soft: domains
// lapse for some days, and everybody who works at a ministry would be gone at once.
var byCode = map[code]Class{
	{5, 1, 1}:  Hard,   // bad destination mailbox address (RFC 3463)
	{5, 1, 3}:  Hard,   // bad destination mailbox address syntax (RFC 3463)
	{5, 1, 6}:  Hard,   // destination mailbox has moved, no forwarding address (RFC 3463)
	{5, 1, 10}: Hard,   // recipient address has null MX (RFC 7505); Microsoft: recipient not found
	{5, 1, 2}:  Soft,   // bad destination system address (RFC 3463)
	{5, 1, 4}:  Soft,   // destination mailbox address ambiguous (RFC 3463)
	{5, 1, 7}:  Policy, // bad sender's mailbox address syntax (RFC 3463)
	{5, 1, 8}:  Policy, // bad sender's system address (RFC 3463)
	{5, 1, 9}:  Soft,   // message relayed to non-compliant mailer (RFC 5248)
	{5, 2, 1}:  Soft,   // mailbox disabled, not accepting messages: it may be opened again (RFC 3463)
	{5, 2, 2}:  Soft,   // mailbox full (RFC 3463)
	{5, 2, 3}:  Soft,   // message length exceeds administrative limit (RFC 3463)
	{5, 3, 4}:  Soft,   // message too big for system (RFC 3463)
	{5, 4, 4}:  Soft,   // unable to route (RFC 3463)
	{5, 4, 7}:  Soft,   // delivery time expired (RFC 3463)
	{5, 7, 17}: Soft,   // mailbox owner has changed (RFC 7293)
	{5, 7, 18}: Soft,   // domain owner has changed (RFC 7293)
}

// bySubject is what permanent codes mean by their subject (RFC 3463, section 3). Of addressing (1) only the codes above are
// hard. Security and policy (7) is never about the reader: 5.7.1 delivery not authorised, 5.7.8 credentials, 5.7.20-24 DKIM
// and SPF (RFC 7372), 5.7.25 reverse DNS, 5.7.26 multiple authentication checks, 5.7.509 DMARC at Microsoft, and so on.
var bySubject = map[int]Class{0: Soft, 1: Soft, 2: Soft, 3: Soft, 4: Soft, 5: Soft, 6: Soft, 7: Policy}

// ofCode is what a code of a failure means by itself. A class of 4 is a failure of now: it is never hard.
func ofCode(c code) Class {
	if c.class != 5 {
		return Soft
	}
	if class, known := byCode[c]; known {
		return class
	}
	if class, known := bySubject[c.subject]; known {
		return class
	}
	return Soft
}
