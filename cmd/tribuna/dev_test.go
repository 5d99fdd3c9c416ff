package main

import (
	"net"
	"net/smtp"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const freeAddr = "127.0.0.1:0"

func launchDev(t *testing.T, dir string) *program {
	return launch(t, map[string]string{"TRIBUNA_DATA": dir, "TRIBUNA_ADDR": freeAddr}, "dev")
}

func TestDevStartsStopsAndKeepsEverything(t *testing.T) {
	wholeInstance(t)
	dir := t.TempDir()
	dev := launchDev(t, dir)
	site := dev.readyURL()
	require.Equal(t, 200, status(site+"/healthz"))
	require.Equal(t, 200, status(site+"/readyz"))
	require.Equal(t, 200, status(site+"/metrics"))

	instance := instanceOf(t, dir)
	mailServer := strings.TrimPrefix(instance["SMTP_URL"], "smtp://")
	require.NoError(t, smtp.SendMail(mailServer, nil, "a@b.example", []string{"c@d.example"}, []byte("Subject: kept\r\n\r\n")))
	require.Equal(t, 200, status(site+mailsPrefix+"/1"))

	second := launchDev(t, dir)
	second.ended(1)
	require.Contains(t, second.output(), "is in use by another Tribuna")

	token := launch(t, map[string]string{"TRIBUNA_DATA": dir}, "token", "ilona.vermes@tribuna.example")
	token.ended(0)
	require.True(t, strings.HasPrefix(token.output(), "tb_"), token.output())

	dev.interrupt()
	for _, name := range []string{"DATABASE_URL", "SMTP_URL", "TRIBUNA_URL"} {
		if address := instance[name]; address != "" {
			requireClosed(t, address)
		}
	}
	requireClosed(t, "tcp://"+instance["TEMPORAL_ADDRESS"])
	require.NoFileExists(t, filepath.Join(dir, instanceFile))
	require.NoFileExists(t, filepath.Join(dir, "postgres", "data", "postmaster.pid"))

	began := time.Now()
	again := launchDev(t, dir)
	site = again.readyURL()
	require.Less(t, time.Since(began), 10*time.Second)
	require.Equal(t, 200, status(site+mailsPrefix+"/1"), "the mail is still there")
	require.Equal(t, instance["TRIBUNA_LINK_KEY"], instanceOf(t, dir)["TRIBUNA_LINK_KEY"], "links stay good")
	again.interrupt()
}

func requireClosed(t *testing.T, address string) {
	u, err := url.Parse(address)
	require.NoError(t, err)
	_, err = net.DialTimeout("tcp", u.Host, time.Second)
	require.Error(t, err, "%s still listens", u.Host)
}

func TestTwoInstancesSideBySide(t *testing.T) {
	wholeInstance(t)
	one, other := t.TempDir(), t.TempDir()
	first, second := launchDev(t, one), launchDev(t, other)
	require.Equal(t, 200, status(first.readyURL()+"/readyz"))
	require.Equal(t, 200, status(second.readyURL()+"/readyz"))
	require.NotEqual(t, instanceOf(t, one)["DATABASE_URL"], instanceOf(t, other)["DATABASE_URL"])
	first.interrupt()
	require.Equal(t, 200, status(second.readyURL()+"/readyz"), "one stops without the other")
	second.interrupt()
}

func TestDevGoesOnWhenPostgresIsKilled(t *testing.T) {
	wholeInstance(t)
	dir := t.TempDir()
	dev := launchDev(t, dir)
	site := dev.readyURL()
	before := postmaster(t, dir)
	require.NoError(t, syscall.Kill(before, syscall.SIGKILL))
	dev.until("started again", func() bool { return postmaster(t, dir) != before })
	dev.until("ready again", func() bool { return status(site+"/readyz") == 200 })
	dev.interrupt()
}

// postmaster is the process id in PostgreSQL's pid file, 0 while there is none.
func postmaster(t *testing.T, dir string) int {
	text, err := os.ReadFile(filepath.Join(dir, "postgres", "data", "postmaster.pid"))
	if os.IsNotExist(err) {
		return 0
	}
	require.NoError(t, err)
	first, _, _ := strings.Cut(string(text), "\n")
	pid, _ := strconv.Atoi(first)
	return pid
}

func TestDevIsKilledAndStartsAgain(t *testing.T) {
	wholeInstance(t)
	dir := t.TempDir()
	dev := launchDev(t, dir)
	dev.readyURL()
	dev.end() // kill -9
	again := launchDev(t, dir)
	require.Equal(t, 200, status(again.readyURL()+"/readyz"))
	again.interrupt()
}

func TestDevKeepsAKnownPasswordFromOtherMachines(t *testing.T) {
	wholeInstance(t)
	dev := launch(t, map[string]string{"TRIBUNA_DATA": t.TempDir(), "TRIBUNA_ADDR": "0.0.0.0:0"}, "dev")
	dev.ended(1)
	require.Contains(t, dev.output(), "set TRIBUNA_ADDR to an address like 127.0.0.1:8080")
}
