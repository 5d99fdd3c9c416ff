package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/google/uuid"

	"tribuna/internal/links"
	"tribuna/internal/mail"
	"tribuna/models"
)

// windowSize is how many mails on one connection may be in doubt after a crash.
const windowSize = 30

// sendFor is how long a mailing's process lets mails be sent before it is told how far it came.
const sendFor = 20 * time.Second

// sender is what sends all mails, as the variables say.
func (p *parts) sender() (*mail.Sender, error) {
	key, err := p.cfg.LinkKeyBytes()
	if err != nil {
		return nil, err
	}
	minter, err := links.New(key)
	if err != nil {
		return nil, err
	}
	routes, err := mail.NewRoutes(append([]string{p.cfg.SMTPURL}, p.cfg.SMTPRoutes...),
		mail.Timeouts{Command: mail.SendTimeout(p.cfg.OutboxLease), Dot: p.cfg.SMTPDotTimeout})
	if err != nil {
		return nil, fmt.Errorf("SMTP_URL or TRIBUNA_SMTP_ROUTES: %w", err)
	}
	from, err := mail.ParseSender(p.cfg.MailFrom)
	if err != nil {
		return nil, fmt.Errorf("TRIBUNA_MAIL_FROM: %w", err)
	}
	s := &mail.Sender{DB: p.db, Transport: routes, Composer: mail.NewComposer(p.db, minter, p.cfg.PublicURL()), From: from,
		Lease: p.cfg.OutboxLease, Connections: p.cfg.MailConnections, Turns: new(mail.Turns), Window: windowSize, Log: slog.Default(),
		Pace: models.Pace{PerMinute: p.cfg.MailPerMinute, PerDomain: p.cfg.MailDomainPerMinute, WarmUp: p.cfg.MailWarmUp},
		Stop: mail.StopRule{Row: p.cfg.MailStopRow, Percent: p.cfg.MailStopPercent}}
	if p.cfg.BounceAddress != "" {
		if s.Return, err = mail.NewReturnPath(p.cfg.BounceAddress, key); err != nil {
			return nil, fmt.Errorf("TRIBUNA_BOUNCE_ADDRESS: %w", err)
		}
	}
	s.Sign, err = p.signers(from.Address)
	return s, err
}

// signers read the keys that mails are signed with.
func (p *parts) signers(from string) (mail.Signers, error) {
	domain := p.cfg.DKIMDomain
	if domain == "" {
		domain = from[strings.LastIndexByte(from, '@')+1:]
	}
	var all mail.Signers
	for _, k := range p.cfg.DKIMKeys {
		selector, file, _ := strings.Cut(k, ":")
		key, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("TRIBUNA_DKIM_KEYS: %w", err)
		}
		s, err := mail.NewSigner(domain, selector, key)
		if err != nil {
			return nil, fmt.Errorf("TRIBUNA_DKIM_KEYS: %s: %w", file, err)
		}
		all = append(all, s)
	}
	return all, nil
}

func (p *parts) minter() (*links.Minter, error) {
	key, err := p.cfg.LinkKeyBytes()
	if err != nil {
		return nil, err
	}
	return links.New(key)
}

// mailings lets a mailing's process send through the loop that sends all mails.
type mailings struct{ sender *mail.Sender }

// SendMailing sends what is due of a mailing, claiming so many mails at once.
func (m mailings) SendMailing(ctx context.Context, mailing uuid.UUID, limit int, progress func()) (int, error) {
	return m.sender.SendBatch(ctx, mail.Batch{MailingID: &mailing, Limit: limit, For: sendFor, Progress: func(int) { progress() }})
}
