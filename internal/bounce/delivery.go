package bounce

import (
	"regexp"
	"strconv"
	"strings"
)

// maxField is how long a field may grow by lines that go on with it, in bytes.
const maxField = 8 << 10

// fields are a group of fields of a report, by their names in lower case. Of a field that stands twice the first counts.
type fields map[string]string

// groupsOf reads the groups of fields of a part that programmes read (RFC 3464, section 2.1.1). Servers leave out the empty
// line between groups, so that a second Final-Recipient begins a new one as well.
func groupsOf(body string) (groups []fields) {
	var group fields
	last := ""
	end := func() {
		if len(group) > 0 {
			groups = append(groups, group)
		}
		group, last = nil, ""
	}
	for line := range strings.Lines(body) {
		line = strings.TrimRight(line, "\r\n")
		switch {
		case strings.TrimSpace(line) == "":
			end()
		case (line[0] == ' ' || line[0] == '\t') && last != "":
			if len(group[last]) < maxField {
				group[last] += " " + strings.TrimSpace(line)
			}
		default:
			name, value, ok := strings.Cut(line, ":")
			if name = strings.ToLower(strings.TrimSpace(name)); !ok || name == "" || strings.ContainsAny(name, " \t") {
				continue
			}
			if _, twice := group[name]; twice && name == "final-recipient" {
				end()
			}
			if group == nil {
				group = fields{}
			}
			if _, twice := group[name]; twice {
				last = ""
				continue
			}
			group[name], last = strings.TrimSpace(value), name
		}
	}
	end()
	return groups
}

// typed is the value of a field that begins with the type of what follows: "rfc822; ana@posta.example".
func typed(value string) (kind, rest string) {
	kind, rest, ok := strings.Cut(value, ";")
	if !ok {
		return "", strings.TrimSpace(value)
	}
	return strings.ToLower(strings.TrimSpace(kind)), strings.TrimSpace(rest)
}

var unicodePoint = regexp.MustCompile(`\\x\{([0-9A-Fa-f]{1,6})\}`)

// addressIn is the address of a recipient's field, "" for what is none. The type utf-8 writes other letters as code points
// (RFC 6533, section 3).
func addressIn(value string) string {
	kind, address := typed(value)
	if kind == "utf-8" {
		address = unicodePoint.ReplaceAllStringFunc(address, func(p string) string {
			n, err := strconv.ParseInt(p[3:len(p)-1], 16, 32)
			if err != nil {
				return p
			}
			return string(rune(n))
		})
	}
	if open := strings.IndexByte(address, '<'); open >= 0 {
		address, _, _ = strings.Cut(address[open+1:], ">")
	}
	address, _, _ = strings.Cut(strings.TrimSpace(address), " ")
	if !strings.Contains(address, "@") || len(address) > 400 {
		return ""
	}
	return strings.ToValidUTF8(address, "\uFFFD")
}

// readDelivery reads a part message/delivery-status or message/global-delivery-status. words is the text beside it.
func readDelivery(body, words string) (list []Recipient) {
	groups := groupsOf(body)
	for _, g := range groups {
		if isRecipient(g) && len(list) < maxParts {
			list = append(list, readRecipient(g, words))
		}
	}
	return list
}

func isRecipient(g fields) bool {
	return g["final-recipient"] != "" || g["original-recipient"] != "" || g["action"] != "" || g["status"] != ""
}

func readRecipient(g fields, words string) Recipient {
	r := Recipient{Address: addressIn(g["final-recipient"]), Original: addressIn(g["original-recipient"])}
	if r.Address == "" { // some servers give the one or the other alone
		r.Address, r.Original = r.Original, ""
	}
	action, _, _ := strings.Cut(strings.ToLower(g["action"]), " ")
	r.Action = strings.TrimRight(action, ";,")
	_, diagnostic := typed(g["diagnostic-code"])
	if !strings.Contains(g["diagnostic-code"], ";") {
		diagnostic = g["diagnostic-code"]
	}
	r.Diagnostic = withoutAddresses(diagnostic)
	field, _, _ := strings.Cut(strings.TrimSpace(g["status"]), " ") // "5.1.1 (bad destination mailbox address)"
	status := parseCode(field)
	said := diagnostic
	if said == "" {
		_, said, _ = strings.Cut(g["status"], " ")
	}
	var shown code
	r.Class, shown, r.Reply = judge(status, said)
	if r.Class == Hard {
		r.Class = afterWords(status, shown, diagnostic, words)
	}
	r.Status = shown.String()
	r.Class = ofAction(r.Action, status, r.Class)
	return r
}

// afterWords is what remains of hard after all that is said to people. It is soft where they are told that there is no room;
// and where no code speaks about the mailbox, unless it is sure that the address was refused. Without a diagnostic anything
// that speaks against it counts.
func afterWords(status, shown code, diagnostic, words string) Class {
	words = beforeCopy(words)
	text := plainWords(words)
	if says(text, ofRoom) || ofCode(shown) != Hard && !says(text, atAddress) {
		return Soft
	}
	if diagnostic == "" {
		class, _, _ := judge(status, words)
		return class
	}
	return Hard
}

// ofAction is what a report means by what its server did (RFC 3464, section 2.3.3). One that does not say so is judged by
// its code.
func ofAction(action string, status code, class Class) Class {
	switch action {
	case "delivered", "relayed", "expanded":
		return Delivered
	case "delayed":
		return Delayed
	case "failed", "expired": // the latter is not of the standard, and sent
		if status.class == 2 { // contradicts itself
			return Unknown
		}
		return class
	default:
		switch {
		case status.class == 2:
			return Delivered
		case status.class == 4:
			return Delayed
		case action == "" && status.class == 5:
			return class
		}
		return Unknown
	}
}
