package main

import (
	"io"
	"net"
	"net/http"
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
	"go.temporal.io/sdk/client"

	"tribuna/internal/devstack/catcher"
	"tribuna/internal/devstack/testdb"
	"tribuna/internal/devstack/testtemporal"
	"tribuna/models"
)

const freeAddr = "127.0.0.1:0"

func launchDev(t *testing.T, dir string) *program {
	return launch(t, map[string]string{"TRIBUNA_DATA": dir, "TRIBUNA_ADDR": freeAddr}, "dev")
}

func TestDevStartsStopsAndKeepsEverything(t *testing.T) {
	wholeInstance(t)
	dir := t.TempDir()
	began := time.Now()
	dev := launchDev(t, dir)
	site := dev.readyURL()
	atFirst := time.Since(began)
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

	restoredWhileStopped(t, dir)
	began = time.Now()
	again := launchDev(t, dir)
	site = again.readyURL()
	require.Less(t, time.Since(began), max(atFirst, 10*time.Second), "on a busy machine, sooner than what had to make everything")
	require.Equal(t, 200, status(site+mailsPrefix+"/1"), "the mail is still there")
	require.Equal(t, instance["TRIBUNA_LINK_KEY"], instanceOf(t, dir)["TRIBUNA_LINK_KEY"], "links stay good")
	goesOnAfterRestore(t, dir)
	again.interrupt()
}

// restoredWhileStopped: pages, worker and database of `dev` stop together; a backup is made and brought back all the same.
func restoredWhileStopped(t *testing.T, dir string) {
	t.Helper()
	ask := func(code int, args ...string) string {
		p := launch(t, map[string]string{"TRIBUNA_DATA": dir}, args...)
		p.ended(code)
		return p.output()
	}
	require.Contains(t, ask(1, "status"), "no instance runs in")
	file := filepath.Join(t.TempDir(), "stopped.backup")
	require.Contains(t, ask(0, "backup", file), "1 record,")
	require.Contains(t, ask(1, "restore", file), "say --replace tribuna")
	require.Contains(t, ask(0, "restore", "--replace", "tribuna", file), "1 record is whole")
	require.NoFileExists(t, filepath.Join(dir, "postgres", "data", "postmaster.pid"), "the database ends with the command")
}

// goesOnAfterRestore follows what the commands say until the instance goes on.
func goesOnAfterRestore(t *testing.T, dir string) {
	t.Helper()
	for _, step := range []struct {
		code int
		says string
		args []string
	}{
		{1, "standing still", []string{"status"}},
		{0, "standing still", []string{"doctor", "--repair"}},
		{0, "Released", []string{"doctor", "--release"}},
		{0, "this database goes on", []string{"doctor", "--release"}},
	} {
		p := launch(t, map[string]string{"TRIBUNA_DATA": dir}, step.args...)
		p.ended(step.code)
		require.Contains(t, p.output(), step.says, step.args)
	}
}

func requireClosed(t *testing.T, address string) {
	u, err := url.Parse(address)
	require.NoError(t, err)
	_, err = net.DialTimeout("tcp", u.Host, time.Second)
	require.Error(t, err, "%s still listens", u.Host)
}

// TestTwoInstancesSideBySide: one sends by a mail server that it is given and is killed, the other works over a Temporal
// that it is given and loses its database.
func TestTwoInstancesSideBySide(t *testing.T) {
	wholeInstance(t)
	t.Parallel()
	mails := catchMails(t)
	one, other := t.TempDir(), t.TempDir()
	variables := map[string]string{"TRIBUNA_DATA": one, "TRIBUNA_ADDR": freeAddr, "SMTP_URL": mails.URL()}
	first := launch(t, variables, "dev")
	second := launch(t, map[string]string{"TRIBUNA_DATA": other, "TRIBUNA_ADDR": freeAddr, "TRIBUNA_SWEEP_EVERY": "1s",
		"TEMPORAL_ADDRESS": testtemporal.Server(t).Address()}, "dev")
	firstSite, secondSite := first.readyURL(), second.readyURL()
	require.NotEqual(t, instanceOf(t, one)["DATABASE_URL"], instanceOf(t, other)["DATABASE_URL"])
	requireMailed(t, firstSite, mails)
	importsBeside(t, firstSite, one, mails)
	requireDrivenBy(t, testtemporal.Client(t), instanceOf(t, other)["DATABASE_URL"])

	before := postmaster(t, other)
	require.NoError(t, syscall.Kill(before, syscall.SIGKILL))
	second.until("started again", func() bool { return postmaster(t, other) != before })
	second.until("ready again", func() bool { return status(secondSite+"/readyz") == 200 })

	first.end() // kill -9
	again := launch(t, variables, "dev")
	require.Equal(t, 200, status(again.readyURL()+"/readyz"))
	again.interrupt()
	require.Equal(t, 200, status(secondSite+"/readyz"), "one stops without the other")
	second.interrupt()
	require.NoFileExists(t, filepath.Join(one, "mails"))
	require.NoFileExists(t, filepath.Join(other, "temporal"))
}

// A database that is given is migrated and filled while nobody is in it, keeps its doors shut, and is there afterwards.
func TestDevTakesAGivenDatabase(t *testing.T) {
	wholeInstance(t)
	t.Parallel()
	given, dir := testdb.Open(t), t.TempDir()
	variables := map[string]string{"TRIBUNA_DATA": dir, "TRIBUNA_ADDR": freeAddr, "DATABASE_URL": given.AppURL, "DATABASE_OWNER_URL": given.OwnerURL}
	dev := launch(t, variables, "dev")
	site := dev.readyURL()
	people := func() int64 {
		n, err := given.App.NewSelect().Model((*models.Person)(nil)).Count(t.Context())
		require.NoError(t, err)
		return int64(n)
	}
	filled := people()
	require.Positive(t, filled)
	require.Equal(t, 200, status(site+"/readyz"))
	require.Equal(t, 404, status(site+"/dev"), "nobody signs in with one click where others may have put people")
	require.Equal(t, 404, status(site+mailsPrefix))
	dev.interrupt()
	require.NoFileExists(t, filepath.Join(dir, "postgres"))
	require.Equal(t, filled, people(), "it is not ours to stop")

	variables["TRIBUNA_ADDR"] = "0.0.0.0:0"
	open := launch(t, variables, "dev")
	open.ended(1)
	require.Contains(t, open.output(), "set TRIBUNA_ADDR to an address like 127.0.0.1:8080", "known passwords are kept from other machines")
	require.Equal(t, filled, people(), "invented people come to nobody")
}

// importsBeside takes a file over from a shell while the instance in a folder runs: its pages show it at once, the second time
// nothing is new, a broken file names its lines and changes nothing, and nobody is written to.
func importsBeside(t *testing.T, site, dir string, mails *catcher.Catcher) {
	t.Helper()
	before := len(mails.Messages(catcher.Filter{}))
	bring := func(code int, content string) string {
		file := filepath.Join(t.TempDir(), "upr.csv")
		require.NoError(t, os.WriteFile(file, []byte(content), 0o600))
		p := launch(t, map[string]string{"TRIBUNA_DATA": dir}, "import", "recommendations", file)
		p.ended(code)
		return p.output()
	}
	shown := func() int {
		answer, err := http.Get(site + "/follow-ups?imported=yes") //nolint:noctx // the test's own instance
		require.NoError(t, err)
		defer answer.Body.Close()
		page, err := io.ReadAll(answer.Body)
		require.NoError(t, err)
		return strings.Count(string(page), "Adopt the law") + strings.Count(string(page), "Do more") + strings.Count(string(page), "One more")
	}
	require.Zero(t, shown())
	broken := importedFile + "UPR-BG-09-002,UPR,BG,9,Norway,noted,,,One more\nUPR-FR-01,UPR,FR,6,Egypt,noted,,,Text\n"
	for _, step := range []struct {
		code, stand int
		content     string
		says        []string
	}{
		{1, 0, broken, []string{"Line 5, addressee_country: “FR” is no country of the network.", "nothing was changed"}},
		{0, 2, importedFile, []string{"created 2, changed 0, unchanged 0, refused 0"}},
		{0, 2, importedFile, []string{"created 0, changed 0, unchanged 2, refused 0"}},
		{1, 2, broken, []string{"Line 5, addressee_country", "created 0, changed 0, unchanged 0, refused 1"}},
	} {
		out := bring(step.code, step.content)
		for _, want := range step.says {
			require.Contains(t, out, want)
		}
		require.Equal(t, step.stand, shown(), out)
	}
	require.Len(t, mails.Messages(catcher.Filter{}), before, "nobody is written to")
}

// requireMailed asks for a new password and waits for the mail at the server that was given.
func requireMailed(t *testing.T, site string, mails *catcher.Catcher) {
	t.Helper()
	const somebody = "judit.halmos@tribuna.example"
	answer, err := http.PostForm(site+"/reset-password", url.Values{"email": {somebody}})
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	require.Equal(t, 200, answer.StatusCode)
	require.True(t, poll(t.Context(), patience, func() bool { return len(mails.Messages(catcher.Filter{To: somebody})) > 0 }))
}

// requireDrivenBy waits until a process of a database runs at the Temporal that was given.
func requireDrivenBy(t *testing.T, temporal client.Client, database string) {
	t.Helper()
	db, err := models.Open(database)
	require.NoError(t, err)
	defer db.Close()
	var brief models.Process
	require.NoError(t, db.NewSelect().Model(&brief).Limit(1).Scan(t.Context()))
	require.True(t, poll(t.Context(), patience, func() bool {
		_, err := temporal.DescribeWorkflowExecution(t.Context(), brief.WorkflowID(), "")
		return err == nil
	}), brief.WorkflowID())
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
