package bounce

import (
	"net/mail"
	"regexp"
)

// angled is what stands in angle brackets in a field.
var angled = regexp.MustCompile(`<([^<>\s]{1,1000})>`)

// readers lists whom a feedback report says the mail went to, in its own field or in the copy.
func (l letter) readers() (list []string) {
	if p := l.find("message/feedback-report"); p != nil {
		for _, g := range groupsOf(p.body) {
			if address := addressIn(g["original-rcpt-to"]); address != "" {
				list = append(list, address)
			}
		}
	}
	parsed, err := mail.ParseAddressList(l.copied("to"))
	if err != nil {
		return list
	}
	for _, a := range parsed[:min(len(parsed), maxParts)] {
		list = append(list, a.Address)
	}
	return list
}

// endings lists the links of List-Unsubscribe (RFC 2369) in the copy.
func (l letter) endings() (list []string) {
	for _, found := range angled.FindAllStringSubmatch(l.copied("list-unsubscribe"), maxParts) {
		list = append(list, found[1])
	}
	return list
}

// copied is a field of the mail that was sent, in the copy that was returned.
func (l letter) copied(field string) string {
	p := l.find(copies...)
	if p == nil {
		return ""
	}
	groups := groupsOf(p.body)
	if len(groups) == 0 {
		return ""
	}
	return groups[0][field] // the first group is its header
}
