package main

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tribuna/internal/devstack/catcher"
	"tribuna/internal/devstack/testbrowser"
	"tribuna/internal/devstack/testdb"
	"tribuna/internal/devstack/testtemporal"
)

// playTribuna makes this test program the real one, with its arguments.
const playTribuna = "TRIBUNA_TEST_PLAY"

func TestMain(m *testing.M) {
	if os.Getenv(playTribuna) != "" {
		main()
		os.Exit(0)
	}
	code := m.Run()
	testbrowser.Stop()
	testtemporal.Stop()
	testdb.Stop()
	os.Exit(code)
}

// wholeInstance marks tests that start a whole instance: some seconds each,
// more than the quick tests of `make check` should take.
func wholeInstance(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a whole instance")
	}
}

// program is a running tribuna.
type program struct {
	t    *testing.T
	cmd  *exec.Cmd
	done chan struct{} // closed when it has ended; then err tells how
	err  error

	mu  sync.Mutex
	out strings.Builder
}

// launch starts tribuna with only the given variables of ours set.
func launch(t *testing.T, variables map[string]string, args ...string) *program {
	p := &program{t: t, cmd: exec.Command(os.Args[0], args...), done: make(chan struct{})}
	p.cmd.Env = []string{playTribuna + "=yes", "PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME")}
	for name, value := range variables {
		p.cmd.Env = append(p.cmd.Env, name+"="+value)
	}
	// A group of its own, so that a signal from us is the only one it gets.
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	r, w, err := os.Pipe()
	require.NoError(t, err)
	p.cmd.Stdout, p.cmd.Stderr = w, w
	require.NoError(t, p.cmd.Start())
	require.NoError(t, w.Close())
	go p.follow(r)
	t.Cleanup(p.end)
	return p
}

func (p *program) follow(r io.Reader) {
	for lines := bufio.NewScanner(r); lines.Scan(); {
		p.mu.Lock()
		p.out.WriteString(lines.Text() + "\n")
		p.mu.Unlock()
	}
	p.err = p.cmd.Wait()
	close(p.done)
}

func (p *program) output() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.out.String()
}

// end is for tests that failed half-way.
func (p *program) end() {
	_ = p.cmd.Process.Kill()
	<-p.done
}

// until waits for a condition while the program runs.
func (p *program) until(what string, met func() bool) {
	p.t.Helper()
	deadline := time.After(2 * time.Minute)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !met() {
		select {
		case <-tick.C:
		case <-p.done:
			p.t.Fatalf("ended before %s:\n%s", what, p.output())
		case <-deadline:
			p.t.Fatalf("not %s in time:\n%s", what, p.output())
		}
	}
}

// interrupt sends what Ctrl-C sends and waits for a clean end.
func (p *program) interrupt() {
	p.t.Helper()
	require.NoError(p.t, p.cmd.Process.Signal(os.Interrupt))
	p.ended(0)
}

// ended waits for the end and checks the exit code.
func (p *program) ended(code int) {
	p.t.Helper()
	select {
	case <-p.done:
	case <-time.After(time.Minute):
		p.t.Fatalf("did not end:\n%s", p.output())
	}
	require.Equal(p.t, code, p.cmd.ProcessState.ExitCode(), p.output())
}

// readyURL waits for the last line of the start and gives its address.
func (p *program) readyURL() string {
	p.t.Helper()
	const ready = "Tribuna is ready: "
	p.until("ready", func() bool { return strings.Contains(p.output(), ready) })
	_, rest, _ := strings.Cut(p.output(), ready)
	url, _, _ := strings.Cut(rest, "\n")
	return url
}

// status asks an address and gives the answer's status, 0 without an answer.
func status(url string) int {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0
	}
	defer answer.Body.Close()
	return answer.StatusCode
}

// instanceOf reads what the instance in a folder says of itself.
func instanceOf(t *testing.T, dir string) map[string]string {
	text, err := os.ReadFile(filepath.Join(dir, instanceFile))
	require.NoError(t, err)
	var instance map[string]string
	require.NoError(t, json.Unmarshal(text, &instance))
	return instance
}

// catchMails is a mail server of a test's own.
func catchMails(t *testing.T) *catcher.Catcher {
	t.Helper()
	mails, err := catcher.Start(t.Context(), catcher.Options{Dir: t.TempDir()})
	require.NoError(t, err)
	t.Cleanup(func() { _ = mails.Stop(context.Background()) })
	return mails
}
