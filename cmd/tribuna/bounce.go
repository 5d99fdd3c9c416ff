package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"tribuna/internal/bounce/intake"
	"tribuna/internal/config"
	"tribuna/internal/links"
	"tribuna/internal/mail"
	"tribuna/models"
)

// newIntake takes in what comes back to the addresses that mails went out with.
func newIntake(cfg config.Config, db *bun.DB) (*intake.Intake, error) {
	if err := cfg.Require("TRIBUNA_BOUNCE_ADDRESS", "TRIBUNA_LINK_KEY"); err != nil {
		return nil, err
	}
	key, err := cfg.LinkKeyBytes()
	if err != nil {
		return nil, err
	}
	path, err := mail.NewReturnPath(cfg.BounceAddress, key)
	if err != nil {
		return nil, fmt.Errorf("TRIBUNA_BOUNCE_ADDRESS: %w", err)
	}
	minter, err := links.New(key)
	if err != nil {
		return nil, err
	}
	i := &intake.Intake{DB: db, Mail: path.Mail, Links: minter, Now: time.Now, Log: slog.Default()}
	if from, err := mail.ParseSender(cfg.MailFrom); err == nil { // who only takes in may not know it
		i.Domain = domainOf(from.Address)
	}
	return i, nil
}

// returnedByAPI takes mails that came back in at the API, where the variables say so; else it is nil.
func (p *parts) returnedByAPI() (*intake.Intake, error) {
	if p.cfg.BounceSecret == "" {
		return nil, nil
	}
	return newIntake(p.cfg, p.db)
}

// lookEvery is how often the mailbox is looked into.
const lookEvery = time.Minute

// startReturned takes mails that came back in over SMTP and from a mailbox, where the variables say so; else it starts nothing.
func (p *parts) startReturned(fail func(error)) (stopFunc, error) {
	if p.cfg.BounceListen == "" && p.cfg.BounceMailbox == "" {
		return nil, nil
	}
	i, err := newIntake(p.cfg, p.db)
	if err != nil {
		return nil, err
	}
	var stops []stopFunc
	if p.cfg.BounceListen != "" {
		stop, err := p.startReceiver(i, fail)
		if err != nil {
			return nil, err
		}
		stops = append(stops, stop)
	}
	if p.cfg.BounceMailbox != "" {
		box, err := intake.NewMailbox(i, p.cfg.BounceMailbox)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("TRIBUNA_BOUNCE_MAILBOX: %w", err), stopAll(context.Background(), stops))
		}
		stops = append(stops, runInBackground(func(ctx context.Context) error { return box.Run(ctx, lookEvery) }))
	}
	return func(ctx context.Context) error { return stopAll(ctx, stops) }, nil
}

func stopAll(ctx context.Context, stops []stopFunc) (err error) {
	for _, stop := range stops {
		err = errors.Join(err, stop(ctx))
	}
	return err
}

func (p *parts) startReceiver(i *intake.Intake, fail func(error)) (stopFunc, error) {
	l, err := net.Listen("tcp", p.cfg.BounceListen)
	if err != nil {
		return nil, fmt.Errorf("TRIBUNA_BOUNCE_LISTEN %s cannot be used, one worker alone can have it: %w", p.cfg.BounceListen, err)
	}
	_, domain, _ := strings.Cut(p.cfg.BounceAddress, "@")
	r := intake.NewReceiver(i, domain)
	go func() {
		if err := r.Serve(l); err != nil {
			fail(fmt.Errorf("returned mails: %w", err))
		}
	}()
	slog.Info("taking in what comes back", "address", l.Addr().String())
	return r.Stop, nil
}

// runBounce notes one message from standard input. What cannot be noted now is to be brought again; what says nothing is
// taken, since to return it would tell nobody anything.
func runBounce(ctx context.Context, cfg config.Config, args []string) error {
	f := flag.NewFlagSet("bounce", flag.ContinueOnError)
	f.SetOutput(io.Discard)
	to := f.String("to", "", "")
	if err := f.Parse(args); err != nil {
		return usageError{err.Error()}
	}
	if f.NArg() > 0 {
		return usageError{"the message comes by standard input"}
	}
	db, err := models.Open(cfg.DatabaseURL)
	if err != nil {
		return againError{err}
	}
	defer db.Close()
	i, err := newIntake(cfg, db)
	if err != nil {
		return againError{err}
	}
	var addresses []string
	if *to != "" {
		addresses = []string{*to}
	}
	outcome, err := i.Take(ctx, addresses, os.Stdin)
	if err != nil {
		return againError{errors.Join(errors.New("the message could not be noted"), err)}
	}
	fmt.Println(outcome)
	return nil
}
