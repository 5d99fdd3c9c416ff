package devstack

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"
)

// TemporalOptions say where a private Temporal server keeps its state and
// listens.
type TemporalOptions struct {
	Dir       string // created when missing; database and log lie below it
	Bin       string // the temporal program; empty: .bin/temporal of the project, else the PATH
	Port      int    // on 127.0.0.1; 0 takes a free one
	Namespace string // created when missing; empty: default
}

// Temporal is a running private Temporal development server.
type Temporal struct {
	opts TemporalOptions
	port int
	proc *process
}

// StartTemporal starts the server on the state in opts.Dir and waits until it
// serves. The caller makes sure that no other instance uses the same folder.
func StartTemporal(ctx context.Context, opts TemporalOptions) (*Temporal, error) {
	dir, err := filepath.Abs(opts.Dir)
	if err != nil {
		return nil, err
	}
	opts.Dir = dir
	if opts.Namespace == "" {
		opts.Namespace = client.DefaultNamespace
	}
	if opts.Bin == "" {
		if opts.Bin, err = findTemporal(); err != nil {
			return nil, err
		}
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("folder of Temporal: %w", err)
	}
	t := &Temporal{opts: opts, port: opts.Port}
	if err := t.start(ctx); err != nil {
		return nil, err
	}
	return t, nil
}

// findTemporal looks in .bin of the folder we are in and of those above it,
// so that tests find it from their packages; beside the running program's
// folder; then on the PATH.
func findTemporal() (string, error) {
	for _, dir := range searchDirs() {
		if path := filepath.Join(dir, ".bin", "temporal"); isFile(path) {
			return path, nil
		}
	}
	if path, err := exec.LookPath("temporal"); err == nil {
		return path, nil
	}
	return "", errors.New("the program temporal is missing: `make run` installs it into .bin, or set TEMPORAL_ADDRESS to a running server")
}

// TemporalVersion is what the program says about itself and its server.
func TemporalVersion() (string, error) {
	bin, err := findTemporal()
	if err != nil {
		return "", err
	}
	out, err := exec.Command(bin, "--version").Output()
	return strings.TrimSpace(string(out)), err
}

func searchDirs() []string {
	var dirs []string
	if here, err := os.Getwd(); err == nil {
		for dir := here; !slices.Contains(dirs, dir); dir = filepath.Dir(dir) {
			dirs = append(dirs, dir)
		}
	}
	if program, err := os.Executable(); err == nil {
		dirs = append(dirs, filepath.Dir(filepath.Dir(program)))
	}
	return dirs
}

func (t *Temporal) start(ctx context.Context) error {
	return within(t.port, func(port int) error {
		cmd, err := t.command(port)
		if err != nil {
			return err
		}
		proc, err := start(cmd)
		if err != nil {
			return err
		}
		t.proc, t.port = proc, port
		if err := t.awaitServing(ctx); err != nil {
			_ = proc.kill()
			t.port = t.opts.Port
			return err
		}
		return nil
	})
}

func (t *Temporal) command(port int) (command, error) {
	ports := [2]string{}
	for i := range ports {
		n, err := freePort()
		if err != nil {
			return command{}, err
		}
		ports[i] = strconv.Itoa(n)
	}
	return command{
		name: "Temporal",
		path: t.opts.Bin,
		args: []string{"server", "start-dev", "--headless",
			"--ip", "127.0.0.1", "--port", strconv.Itoa(port),
			"--http-port", ports[0], "--metrics-port", ports[1],
			"--namespace", t.opts.Namespace,
			"--db-filename", filepath.Join(t.opts.Dir, "temporal.db"),
			// Three times as fast as the default, and lost nothing that was
			// acknowledged in repeated kill -9.
			"--sqlite-pragma", "journal_mode=wal", "--sqlite-pragma", "synchronous=normal",
			// By default a shard looks for what to hand to workers 20 times a
			// second, and there is one: each step of a process waited 50 ms.
			"--dynamic-config-value", "history.transferProcessorMaxPollRPS=200",
			"--log-level", "warn", "--log-format", "json",
			// Nothing but these flags decides: no file or variable of the user's.
			"--disable-config-file", "--disable-config-env"},
		dir:           t.opts.Dir,
		logFile:       filepath.Join(t.opts.Dir, "temporal.log"),
		onParentDeath: syscall.SIGKILL,
	}, nil
}

// awaitServing waits until the server is healthy and knows the namespace,
// which it creates only after it began to listen.
func (t *Temporal) awaitServing(ctx context.Context) error {
	var c client.Client
	err := t.proc.awaitReady(ctx, func(ctx context.Context) (err error) {
		c, err = t.Dial(ctx)
		return err
	})
	if err != nil {
		return err
	}
	defer c.Close()
	return t.proc.awaitReady(ctx, func(ctx context.Context) error {
		if _, err := c.CheckHealth(ctx, nil); err != nil {
			return err
		}
		_, err := c.DescribeTaskQueue(ctx, "readiness", 0)
		return err
	})
}

// Dial connects to the server's namespace; the caller closes the client.
func (t *Temporal) Dial(ctx context.Context) (client.Client, error) {
	return client.DialContext(ctx, client.Options{
		HostPort:  t.Address(),
		Namespace: t.opts.Namespace,
		Logger:    log.NewStructuredLogger(quiet()),
	})
}

// Stop ends the server in order and waits; when ctx ends first it is killed.
func (t *Temporal) Stop(ctx context.Context) error {
	return t.proc.stop(ctx, syscall.SIGTERM)
}

// Kill ends the server at once, as a crash would.
func (t *Temporal) Kill() error { return t.proc.kill() }

// Restart starts a stopped or killed server again on the same port.
func (t *Temporal) Restart(ctx context.Context) error {
	if err := t.Stop(ctx); err != nil {
		return err
	}
	return t.start(ctx)
}

// Done is closed when the server has ended, wanted or not.
func (t *Temporal) Done() <-chan struct{} { return t.proc.done }

// Address is host:port of the server's frontend.
func (t *Temporal) Address() string {
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(t.port))
}

// Namespace is the namespace the server was started with.
func (t *Temporal) Namespace() string { return t.opts.Namespace }
