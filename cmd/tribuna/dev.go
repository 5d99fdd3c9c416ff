package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"tribuna/internal/breached"
	"tribuna/internal/config"
	"tribuna/internal/demo"
	"tribuna/internal/devstack"
	"tribuna/internal/devstack/catcher"
	"tribuna/models"
)

// startTimeout bounds the start of one private server; the first start creates
// its files.
const startTimeout = 2 * time.Minute

// development is one `tribuna dev`: private servers where none are given, and
// all parts in one process.
type development struct {
	*stack
	cfg      config.Config
	listener net.Listener
	own      bool // the database is a private one
	mails    *catcher.Catcher
	parts    *parts
}

// runDev runs everything on this machine until it is asked to end.
func runDev(ctx context.Context, cfg config.Config, _ []string) error {
	if err := breached.Ready(); err != nil {
		return err
	}
	d := &development{stack: newStack(os.Stdout), cfg: cfg}
	if err := d.claim(); err != nil {
		return err
	}
	err := d.start(ctx)
	if err == nil {
		d.greet()
		err = d.wait(ctx)
	}
	if ctx.Err() != nil {
		err = nil // asked to end, perhaps while starting
	}
	fmt.Fprintln(d.out, "\nStopping …")
	err = errors.Join(err, d.stop())
	if err == nil {
		fmt.Fprintln(d.out, "Stopped. Everything is kept in", cfg.DataDir)
	}
	return err
}

func (d *development) start(ctx context.Context) error {
	fmt.Fprintf(d.out, "Starting Tribuna in %s\n", d.cfg.DataDir)
	for _, s := range []struct {
		name  string
		given bool
		start func(context.Context) (stopFunc, error)
	}{
		{"PostgreSQL", d.cfg.DatabaseURL != "", d.startPostgres},
		{"Migrations", false, d.migrate},
		{"Demo network", false, d.loadDemo},
		{"Who can sign in", false, d.refuseKnownPassword},
		{"Temporal", d.cfg.TemporalAddress != "", d.startTemporal},
		{"Mail catcher", d.cfg.SMTPURL != "", d.startMails},
		{"Worker", false, d.startWorker},
		{"Pages and API", false, d.startPages},
	} {
		if s.given {
			fmt.Fprintf(d.out, "  %-28s   given\n", s.name)
			continue
		}
		if err := d.step(s.name, func() (stopFunc, error) { return s.start(ctx) }); err != nil {
			return err
		}
	}
	return nil
}

// claim takes what only one instance can have: the folder and the address.
func (d *development) claim() error {
	dir, err := filepath.Abs(d.cfg.DataDir)
	if err != nil {
		return err
	}
	d.cfg.DataDir = dir
	unlock, err := lockData(dir)
	if err != nil {
		return err
	}
	d.add("lock", unlock)
	if d.listener, err = listen(d.cfg.Addr); err != nil {
		return err
	}
	d.cfg.Addr = d.listener.Addr().String() // a port of 0 is known now
	return d.cfg.EnsureLinkKey()
}

func (d *development) startPostgres(ctx context.Context) (stopFunc, error) {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	pg, err := devstack.StartPostgres(ctx, devstack.PostgresOptions{
		Dir: filepath.Join(d.cfg.DataDir, "postgres"), Port: d.cfg.PostgresPort, Fsync: true,
	})
	if err != nil {
		return nil, err
	}
	d.own = true
	d.cfg.DatabaseURL, d.cfg.DatabaseOwnerURL = pg.AppURL(), pg.OwnerURL()
	return d.supervise("PostgreSQL", pg), nil
}

func (d *development) migrate(ctx context.Context) (stopFunc, error) {
	return nil, migrate(ctx, d.cfg)
}

// loadDemo fills a private database, or a given one that nobody is in yet:
// invented people have no business among real ones.
func (d *development) loadDemo(ctx context.Context) (stopFunc, error) {
	db, err := models.Open(d.cfg.DatabaseURL)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	if !d.own {
		inhabited, err := db.NewSelect().Model((*models.Person)(nil)).Exists(ctx)
		if err != nil || inhabited {
			return nil, err
		}
	}
	return nil, demo.Load(ctx, db, time.Now())
}

// refuseKnownPassword ends the start where other machines could sign in with
// the password that everybody can read in the source.
func (d *development) refuseKnownPassword(ctx context.Context) (stopFunc, error) {
	if isLoopback(d.listener.Addr()) {
		return nil, nil
	}
	db, err := models.Open(d.cfg.DatabaseURL)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	known, err := demo.HasKnownPassword(ctx, db)
	if err == nil && known {
		err = fmt.Errorf("other machines could reach %s and sign in with the demo accounts' known password: set TRIBUNA_ADDR to an address like 127.0.0.1:8080, or DATABASE_URL to a database without these accounts", d.cfg.Addr)
	}
	return nil, err
}

func (d *development) startTemporal(ctx context.Context) (stopFunc, error) {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	server, err := devstack.StartTemporal(ctx, devstack.TemporalOptions{
		Dir: filepath.Join(d.cfg.DataDir, "temporal"), Port: d.cfg.TemporalPort, Namespace: d.cfg.TemporalNamespace,
	})
	if err != nil {
		return nil, err
	}
	d.cfg.TemporalAddress = server.Address()
	return d.supervise("Temporal", server), nil
}

func (d *development) startMails(ctx context.Context) (stopFunc, error) {
	mails, err := catcher.Start(ctx, catcher.Options{
		Dir:  filepath.Join(d.cfg.DataDir, "mails"),
		Addr: net.JoinHostPort("127.0.0.1", strconv.Itoa(d.cfg.SMTPPort)),
	})
	if err != nil {
		return nil, err
	}
	d.mails = mails
	d.cfg.SMTPURL = mails.URL()
	return mails.Stop, nil
}

func (d *development) startWorker(ctx context.Context) (stopFunc, error) {
	p, err := openObserved(ctx, d.cfg, "dev", d.stack)
	if err != nil {
		return nil, err
	}
	d.parts = p
	returned, err := p.startReturned(d.fail)
	if err != nil {
		return nil, err
	}
	d.add("returned mails", returned)
	return p.startWorker(ctx, d.fail)
}

// startPages opens the doors for demonstration only on a private database and
// where nobody but this machine can reach them.
func (d *development) startPages(ctx context.Context) (stopFunc, error) {
	if d.own && isLoopback(d.listener.Addr()) {
		d.parts.mails = d.mails
	}
	if err := d.parts.findPrograms(ctx); err != nil {
		return nil, err
	}
	h, err := d.parts.handler()
	if err != nil {
		return nil, err
	}
	metrics, err := d.parts.serveMetrics(nil, d.fail)
	if err != nil {
		return nil, err
	}
	if metrics != nil {
		d.add("metrics", metrics)
	}
	remove, err := publishInstance(d.cfg)
	if err != nil {
		return nil, err
	}
	d.add("instance file", remove)
	return serveHTTP(d.listener, h, d.fail), nil
}

// greet says how to go on; its last line is what scripts wait for.
func (d *development) greet() {
	url := d.cfg.PublicURL()
	fmt.Fprintln(d.out)
	if d.parts.mails != nil {
		fmt.Fprintf(d.out, "Mails are caught and can be read at %s%s\n", url, mailsPrefix)
		fmt.Fprintf(d.out, "Sign in with one click at %s/dev, or with any address shown there and the password %q.\n", url, demo.Password)
	} else {
		fmt.Fprintf(d.out, "Sign in as somebody of the demo network with the password %q.\n", demo.Password)
	}
	if missing := d.parts.word.Missing(); len(missing) > 0 {
		fmt.Fprintf(d.out, "Not offered, because not installed here: %s (pandoc reads and writes Word files, chromium prints PDF).\n", strings.Join(missing, ", "))
	}
	fmt.Fprintln(d.out, "Ctrl-C stops everything; the next start finds it as it was.")
	fmt.Fprintf(d.out, "Tribuna is ready: %s\n", url)
}
