package bounce

import "strings"

// OfReply says what the refusal of a mail means by what the server answered while it was being sent.
func OfReply(words string) Class {
	class, _ := Refusal(words)
	return class
}

// Refusal is OfReply with the enhanced status code that the server gave; "" where it gave none.
func Refusal(words string) (Class, string) {
	class, shown, _ := judge(code{}, words)
	return class, shown.String()
}

// OneMailbox reports whether a server's refusal for now is about the mailbox of one reader, and not about whoever writes or how
// much is written: its code speaks of the address or of the mailbox (RFC 3463, 3.2 and 3.3). Servers that greylist say so of a
// mailbox and mean the sender.
func OneMailbox(words string) bool {
	if says(strings.ToLower(words), []string{"greylist", "graylist", "grey list"}) {
		return false
	}
	c := codeIn(words)
	return c.subject == 1 || c.subject == 2
}

// PolicyNow reports whether a refusal for now is one of policy by its code as well as by its words (RFC 3463, 3.8). That a server
// takes no more for now is none: it wants us slower, not otherwise.
func PolicyNow(words string) bool {
	c := codeIn(words)
	return c.class == 4 && c.subject == 7 && OfReply(words) == Policy && !RateLimited(words)
}

// ofRate are words of a server that takes mails of ours, but not so many at a time.
var ofRate = []string{"rate limit", "rate-limit", "ratelimit", "unusual rate", "unexpected volume", "too many messages", "too fast", "too quickly", "throttl"}

// RateLimited reports whether a refusal for now is about how much we write and how fast: 4.7.28, "mail flood detected" (registry of
// IANA; Gmail), or words that say so, as Microsoft's with 4.7.650 and Yahoo's with TSS04. Gmail calls limits of mails that it cannot
// authenticate the same; their code says what they are.
func RateLimited(words string) bool {
	c := codeIn(words)
	return c.class == 4 && c.subject == 7 && !authentication(c) && (c.detail == mailFlood || says(plainWords(words), ofRate))
}

const mailFlood = 28

// closedMailbox are words of a refusal by one mailbox, list or group that is closed to most, and words that servers say of an address
// that they have not, however they put it.
var closedMailbox = []string{
	"to this mailbox", "to this recipient", "to this group", "to this list", "to this distribution", "for this group", "forgroup", "restrictedtorecipientspermission",
	deniedRecipient,
}

// listProhibited says of a list that it does not take mails of the sender (RFC 3463, 3.8: mailing list expansion prohibited). Yahoo says
// it to senders of whom it takes nothing at all.
var listProhibited = code{5, 7, 2}

// closedCodes say the same as closedMailbox: Microsoft's for groups that take mails of some senders only.
var closedCodes = map[code]bool{
	{5, 7, 124}: true, // sender not in the list of allowed senders of a group
	{5, 7, 129}: true, // restricted to some senders
	{5, 7, 133}: true, // sender not authenticated for a group
	{5, 7, 134}: true, // sender not authenticated for a mailbox
}

// ofUs are words of a refusal of the sender, whichever mailbox stands beside them: where both are said, it is not the reader's.
var ofUs = []string{
	"all messages from", "permanently deferred", "blocked", "blacklist", "black list", "blocklist", "block list", "dnsbl", "reputation", "your ip", "ip address",
	"spam", "unsolicited", "bulk mail", "complaint", "content",
}

// ClosedMailbox reports whether a refusal that reads like one of policy is about one mailbox or group that takes few people's mails,
// and so neither about who sends nor about anybody else.
func ClosedMailbox(words string) bool {
	in, text := codeIn(words), plainWords(words)
	return closedCodes[in] || !authentication(in) && !says(text, ofUs) && (in == listProhibited || says(text, closedMailbox))
}

// OfSender reports whether a refusal is about who sends, whoever it is for: its code says that the sender is not who it says
// (RFC 7372 for DKIM, SPF and the reverse name), or that it is not taken without what large receivers ask of everybody.
func OfSender(words string) bool { return authentication(codeIn(words)) }

// ofSender are the details of such codes, their subject being 7, in the registry of IANA; and Gmail's, which calls 27 SPF, 29 TLS and 30
// DKIM. Between them stands mailFlood, which is none.
var ofSender = map[int]bool{
	20: true, 21: true, 22: true, // DKIM: no signature that passes, that is accepted, that is the author's
	23: true, 24: true, // SPF: failed, in error
	25:  true,            // reverse name
	26:  true,            // several of these
	27:  true,            // sender's address has a null MX
	29:  true,            // ARC
	30:  true,            // REQUIRETLS
	31:  true,            // Gmail: no DMARC (its earlier code)
	32:  true,            // Gmail: From is not aligned
	40:  true,            // Gmail: no DMARC
	509: true, 515: true, // Microsoft: fails DMARC, and is not signed and aligned as those who send many have to be
}

func authentication(c code) bool { return c.subject == 7 && ofSender[c.detail] }
