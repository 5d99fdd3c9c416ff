package main

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"log/slog"
	netmail "net/mail"
	"os"
	"sync/atomic"
	"time"

	"github.com/emersion/go-msgauth/dkim"
	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/links"
	"tribuna/internal/mail"
	"tribuna/models"
)

// sendFor is how long a batch goes on, as in the program itself; claim is how many mails are claimed at once.
const (
	sendFor = 20 * time.Second
	claim   = 1000
	lease   = time.Minute
)

// linkKey signs links.
var linkKey = bytes.Repeat([]byte{7}, links.MinKey)

// statements adds up how long statements take.
type statements struct{ nanoseconds atomic.Int64 }

func (s *statements) BeforeQuery(ctx context.Context, _ *bun.QueryEvent) context.Context { return ctx }

func (s *statements) AfterQuery(_ context.Context, e *bun.QueryEvent) {
	s.nanoseconds.Add(int64(time.Since(e.StartTime)))
}

// watched is a way to the mail server that adds up how long its connections were at work.
type watched struct {
	mail.Transport
	nanoseconds atomic.Int64
}

type watchedConnection struct {
	mail.Connection
	way *watched
}

func (w *watched) Dial(ctx context.Context) (mail.Connection, error) {
	defer w.since(time.Now())
	c, err := w.Transport.Dial(ctx)
	if err != nil {
		return nil, err
	}
	return watchedConnection{c, w}, nil
}

func (c watchedConnection) Send(m mail.Message) mail.Delivery {
	defer c.way.since(time.Now())
	return c.Connection.Send(m)
}

func (w *watched) since(began time.Time) { w.nanoseconds.Add(int64(time.Since(began))) }

// idle is the share of so many connections' time in which they had nothing to send.
func (w *watched) idle(connections int, seconds float64) float64 {
	return 1 - time.Duration(w.nanoseconds.Load()).Seconds()/(float64(connections)*seconds)
}

// runSender sends a mailing as the worker does: batch after batch, with a count of what is left after each.
func runSender(t task) (outcome, error) {
	ctx := context.Background()
	db, err := models.Open(t.Database)
	if err != nil {
		return outcome{}, err
	}
	defer db.Close()
	spent := &statements{}
	db = db.WithQueryHook(spent)
	s, err := sender(db, t)
	if err != nil {
		return outcome{}, err
	}
	way := &watched{Transport: s.Transport}
	s.Transport = way
	mailing := uuid.MustParse(t.Mailing)
	began := time.Now()
	for {
		if _, err := s.SendBatch(ctx, mail.Batch{MailingID: &mailing, Limit: claim, For: sendFor}); err != nil {
			return outcome{}, err
		}
		counts, err := models.MailingCounts(ctx, db, mailing)
		if err != nil {
			return outcome{}, err
		}
		if counts.Pending() == 0 {
			seconds := time.Since(began).Seconds()
			return outcome{Seconds: seconds, Database: time.Duration(spent.nanoseconds.Load()).Seconds(), Idle: way.idle(t.Connections, seconds)}, nil
		}
	}
}

func sender(db *bun.DB, t task) (*mail.Sender, error) {
	minter, err := links.New(linkKey)
	if err != nil {
		return nil, err
	}
	transport, err := mail.NewSMTP("smtp://"+t.SMTP, mail.Timeouts{Command: mail.SendTimeout(lease)})
	if err != nil {
		return nil, err
	}
	s := &mail.Sender{DB: db, Transport: transport, Composer: mail.NewComposer(db, minter, "https://tribuna.example"),
		From: netmail.Address{Name: "Tribuna", Address: from}, Lease: lease, Connections: t.Connections, Window: t.Window,
		Log: slog.New(slog.NewTextHandler(os.Stderr, nil))}
	if s.Return, err = mail.NewReturnPath("bounces@network.example", linkKey); err != nil {
		return nil, err
	}
	signer, err := signerFor(t.Sign)
	if signer != nil {
		s.Sign = mail.Signers{signer}
	}
	return s, err
}

// signerFor makes a key of a kind; nil for off.
func signerFor(kind string) (*dkim.SignOptions, error) {
	var key any
	var err error
	switch kind {
	case "off":
		return nil, nil
	case "ed25519":
		_, key, err = ed25519.GenerateKey(rand.Reader)
	case "rsa":
		key, err = rsa.GenerateKey(rand.Reader, 2048)
	default:
		return nil, errors.New("signatures are off, ed25519 or rsa")
	}
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	return mail.NewSigner("network.example", "bench", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}
