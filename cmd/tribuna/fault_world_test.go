package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"
	"go.temporal.io/sdk/client"
	sdklog "go.temporal.io/sdk/log"
	"google.golang.org/grpc"

	"tribuna/internal/demo"
	"tribuna/internal/devstack"
	"tribuna/internal/devstack/catcher"
	"tribuna/internal/devstack/testdb"
	"tribuna/models"
	"tribuna/workflows"
)

// worldLimit bounds one test, awaitLimit the wait for one thing: longer than anything a crash makes one wait for, which
// is the time of one attempt at an activity.
const (
	worldLimit = 8 * time.Minute
	awaitLimit = 90 * time.Second
)

// world is an instance in its parts, each of which can be killed: a PostgreSQL that writes through to the disk, a Temporal
// that keeps its history in a file, pages and worker as processes of their own. This test program is the people at the
// doors, and the mail server.
type world struct {
	t         *testing.T
	ctx       context.Context
	pg        *devstack.Postgres
	temporal  *devstack.Temporal
	histories string // Temporal's folder
	mails     *catcher.Catcher
	db        *bun.DB
	wire      *wire
	processes *workflows.Client
	variables map[string]string
	addr      string // of the pages

	worker, serve *program

	mu           sync.Mutex
	acknowledged map[uuid.UUID]bool // submissions whose receipt somebody was told
}

// newWorld starts everything but pages and worker, with the demo network in it.
func newWorld(t *testing.T, variables map[string]string) *world {
	wholeInstance(t)
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), worldLimit)
	t.Cleanup(cancel)
	w := &world{t: t, ctx: ctx, histories: t.TempDir(), wire: &wire{}, addr: closedAddress(t), acknowledged: map[uuid.UUID]bool{}}
	w.pg = testdb.OwnCluster(t)
	var err error
	w.db, err = models.Open(w.pg.AppURL())
	require.NoError(t, err)
	t.Cleanup(func() { _ = w.db.Close() })
	require.NoError(t, demo.Load(ctx, w.db, time.Now()))
	w.startTemporal()
	w.mails = catchMails(t)
	w.connect()
	w.variables = map[string]string{
		"DATABASE_URL": w.pg.AppURL(), "DATABASE_OWNER_URL": w.pg.OwnerURL(), "TEMPORAL_ADDRESS": w.temporal.Address(),
		"SMTP_URL": w.mails.URL(), "TRIBUNA_ADDR": w.addr, "TRIBUNA_URL": "http://" + w.addr,
		"TRIBUNA_MAIL_FROM": "tribuna@network.example", "TRIBUNA_LINK_KEY": linkKey,
		"TRIBUNA_SWEEP_EVERY": "1s", "TRIBUNA_OUTBOX_LEASE": "8s",
		"TRIBUNA_MAIL_CONNECTIONS": fmt.Sprint(connections),
	}
	for name, value := range variables {
		w.variables[name] = value
	}
	return w
}

func (w *world) startTemporal() {
	var err error
	w.temporal, err = devstack.StartTemporal(w.ctx, devstack.TemporalOptions{Dir: w.histories})
	require.NoError(w.t, err)
	w.t.Cleanup(func() { _ = w.temporal.Kill() })
}

// connect makes the door to the processes that pages and API use, over a wire that tests can cut.
func (w *world) connect() {
	quiet := slog.New(slog.NewTextHandler(io.Discard, nil))
	c, err := client.DialContext(w.ctx, client.Options{HostPort: w.temporal.Address(), Namespace: w.temporal.Namespace(),
		Logger:            sdklog.NewStructuredLogger(quiet),
		ConnectionOptions: client.ConnectionOptions{DialOptions: []grpc.DialOption{grpc.WithChainUnaryInterceptor(w.wire.intercept)}}})
	require.NoError(w.t, err)
	w.t.Cleanup(c.Close)
	w.processes = &workflows.Client{DB: w.db, Temporal: c, Now: time.Now, Log: quiet, Patience: 5 * time.Second}
}

func (w *world) startWorker() {
	w.worker = launch(w.t, w.variables, "worker")
	w.worker.until("working", func() bool { return strings.Contains(w.worker.output(), "working") })
}

func (w *world) startServe() {
	w.serve = launch(w.t, w.variables, "serve")
	w.serve.until("ready", func() bool { return status("http://"+w.addr+"/readyz") == 200 })
}

// part is a part of the instance that can be killed and started again.
type part struct {
	name        string
	kill, start func()
	sendsMails  bool // mails on their way when it is killed may be in doubt
}

// parts are all parts that can be killed, in the order in which they are.
func (w *world) parts() []part {
	return []part{
		{"worker", func() { w.worker.end() }, w.startWorker, true},
		{"pages", func() { w.serve.end() }, w.startServe, false},
		{"Temporal", func() { require.NoError(w.t, w.temporal.Kill()) },
			func() { require.NoError(w.t, w.temporal.Restart(w.ctx)) }, false},
		{"PostgreSQL", func() { require.NoError(w.t, w.pg.Kill(w.ctx)) },
			w.restartPostgres, true},
	}
}

// restartPostgres starts the killed PostgreSQL. Connections of this test program that died with it are let go; the
// instance has to see to its own.
func (w *world) restartPostgres() {
	require.NoError(w.t, w.pg.Restart(w.ctx))
	w.db.SetMaxIdleConns(0)
	w.db.SetMaxIdleConns(4)
}

// await polls until a condition is met.
func (w *world) await(what string, met func() bool) {
	w.t.Helper()
	if !poll(w.ctx, awaitLimit, met) {
		w.t.Fatalf("not in time: %s\n%s", what, w.lastWords())
	}
}

// poll asks until the answer is yes, and reports whether it came in time.
func poll(ctx context.Context, limit time.Duration, met func() bool) bool {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for !met() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return false
		}
	}
	return true
}

// lastWords is the end of what the worker logged, for a test that failed.
func (w *world) lastWords() string {
	if w.worker == nil {
		return ""
	}
	out := w.worker.output()
	return out[max(0, len(out)-3000):]
}

// loseHistories removes all that Temporal remembers, while it is stopped.
func (w *world) loseHistories() {
	files, err := filepath.Glob(filepath.Join(w.histories, "temporal.db*"))
	require.NoError(w.t, err)
	require.NotEmpty(w.t, files)
	for _, f := range files {
		require.NoError(w.t, os.Remove(f))
	}
}

// count counts the rows of a query.
func (w *world) count(query *bun.SelectQuery) int {
	w.t.Helper()
	n, err := query.Count(w.ctx)
	require.NoError(w.t, err)
	return int(n)
}
