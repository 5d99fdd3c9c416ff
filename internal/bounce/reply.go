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
