package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/uptrace/bun"
	"go.temporal.io/sdk/client"
	sdklog "go.temporal.io/sdk/log"

	"tribuna/internal/demo"
	"tribuna/internal/devstack"
	"tribuna/internal/devstack/catcher"
	"tribuna/models"
	"tribuna/workflows"
)

// binary is the program that is measured.
const binary = "bin/tribuna"

// instance is a whole Tribuna in its parts, with the demo network in it: PostgreSQL writing through to the disk, Temporal
// keeping its histories in a file, worker and pages as processes of their own.
type instance struct {
	dir       string
	base      string // address of the pages
	pg        *devstack.Postgres
	temporal  *devstack.Temporal
	mails     *catcher.Catcher
	db        *bun.DB
	client    client.Client
	processes *workflows.Client
	variables []string
	worker    *program
	migrated  time.Duration // how long it took to bring an empty database up to date
	stops     []func()
}

// startInstance starts everything. What it started is stopped and removed by stop, also where it failed half-way.
func startInstance(ctx context.Context) (_ *instance, err error) {
	in := &instance{}
	defer func() {
		if err != nil {
			in.stop()
		}
	}()
	if in.dir, err = os.MkdirTemp("", "tribuna-bench-"); err != nil {
		return nil, err
	}
	in.later(func() { _ = os.RemoveAll(in.dir) })
	for _, start := range []func(context.Context) error{in.startPostgres, in.startTemporal, in.startMails, in.configure, in.load, in.startPrograms} {
		if err := start(ctx); err != nil {
			return nil, err
		}
	}
	return in, nil
}

func (in *instance) later(stop func()) { in.stops = append(in.stops, stop) }

// stop ends the parts, the last one started first.
func (in *instance) stop() {
	for i := len(in.stops) - 1; i >= 0; i-- {
		in.stops[i]()
	}
}

func (in *instance) startPostgres(ctx context.Context) (err error) {
	in.pg, err = devstack.StartPostgres(ctx, devstack.PostgresOptions{Dir: in.dir + "/postgres", Fsync: true})
	if err != nil {
		return err
	}
	in.later(func() { _ = in.pg.Discard(context.Background()) })
	in.db, err = models.Open(in.pg.AppURL())
	in.later(func() { _ = in.db.Close() })
	return err
}

func (in *instance) startTemporal(ctx context.Context) (err error) {
	in.temporal, err = devstack.StartTemporal(ctx, devstack.TemporalOptions{Dir: in.dir + "/temporal"})
	if err != nil {
		return err
	}
	in.later(func() { _ = in.temporal.Kill() })
	in.client, err = client.DialContext(ctx, client.Options{HostPort: in.temporal.Address(), Namespace: in.temporal.Namespace(), Logger: sdklog.NewStructuredLogger(quiet()),
		ConnectionOptions: client.ConnectionOptions{GrpcCompression: &client.GrpcCompressionNone{}}}) // as the program itself
	if err != nil {
		return err
	}
	in.later(in.client.Close)
	in.processes = &workflows.Client{DB: in.db, Temporal: in.client, Now: time.Now, Log: quiet()}
	return nil
}

func quiet() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

func (in *instance) startMails(ctx context.Context) (err error) {
	in.mails, err = catcher.Start(ctx, catcher.Options{Dir: in.dir + "/mails"})
	if err != nil {
		return err
	}
	in.later(func() { _ = in.mails.Stop(context.Background()) })
	return nil
}

func (in *instance) configure(context.Context) error {
	addr, err := freeAddress()
	if err != nil {
		return err
	}
	key := make([]byte, 32)
	if _, err := rand.Read(key); err != nil {
		return err
	}
	in.base = "http://" + addr
	in.variables = []string{
		"DATABASE_URL=" + in.pg.AppURL(), "DATABASE_OWNER_URL=" + in.pg.OwnerURL(), "TEMPORAL_ADDRESS=" + in.temporal.Address(),
		"SMTP_URL=" + in.mails.URL(), "TRIBUNA_ADDR=" + addr, "TRIBUNA_URL=" + in.base, "TRIBUNA_LOG_LEVEL=warn",
		fmt.Sprintf("TRIBUNA_WORKFLOW_CACHE=%d", workflowCache),
		"TRIBUNA_MAIL_FROM=tribuna@network.example", "TRIBUNA_LINK_KEY=" + base64.StdEncoding.EncodeToString(key),
	}
	return nil
}

func (in *instance) load(ctx context.Context) error {
	migrate := exec.CommandContext(ctx, binary, "migrate")
	migrate.Env = append(os.Environ(), in.variables...)
	began := time.Now()
	if out, err := migrate.CombinedOutput(); err != nil {
		return fmt.Errorf("migrate: %w: %s", err, out)
	}
	in.migrated = time.Since(began)
	return demo.Load(ctx, in.db, time.Now())
}

func (in *instance) startPrograms(ctx context.Context) (err error) {
	if in.worker, err = in.launch("worker"); err != nil {
		return err
	}
	in.later(in.worker.end)
	serve, err := in.launch("serve")
	if err != nil {
		return err
	}
	in.later(serve.end)
	addr := strings.TrimPrefix(in.base, "http://")
	return until(ctx, time.Minute, func() (bool, error) { return isReady(addr), errors.Join(serve.failed(), in.worker.failed()) })
}

// restartWorker gives an empty cache.
func (in *instance) restartWorker() (err error) {
	in.worker.end()
	in.worker, err = in.launch("worker")
	in.later(in.worker.end)
	return err
}

func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}

// program is a running part of Tribuna.
type program struct {
	cmd  *exec.Cmd
	done chan struct{}
	once sync.Once

	mu  sync.Mutex
	out bytes.Buffer
}

func (in *instance) launch(args ...string) (*program, error) {
	return launch(in.variables, args...)
}

func launch(variables []string, args ...string) (*program, error) {
	p := &program{cmd: exec.Command(binary, args...), done: make(chan struct{})}
	p.cmd.Env = append(os.Environ(), variables...)
	p.cmd.Stdout, p.cmd.Stderr = p, p
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // an interrupt of the measuring is not theirs
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	go func() { _ = p.cmd.Wait(); close(p.done) }()
	return p, nil
}

// Write keeps what the program says.
func (p *program) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.out.Write(b)
}

func (p *program) output() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.out.String()
}

// failed reports an end that nobody asked for.
func (p *program) failed() error {
	select {
	case <-p.done:
		return fmt.Errorf("%s ended: %s", strings.Join(p.cmd.Args, " "), p.output())
	default:
		return nil
	}
}

// end asks the program to end and waits for it; one that takes long is killed.
func (p *program) end() {
	p.once.Do(func() {
		_ = p.cmd.Process.Signal(syscall.SIGTERM)
		select {
		case <-p.done:
		case <-time.After(30 * time.Second):
			_ = p.cmd.Process.Kill()
			<-p.done
		}
	})
}

// errLate is a condition that was not met in time.
var errLate = errors.New("not in time")

// until asks again and again, up to a limit, whether a condition is met.
func until(ctx context.Context, limit time.Duration, met func() (bool, error)) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		ok, err := met()
		if ok || err != nil {
			return err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return errors.Join(errLate, ctx.Err())
		}
	}
}
