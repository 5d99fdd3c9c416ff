package main

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"golang.org/x/net/publicsuffix"

	"tribuna/internal/mail"
	"tribuna/models"
	"tribuna/workflows"
)

// The kinds of what doctor says of sending mail.
const (
	findingRoute  = "mail_route"  // a mail server cannot be used
	findingKey    = "mail_key"    // mails cannot be signed
	findingReturn = "mail_return" // mails cannot come back
	findingHolder = "data_holder" // who subscribes is not told who holds their data
	findingDouble = "address"     // somebody has an address that could not be brought to the form that is kept
)

// examineFor bounds how long doctor waits for one mail server.
const examineFor = 15 * time.Second

// mailLook is what doctor finds out about sending mail: what is wrong, and lines about what is well or worth knowing.
type mailLook struct {
	wrong []workflows.Finding
	lines []string
}

func (m *mailLook) bad(kind, subject, what string, args ...any) {
	m.wrong = append(m.wrong, workflows.Finding{Kind: kind, Subject: subject, What: fmt.Sprintf(what, args...)})
}

func (m *mailLook) say(state, kind, subject, what string, args ...any) {
	m.lines = append(m.lines, fmt.Sprintf("%-9s %-12s %s: %s", state, kind, subject, fmt.Sprintf(what, args...)))
}

// verdict is an error where anything is wrong.
func (m mailLook) verdict() error {
	if len(m.wrong) == 0 {
		return nil
	}
	return fmt.Errorf("%d found about sending mail: what to do stands beside each", len(m.wrong))
}

// lookAtMail looks whether each mail server can be used, the keys that sign mails can be read, and mails know where to come back to.
// Nothing is sent.
func (p *parts) lookAtMail(ctx context.Context) mailLook {
	var m mailLook
	m.holder(ctx, p)
	m.addresses(ctx, p)
	if p.cfg.SMTPURL == "" {
		m.say("note", findingRoute, "SMTP_URL", "it is not set here, so nothing was looked at; a worker needs it")
		return m
	}
	for _, e := range mail.Examine(ctx, append([]string{p.cfg.SMTPURL}, p.cfg.SMTPRoutes...), examineFor) {
		m.route(e)
	}
	from, err := mail.ParseSender(p.cfg.MailFrom)
	if err != nil && p.cfg.MailFrom != "" {
		m.bad(findingReturn, "TRIBUNA_MAIL_FROM", "%s", err)
		return m
	}
	if err != nil {
		m.bad(findingReturn, "TRIBUNA_MAIL_FROM", "it is not set: no mail can be sent; set it to a mail address, like Tribuna <tribuna@network.example>")
		return m
	}
	m.keys(p, from.Address)
	m.back(p, from.Address)
	return m
}

// holder notes that nobody is named who holds people's data, and whom those who subscribe read about instead. Mails leave all the same.
func (m *mailLook) holder(ctx context.Context, p *parts) {
	said, err := models.DataHolderOf(ctx, p.db)
	if err != nil {
		m.bad(findingHolder, "installation", "%s", err)
		return
	}
	if said.Name != "" {
		return
	}
	instead, err := models.HolderName(ctx, p.db, time.Now())
	if err != nil {
		m.bad(findingHolder, "installation", "%s", err)
		return
	}
	m.say("note", findingHolder, "installation", "nobody is named who holds people's data: the form for subscribing and its mail name %s, and public pages say of nobody whom to ask; a coordinator says it under Administration, Contacts, Notices",
		cmp.Or(instead, "the host alone"))
}

// addresses says who has an address that somebody else has too, its domain written otherwise: one mailing goes there twice.
func (m *mailLook) addresses(ctx context.Context, p *parts) {
	double, err := models.DoubleAddresses(ctx, p.db)
	if err != nil {
		m.bad(findingDouble, "people", "%s", err)
	}
	for _, d := range double {
		if d.Other == uuid.Nil {
			m.bad(findingDouble, d.PersonID.String(), "no mail can go to the domain of their address: a coordinator gives them another")
			continue
		}
		m.bad(findingDouble, d.PersonID.String(), "%s has the same address, its domain in other letters: a coordinator erases one of them, or gives one another address", d.Other)
	}
}

func (m *mailLook) route(e mail.Examined) {
	if e.Err != nil {
		what := e.Err.Error()
		if e.Advice != "" {
			what += ": " + e.Advice
		}
		m.bad(findingRoute, e.Name, "%s", what)
		return
	}
	how := "in the clear"
	if e.TLS != "" {
		how = "by " + e.TLS
	}
	if e.SignedIn {
		how += ", signed in"
	}
	m.say("ok", findingRoute, e.Name, "it answers, %s", how)
}

func (m *mailLook) keys(p *parts, from string) {
	all, err := p.signers(from)
	switch {
	case err != nil:
		m.bad(findingKey, "TRIBUNA_DKIM_KEYS", "%s", strings.TrimPrefix(err.Error(), "TRIBUNA_DKIM_KEYS: "))
	case len(all) == 0:
		m.say("note", findingKey, "TRIBUNA_DKIM_KEYS", "it is not set: Tribuna signs no mail; where the mail server does not either, many receivers refuse them")
	}
	for _, s := range all {
		m.say("ok", findingKey, s.Selector+"._domainkey."+s.Domain, "its key can be read; the public half has to stand there in the DNS")
		if !sameDomain(s.Domain, from) {
			m.say("note", findingKey, s.Domain, "it is another domain than that of TRIBUNA_MAIL_FROM: receivers that ask for DMARC do not count these signatures")
		}
	}
}

func (m *mailLook) back(p *parts, from string) {
	if p.cfg.BounceAddress == "" {
		m.say("note", findingReturn, "TRIBUNA_BOUNCE_ADDRESS", "it is not set: what cannot be delivered comes back to %s, and nobody can tell which mail it was; set it to an address whose server delivers NAME+ANYTHING@", from)
		return
	}
	key, err := p.cfg.LinkKeyBytes()
	if err == nil {
		_, err = mail.NewReturnPath(p.cfg.BounceAddress, key)
	}
	if err != nil {
		m.bad(findingReturn, "TRIBUNA_BOUNCE_ADDRESS", "%s", err)
		return
	}
	m.say("ok", findingReturn, domainOf(p.cfg.BounceAddress), "mails come back there")
	if !sameDomain(domainOf(p.cfg.BounceAddress), from) {
		m.say("note", findingReturn, domainOf(p.cfg.BounceAddress), "it is another domain than that of TRIBUNA_MAIL_FROM: for DMARC the signatures alone count then")
	}
}

// domainOf is what stands behind the @ of an address.
func domainOf(address string) string { return address[strings.LastIndexByte(address, '@')+1:] }

// sameDomain is whether a domain belongs to the same organisation as that of an address, which is what DMARC asks (RFC 7489, 3.1).
func sameDomain(domain, address string) bool {
	ours, err := publicsuffix.EffectiveTLDPlusOne(strings.ToLower(domain))
	theirs, failed := publicsuffix.EffectiveTLDPlusOne(strings.ToLower(domainOf(address)))
	if err != nil || failed != nil {
		return strings.EqualFold(domain, domainOf(address))
	}
	return ours == theirs
}
