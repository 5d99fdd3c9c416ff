package bounce

import "strings"

// OfReply says what the refusal of a mail means by what the server answered while it was being sent.
func OfReply(words string) Class {
	class, _, _ := judge(code{}, words)
	return class
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

// PolicyNow reports whether a refusal for now is one of policy by its code as well as by its words (RFC 3463, 3.8).
func PolicyNow(words string) bool {
	c := codeIn(words)
	return c.class == 4 && c.subject == 7 && OfReply(words) == Policy
}

// closedMailbox are words of a refusal by one mailbox, list or group that is closed to most, and words that servers say of an address
// that they have not, however they put it.
var closedMailbox = []string{
	"to this mailbox", "to this recipient", "to this group", "to this list", "to this distribution", "for this group", "forgroup", "restrictedtorecipientspermission",
	deniedRecipient,
}

// closedCodes say the same: Microsoft's for groups that take mails of some senders only.
var closedCodes = map[code]bool{
	{5, 7, 2}:   true, // mailing list expansion prohibited (RFC 3463)
	{5, 7, 124}: true, // sender not in the list of allowed senders of a group
	{5, 7, 129}: true, // restricted to some senders
	{5, 7, 133}: true, // sender not authenticated for a group
	{5, 7, 134}: true, // sender not authenticated for a mailbox
}

// ClosedMailbox reports whether a refusal that reads like one of policy is about one mailbox or group that takes few people's mails,
// and so neither about who sends nor about anybody else.
func ClosedMailbox(words string) bool {
	in := codeIn(words)
	return closedCodes[in] || !authentication(in) && says(plainWords(words), closedMailbox)
}

// OfSender reports whether a refusal is about who sends, whoever it is for: its code says that the sender is not who it says
// (RFC 7372 and RFC 8616 for DKIM, SPF and the reverse name).
func OfSender(words string) bool { return authentication(codeIn(words)) }

func authentication(c code) bool { return c.subject == 7 && c.detail >= 20 && c.detail <= 30 }
