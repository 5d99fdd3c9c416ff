// Package devstack starts the private parts that `tribuna dev` and the tests
// stand on: a PostgreSQL cluster and a Temporal development server, as child
// processes that never outlive the program that started them. The mail
// catcher lives in devstack/catcher, the databases of tests in
// devstack/testdb, their Temporal server in devstack/testtemporal.
package devstack

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"time"
)

const (
	// pollEvery is how often a condition that nobody announces is looked at.
	pollEvery = 20 * time.Millisecond
	// logTail is how much of a log, in bytes, an error repeats.
	logTail = 2000
)

// command describes a child process.
type command struct {
	name    string // as a person calls it, for messages
	path    string
	args    []string
	dir     string
	logFile string
	attr    *syscall.SysProcAttr // further attributes; group and death signal are added
	// onParentDeath is sent by the kernel when this process dies, however it dies.
	onParentDeath syscall.Signal
}

// process is a running child in a process group of its own, so that Ctrl-C in
// a terminal reaches only us and we stop the parts in order.
type process struct {
	name    string
	logFile string
	cmd     *exec.Cmd
	done    chan struct{} // closed when the child has ended
	err     error         // how it ended; read after done
}

// start launches the child. Linux sends the parent-death signal when the
// *thread* that forked ends, so the child is started and awaited on a thread
// that is locked until the child is gone.
func start(c command) (*process, error) {
	log, err := os.OpenFile(c.logFile, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("log of %s: %w", c.name, err)
	}
	p := &process{name: c.name, logFile: c.logFile, cmd: c.build(log), done: make(chan struct{})}
	started := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		defer log.Close()
		err := p.cmd.Start()
		started <- err
		if err != nil {
			return
		}
		p.err = p.cmd.Wait()
		close(p.done)
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start %s: %w", c.name, err)
	}
	return p, nil
}

func (c command) build(log *os.File) *exec.Cmd {
	cmd := exec.Command(c.path, c.args...)
	cmd.Dir = c.dir
	cmd.Stdout, cmd.Stderr = log, log
	attr := c.attr
	if attr == nil {
		attr = &syscall.SysProcAttr{}
	}
	attr.Setpgid = true
	attr.Pdeathsig = c.onParentDeath
	cmd.SysProcAttr = attr
	return cmd
}

// pid is the child's process id.
func (p *process) pid() int { return p.cmd.Process.Pid }

// ended says whether the child is gone.
func (p *process) ended() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

// signal reaches the whole group; a group that is gone is no error.
func (p *process) signal(sig syscall.Signal) error {
	if p.ended() {
		return nil
	}
	if err := syscall.Kill(-p.pid(), sig); err != nil && !errors.Is(err, syscall.ESRCH) {
		return fmt.Errorf("signal %s: %w", p.name, err)
	}
	return nil
}

// stop asks politely and waits; when ctx ends first it kills.
func (p *process) stop(ctx context.Context, sig syscall.Signal) error {
	if err := p.signal(sig); err != nil {
		return err
	}
	select {
	case <-p.done:
		return nil
	case <-ctx.Done():
		_ = p.kill()
		return fmt.Errorf("%s did not stop in time and was killed: %w", p.name, ctx.Err())
	}
}

// kill ends the group at once and waits until the child is reaped.
func (p *process) kill() error {
	err := p.signal(syscall.SIGKILL)
	if err == nil {
		<-p.done
	}
	return err
}

// awaitReady polls ready until it succeeds. A child that ends first is an
// error that carries the end of its log.
func (p *process) awaitReady(ctx context.Context, ready func(context.Context) error) error {
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	last := errors.New("never asked")
	for {
		select {
		case <-p.done:
			return fmt.Errorf("%s ended while starting (%w); its log ends with: %s", p.name, p.exit(), tail(p.logFile))
		case <-ctx.Done():
			return fmt.Errorf("%s was not ready in time (%w): %w", p.name, last, ctx.Err())
		case <-tick.C:
			if last = ready(ctx); last == nil {
				return nil
			}
		}
	}
}

func (p *process) exit() error {
	if p.err == nil {
		return errors.New("without an error")
	}
	return p.err
}

// tail is the end of a log, for an error message.
func tail(path string) string {
	f, err := os.Open(path)
	if err != nil {
		return err.Error()
	}
	defer f.Close()
	if size, err := f.Seek(0, io.SeekEnd); err == nil {
		_, _ = f.Seek(max(0, size-logTail), io.SeekStart)
	}
	text, _ := io.ReadAll(f)
	return strings.TrimSpace(string(text))
}

// freePort asks the kernel for a port of 127.0.0.1 that nobody uses now.
func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("find a free port: %w", err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// within runs attempt up to three times while the port is ours to choose:
// between finding a free port and using it somebody else may take it.
func within(port int, attempt func(port int) error) error {
	if port != 0 {
		return attempt(port)
	}
	var err error
	for range 3 {
		if port, err = freePort(); err != nil {
			return err
		}
		if err = attempt(port); err == nil {
			return nil
		}
	}
	return err
}

// quiet is for clients that only ask whether a server is up yet.
func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }
