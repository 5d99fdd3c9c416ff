package bounce

import (
	"regexp"
	"strings"
)

// Words of servers, in lower case. They count against a code: a server that says 5.1.1 and "over quota" has a full mailbox.

// ofPolicy are words of a refusal that is about the mail, its sender or its way, not about the reader.
var ofPolicy = []string{
	"spam", "unsolicited", "junk mail", "bulk mail", "blacklist", "black list", "black-list", "blocklist", "block list", "block-list",
	"blocked", "dnsbl", " rbl", "spamhaus", "spamcop", "barracuda", "reputation", "dmarc", "dkim", " spf", "sender policy",
	"authentication", "unauthenticated", "not authenticated", "not authorized", "not authorised", "unauthorized", "not permitted",
	"policy", "policies", "access denied", "banned", "content rejected", "message content", "virus", "malware", "phish",
	"reverse dns", "ptr record", "ptr resource", "bad dns", "helo", "sender rejected", "sender address rejected", "sender verify", "sender denied", "callout",
	"not allowed to send", "only accepts messages from", "only accept mail from", "restricted", "prohibited", "relaying denied",
	"relay access denied", "unable to relay", "relay not permitted", "tls required", "must issue a starttls", "encryption",
	"suspicious", "abuse", "complaint", "your ip", "security", "undesirable", "unwanted", "preferences", "refused due", "not wanted", "poor rep",
	"нежелана", "спам", "отхвърлено от филтър", "nesolicitat", "neželjen", "непожељн", "e padëshiruar", "unerwünscht",
}

// deniedRecipient is what Microsoft says for an address that its customer does not have, and for others as well.
const deniedRecipient = "recipient address rejected: access denied"

// noMailbox is what RFC 5321 has a server say with 550, of a mailbox that is not there as of one that is closed to the sender: by
// itself it says neither.
const noMailbox = "mailbox unavailable"

// ofNow are words of a failure that may be over tomorrow, or that another mail would not meet.
var ofNow = []string{
	"mailbox full", "mailbox is full", "mailbox for user is full", "inbox is full", "is full", "quota", "overquota", "out of storage", "storage", "disk full",
	"no space", "insufficient", "not enough space", "size limit", "message size", "too large", "too big", "exceed", "over the limit",
	"try again", "try later", "again later", "temporar", "timed out", "timeout", "time out", "expired", "greylist", "graylist", "grey list", "deferred", "rate limit",
	"too many", "too fast", "loop", "hop count", "too many hops", "connection refused", "connection reset", "could not connect", "connection failed",
	"unreachable", "no route", "name service error", "host not found", "domain not found", "lookup fail", "dns error", "nxdomain", "no mx", "unrouteable mail domain",
	"not currently accepting", "not accepting", "suspended", "on hold", "disabled", "locked", "inactive", "dormant", "frozen", "busy", "overloaded",
	"couldn't create", "could not create", "can't create", "cannot create", "cannot open", "permission denied", "procmail", "maildrop",
	"maintenance", "unavailable", "system error", "internal error", "configuration error", "retry", "out of office", "vacation",
	"пълна", "препълнена", "квота", "временно", "plină", "plina", "depășit", "depasit", "cota ", "temporar", "puno", "pun ", "prekorač", "kvot",
	"privremen", "пуно", "прекорач", "квот", "привремен", "plot", "kuotë", "kuota", "përkohësisht", "voll", "überschritten", "speicherplatz", "pleine", "piena",
}

// ofNobody are words that cannot be mistaken: nobody has this address.
var ofNobody = []string{
	"user unknown", "unknown user", "no such user", "no such mailbox", "no such recipient", "no such address", "no such account", "no such person",
	"user does not exist", "user doesn't exist", "mailbox does not exist", "mailbox doesn't exist", "account does not exist", "account that you tried to reach does not exist",
	"address does not exist", "recipient does not exist", "does not exist", "doesn't exist", "unknown recipient", "recipient unknown", "unknown local part", "unknown local-part", "unknown address",
	"unknown mailbox", "mailbox unknown", "mailbox not found", "user not found", "recipient not found", "address not found", "recipnotfound", "recipientnotfound",
	"no mailbox here by that name", "not a known user", "is not a valid mailbox", "invalid mailbox", "invalid recipient", "not listed in", "user doesn't have a",
	"doesn't have a", "not found by smtp address lookup", "no account by that name", "unrouteable address", "couldn't be found", "wasn't found at", "not known here",
	"не съществува", "непознат", "nu există", "nu exista", "necunoscut", "ne postoji", "не постоји", "nepoznat", "nuk ekziston",
	"unbekannt", "existiert nicht", "inconnu", "n'existe pas", "inesistente", "no existe", "nie istnieje",
}

// ofRoom are words about room alone: where people are told them, a code about the mailbox is a mistake of its server.
var ofRoom = []string{"mailbox full", "mailbox is full", "quota", "disk space", "out of storage", "not enough space", "квота", "препълнена", "plină", "prekorač", "прекорач", "kuot"}

// atAddress are words in which servers say that it was the address that was refused, and not the mail after it had been read:
// an unknown user is then what filters say in order to be believed.
var atAddress = []string{"reply to rcpt to", "after rcpt to", ">>> rcpt to", "response to rcpt to"}

// listsOfBlocked are whose links stand in refusals: they are about the network the mail came from.
var listsOfBlocked = []string{"spamhaus", "spamcop", "barracuda", "sorbs", "dnsbl", "/block", "blocklist", "blacklist", "urlbl", "surbl"}

func says(text string, any []string) bool {
	for _, words := range any {
		if strings.Contains(text, words) {
			return true
		}
	}
	return false
}

// named are addresses, links and names of machines: a server called spamfilter.example says nothing about spam.
var named = regexp.MustCompile(`https?://\S+|<?[^\s<>"(),;:]+@[^\s<>"(),;]+>?|\b(?:[a-z0-9_-]+\.)+[a-z]{2,}\b|\[[0-9a-f.:]+\]`)

// plainWords is a server's text as it is searched for words: in lower case, on one line, and without names.
func plainWords(text string) string {
	text = strings.ToLower(text)
	text = strings.NewReplacer("’", "'", "\u00a0", " ").Replace(text)
	text = strings.Join(strings.Fields(text), " ")
	text = named.ReplaceAllString(text, " ")
	return " " + strings.Join(strings.Fields(text), " ") + " "
}

var anAddress = regexp.MustCompile(`<?[^\s<>"(),;:=]+@[^\s<>"(),;]+>?`)

// maxDiagnostic is the most that is kept of a server's words, in characters.
const maxDiagnostic = 500

// withoutAddresses is a server's text as it can be kept: on one line, short, and without anybody's address.
func withoutAddresses(text string) string {
	text = strings.Join(strings.Fields(strings.ToValidUTF8(text, "\uFFFD")), " ")
	text = anAddress.ReplaceAllString(text, "<…>")
	text = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, text)
	if r := []rune(text); len(r) > maxDiagnostic {
		return string(r[:maxDiagnostic]) + "…"
	}
	return text
}
