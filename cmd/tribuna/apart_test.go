package main

import (
	"context"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tribuna/internal/devstack"
	"tribuna/internal/devstack/testtemporal"
)

// linkKey is 32 bytes that sign nothing outside the tests.
const linkKey = "dGVzdHRlc3R0ZXN0dGVzdHRlc3R0ZXN0dGVzdHRlc3Q="

func TestServeWorkerAndMigrateRunApart(t *testing.T) {
	wholeInstance(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	pg, err := devstack.StartPostgres(ctx, devstack.PostgresOptions{Dir: t.TempDir()})
	require.NoError(t, err)
	t.Cleanup(func() { _ = pg.Discard(context.Background()) })
	mails := catchMails(t)
	addr := closedAddress(t)
	variables := map[string]string{
		"DATABASE_URL":       pg.AppURL(),
		"DATABASE_OWNER_URL": pg.OwnerURL(),
		"TEMPORAL_ADDRESS":   testtemporal.Server(t).Address(),
		"SMTP_URL":           mails.URL(),
		"TRIBUNA_ADDR":       addr,
		"TRIBUNA_URL":        "http://" + addr,
		"TRIBUNA_MAIL_FROM":  "tribuna@network.example",
		"TRIBUNA_LINK_KEY":   linkKey,
	}

	early := launch(t, variables, "worker")
	early.ended(1)
	require.Contains(t, early.output(), "run tribuna migrate")

	serve := launch(t, variables, "serve")
	serve.until("alive", func() bool { return status("http://"+addr+"/healthz") == 200 })
	require.Equal(t, 503, status("http://"+addr+"/readyz"), "nothing is migrated yet")
	require.Equal(t, 404, status("http://"+addr+mailsPrefix), "no doors for demonstration")

	launch(t, variables, "migrate").ended(0)
	serve.until("ready", func() bool { return status("http://"+addr+"/readyz") == 200 })
	launch(t, variables, "migrate").ended(0)

	launch(t, variables, "ready").ended(0)

	variables["TRIBUNA_METRICS_ADDR"] = closedAddress(t)
	at := "http://" + variables["TRIBUNA_METRICS_ADDR"]
	launch(t, variables, "ready", at+"/readyz").ended(1)
	worker := launch(t, variables, "worker")
	worker.until("working", func() bool { return strings.Contains(worker.output(), "working") })
	launch(t, variables, "ready", at+"/readyz").ended(0)
	require.Equal(t, 200, status(at+"/metrics"))
	worker.interrupt()
	serve.interrupt()
}

// closedAddress is an address of this machine where nobody listens now.
func closedAddress(t *testing.T) string {
	l, err := net.Listen("tcp", freeAddr)
	require.NoError(t, err)
	defer l.Close()
	return l.Addr().String()
}

func TestWrongStartsSayWhatToDo(t *testing.T) {
	taken, err := net.Listen("tcp", freeAddr)
	require.NoError(t, err)
	defer taken.Close()
	for _, c := range []struct {
		name      string
		variables map[string]string
		args      []string
		code      int
		says      string
	}{
		{"no command", nil, nil, 2, "which command?"},
		{"unknown command", nil, []string{"fly"}, 2, `no command "fly"`},
		{"wrong value", map[string]string{"TRIBUNA_SWEEP_EVERY": "soon"}, []string{"dev"}, 1, `TRIBUNA_SWEEP_EVERY cannot be "soon": set it to a duration`},
		{"serve without a database", nil, []string{"serve"}, 1, "DATABASE_URL is not set"},
		{"worker without a mail server", map[string]string{"DATABASE_URL": "postgres://a@h/d", "TEMPORAL_ADDRESS": "h:1"}, []string{"worker"}, 1, "SMTP_URL is not set"},
		{"migrate without a database", nil, []string{"migrate"}, 1, "DATABASE_URL is not set"},
		{"token without an instance", map[string]string{"TRIBUNA_DATA": "/nowhere"}, []string{"token", "a@b.example"}, 1, "no instance runs in /nowhere"},
		{"address in use", map[string]string{"TRIBUNA_DATA": t.TempDir(), "TRIBUNA_ADDR": taken.Addr().String()}, []string{"dev"}, 1, "is in use by another program"},
		{"help", nil, []string{"help"}, 0, "tribuna migrate"},
		{"help config", nil, []string{"help", "config"}, 0, "TRIBUNA_OUTBOX_LEASE"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := launch(t, c.variables, c.args...)
			p.ended(c.code)
			require.Contains(t, p.output(), c.says)
		})
	}
}
